"""Answers boards that show what a device sent, as it came."""

from collections.abc import Iterable, Iterator

from micboard_tui.bus.wire.interest import MAX_DETAILS, Detail
from micboard_tui.bus.wire.raw_values import RawValues, SentValues, encode_raw_values, raw_values_of
from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.identity import DeviceId

MAX_KEPT = 64
"""Devices whose values stay encoded."""


class RawAnswers:
    def __init__(self, live: LiveContract) -> None:
        self._live = live
        self._made: dict[DeviceId, tuple[RawValues, SentValues]] = {}

    def answers(self, details: Iterable[Detail]) -> Iterator[tuple[DeviceId, bytes]]:
        """What is to be sent, for those that have other values than the device has now."""
        for detail in tuple(details)[:MAX_DETAILS]:
            if (snapshot := self._live.device(detail.device_id)) is None:
                continue
            values = raw_values_of(snapshot)
            made = self._made.pop(detail.device_id, None)
            if made is None or made[0] != values:
                made = (values, encode_raw_values(values))
            self._made[detail.device_id] = made
            if len(self._made) > MAX_KEPT:
                del self._made[next(iter(self._made))]
            if made[1].digest != detail.digest:
                yield detail.device_id, made[1].payload
