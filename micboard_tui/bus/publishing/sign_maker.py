"""Makes the signs of life: one a second, and at once when a walk test changed or our clock was set."""

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from micboard_tui.bus.wire.sign_of_life import DEVICES_A_SIGN, SIGN_INTERVAL_S, SignOfLife, encode_sign
from micboard_tui.bus.wire.subjects import Subjects
from micboard_tui.contracts.health import DeviceHealth, HealthSnapshot
from micboard_tui.contracts.live import LiveContract
from micboard_tui.contracts.walks import RunningWalk

CLOCK_SET_S = 0.5
"""By more than this no clock drifts between two looks."""


class Speaker(Protocol):
    """Whose signs they are."""

    @property
    def publisher(self) -> str: ...

    @property
    def run(self) -> int: ...

    @property
    def version(self) -> str: ...

    @property
    def health(self) -> Callable[[], HealthSnapshot]: ...

    @property
    def walk(self) -> Callable[[], RunningWalk | None]: ...

    @property
    def role(self) -> str: ...

    @property
    def zone(self) -> str: ...

    @property
    def host(self) -> str: ...

    @property
    def load(self) -> Callable[[], int]: ...


class SignMaker:
    def __init__(self, live: LiveContract, speaker: Speaker, steady: Callable[[], float]) -> None:
        self._live, self._speaker, self._steady = live, speaker, steady
        self._offset_s = live.now() - steady()
        self._epoch, self._sent_at = 0, float("-inf")
        self._walk: RunningWalk | None = None
        self._next_device = 0

    def subject(self, subjects: Subjects) -> str:
        return subjects.sign_of_life(self._speaker.publisher)

    def hurry(self) -> None:
        """Let a sign be due at once."""
        self._sent_at = float("-inf")

    def take_due(self, now: float, devices: int, channels: int) -> bytes | None:
        """A sign, if one is due at ``now``, seconds that only grow; so much is published."""
        walk, offset_s = self._speaker.walk(), self._live.now() - self._steady()
        is_set = abs(offset_s - self._offset_s) > CLOCK_SET_S
        if not is_set and walk is self._walk and now - self._sent_at < SIGN_INTERVAL_S:
            return None
        self._epoch += is_set
        # It may drift.
        self._offset_s, self._walk, self._sent_at = offset_s, walk, now
        health = self._speaker.health()
        sign = SignOfLife(
            self._speaker.publisher,
            self._speaker.run,
            self._live.now(),
            self._epoch,
            self._speaker.version,
            devices,
            channels,
            replace(health, devices=()),
            self._take_next(health.devices),
            walk,
            self._speaker.role,
            self._speaker.zone,
            self._speaker.host,
            self._speaker.load(),
        )
        return encode_sign(sign)

    def _take_next(self, devices: tuple[DeviceHealth, ...]) -> tuple[DeviceHealth, ...]:
        if self._next_device >= len(devices):
            self._next_device = 0
        start = self._next_device
        self._next_device += DEVICES_A_SIGN
        return devices[start : self._next_device]
