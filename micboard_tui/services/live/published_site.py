"""The present of a site as a hub publishes it: what there is by the record, and what was concluded of it."""

from collections.abc import Iterable, Sequence

from micboard_tui.contracts.live import Changes, LinkChange, LiveContract
from micboard_tui.domain.assignment import Performer
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.findings import Findings
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.judgement import Judgement
from micboard_tui.domain.location import Location


class PublishedSite:
    """Implements ``LiveContract``."""

    def __init__(self, recorded: LiveContract, concluded: LiveContract) -> None:
        """``recorded``: with all devices of the record; ``concluded``: with the findings and the clock."""
        self._recorded, self._concluded = recorded, concluded

    @property
    def version(self) -> int:
        return self._recorded.version

    @property
    def findings(self) -> Findings:
        return self._concluded.findings

    def now(self) -> float:
        return self._concluded.now()

    def changed_since(self, version: int, among: Iterable[ChannelRef] | None = None) -> Changes:
        return self._recorded.changed_since(version, among)

    def snapshot(self) -> Sequence[DeviceSnapshot]:
        return self._recorded.snapshot()

    def locations(self) -> Sequence[Location]:
        return self._recorded.locations()

    def performers(self) -> Sequence[Performer]:
        return self._recorded.performers()

    def history(self, ref: ChannelRef) -> Sequence[LinkChange]:
        return self._recorded.history(ref)

    def channel(self, ref: ChannelRef) -> ChannelState | None:
        return self._recorded.channel(ref)

    def device(self, device_id: DeviceId) -> DeviceSnapshot | None:
        return self._recorded.device(device_id)

    def judge(self, max_age_s: float = 0.0) -> Judgement:
        return self._concluded.judge(max_age_s)
