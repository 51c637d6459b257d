"""What of a channel shows only over time: antennas out of balance, silence, clipping, settling cells. Pure.

``ChannelWatches.observe`` is called once a second with the states of all channels; between two calls
nothing is measured, and what a device has not reported anew since the last call does not count. A channel is
remembered by a few numbers and the last minute of its antennas (60 bytes):

* *balance*: each second the difference of its two antennas is put into one of five classes. More than
  half of a minute in a class is the same as the median of the minute lying there, and costs no sorting.
* *silence*: seconds with less than ``SILENCE_DBFS`` while another microphone of the place has sound. Any
  sound ends it.
* *clipping*: peaks of the last ten seconds. One that is held is counted once for each time of the hold.
* *settling*: a pack that was off, or away for ten seconds, has just come on. What its battery says is not
  believed for a while, unless it is another pack.

A channel without a carrier begins anew, except that a pack that went off is remembered.
"""

from collections.abc import Collection, Iterator, Mapping
from enum import IntEnum

from micboard_tui.domain.alarm_deadbands import ANTENNA_DB, SILENCE_DB
from micboard_tui.domain.battery import BatteryType
from micboard_tui.domain.channel import NO_FACTS, ChannelFacts, ChannelState
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.identity import ChannelRef, DeviceId, LocationId
from micboard_tui.domain.link_state import ON_AIR, WITHOUT_CARRIER, LinkState
from micboard_tui.domain.thresholds import PEAK_HOLD_S

INTERVAL_S = 0.95
"""A little less than the second at which it is called."""
LONGEST_STEP_S = 5.0
"""More is not counted as observed between two samples."""
BALANCE_SAMPLES = 60
BALANCE_S = 60.0
WEAK_ANTENNA_DB = 15.0
SILENCE_DBFS = -60.0
SILENCE_S = 60.0
OTHERS_DBFS = -40.0
"""Another microphone of the place with more than this has sound."""
CLIP_PEAKS = 3
CLIP_WINDOW_S = 10.0
AWAY_S = 10.0
"""A carrier that was gone for so long may be that of a pack that was switched off."""
SETTLE_S = 10.0
SETTLE_BARS_S = 300.0
"""Primary cells recover while a pack is off, and show too many bars for minutes after it."""


class Balance(IntEnum):
    """How much one antenna of a channel is weaker than the other, as the median of a minute."""

    EVEN = 0
    BETWEEN = 1
    """Weaker, but within the deadband."""
    WEAK = 2


_EVEN, _A_BETWEEN, _A_WEAK, _B_BETWEEN, _B_WEAK = range(5)


class ChannelWatch:
    """One channel. Only ``ChannelWatches`` changes it."""

    __slots__ = (
        "_at",
        "_classes",
        "_counts",
        "_is_off",
        "_next",
        "_observed_s",
        "_peaks",
        "_serial",
        "away_since",
        "facts",
        "meters_at",
        "on_at",
        "quiet_s",
    )

    def __init__(self) -> None:
        self.meters_at: float | None = None
        self.facts = NO_FACTS
        """The last ones of a channel on the air, which say which pack it was."""
        self.quiet_s = 0.0
        self.away_since: float | None = None
        self.on_at: float | None = None
        self._at = 0.0
        self._is_off = False
        self._serial: str | None = None
        self._peaks: tuple[float, ...] = ()
        self._classes = bytearray()
        self._counts = [0] * 5
        self._next, self._observed_s = 0, 0.0

    def balance(self, antenna: int) -> Balance | None:
        """Of antenna A (1) or B (2); None: not known for a minute yet."""
        if self._observed_s < BALANCE_S:
            return None
        between, weak = (_A_BETWEEN, _A_WEAK) if antenna == 1 else (_B_BETWEEN, _B_WEAK)
        half = len(self._classes) / 2
        if self._counts[weak] > half:
            return Balance.WEAK
        return Balance.BETWEEN if self._counts[weak] + self._counts[between] > half else Balance.EVEN

    @property
    def is_uneven(self) -> bool:
        """Whether one antenna is weaker than the other for most of the time."""
        counts = self._counts
        return counts[_EVEN] * 2 < len(self._classes)

    @property
    def has_peaks(self) -> bool:
        return bool(self._peaks)

    def is_clipping(self, now: float) -> bool:
        """Whether so many peaks were too high that it is no accident."""
        return len(self._peaks) >= CLIP_PEAKS and now - self._peaks[-CLIP_PEAKS] <= CLIP_WINDOW_S

    def is_settling(self, state: ChannelState, now: float) -> bool:
        """Whether what the battery says is not to be believed yet."""
        if self.on_at is None:
            return False
        battery, serial = state.battery, _serial_of(state.facts)
        is_other_pack = serial is not None and self._serial is not None and serial != self._serial
        only_bars = battery is not None and battery.minutes is None and battery.percent is None
        is_primary = only_bars and battery is not None and battery.type is not BatteryType.LI_ION
        return 0.0 <= now - self.on_at < (SETTLE_BARS_S if is_primary and not is_other_pack else SETTLE_S)

    def follow_link(self, state: ChannelState, now: float) -> None:
        """Whether its carrier is there: a pack that comes back after a while settles anew.

        Not called while it stays on the air and has settled; then ``facts`` are kept.
        """
        link = state.link_state
        if link in ON_AIR:
            if self.away_since is not None:
                if self._is_off or now - self.away_since >= AWAY_S:
                    self.on_at = now
                self.away_since, self._is_off = None, False
            elif self.on_at is None or now - self.on_at > SETTLE_BARS_S:
                self.on_at, self.facts = None, state.facts
        elif link in WITHOUT_CARRIER:
            if self.away_since is None:
                self.away_since, self._serial = now, _serial_of(self.facts)
                self.forget()
            self._is_off = self._is_off or link is not LinkState.RF_LOST

    def forget(self) -> None:
        """What was heard of the pack: another one may come."""
        self.quiet_s, self._peaks = 0.0, ()
        self._classes.clear()
        self._counts = [0] * 5
        self._next, self._observed_s, self._at = 0, 0.0, 0.0

    def add(self, state: ChannelState, now: float) -> float:
        """One reading of a channel on the air; the seconds since the one before."""
        step_s = min(max(0.0, now - self._at), LONGEST_STEP_S) if self._at else 0.0
        self._at = now
        meters = state.meters
        a_dbm, b_dbm = meters.rf_a_dbm, meters.rf_b_dbm
        if a_dbm is not None and b_dbm is not None:
            self._add_balance(a_dbm - b_dbm)
            self._observed_s += step_s
        peak = state.audio_peak_dbfs
        is_held = bool(self._peaks) and now - self._peaks[-1] < PEAK_HOLD_S
        if peak is not None and peak >= state.thresholds.audio_clip_dbfs and not is_held:
            self._peaks = (*self._peaks[1 - CLIP_PEAKS :], now)
        return step_s

    def _add_balance(self, difference_db: float) -> None:
        if difference_db > 0:
            kind = _B_WEAK if difference_db > WEAK_ANTENNA_DB else _B_BETWEEN
        else:
            kind = _A_WEAK if difference_db < -WEAK_ANTENNA_DB else _A_BETWEEN
        if abs(difference_db) <= WEAK_ANTENNA_DB - ANTENNA_DB:
            kind = _EVEN
        classes, counts = self._classes, self._counts
        counts[kind] += 1
        if len(classes) < BALANCE_SAMPLES:
            classes.append(kind)
            return
        counts[classes[self._next]] -= 1
        classes[self._next] = kind
        self._next = (self._next + 1) % BALANCE_SAMPLES


class ChannelWatches:
    """All channels. What is asked for is what was observed last."""

    def __init__(self) -> None:
        self._watches: dict[ChannelRef, ChannelWatch] = {}
        self._peaking: Collection[ChannelRef] = ()
        self._at: float | None = None

    def find(self, ref: ChannelRef) -> ChannelWatch | None:
        """None: it was not observed yet."""
        return self._watches.get(ref)

    def list_silent(self) -> Iterator[ChannelRef]:
        """Those that have been silent for a minute."""
        return (ref for ref, watch in self._watches.items() if watch.quiet_s >= SILENCE_S)

    def list_uneven(self) -> Iterator[ChannelRef]:
        """Those whose antennas differ by more than the deadband leaves."""
        return (ref for ref, watch in self._watches.items() if watch.is_uneven)

    def list_clipping(self, now: float) -> Iterator[ChannelRef]:
        """Those with too many peaks."""
        return (ref for ref in self._peaking if self._watches[ref].is_clipping(now))

    def observe(
        self,
        states: Mapping[ChannelRef, ChannelState],
        devices: Mapping[DeviceId, DeviceSnapshot],
        expected: Collection[ChannelRef],
        now: float,
    ) -> bool:
        """Whether it is time; then everything is. ``expected`` are the channels that are to be heard."""
        if self._at is not None and 0.0 <= now - self._at < INTERVAL_S:
            return False
        self._at = now
        places = {key: device.device.location_id for key, device in devices.items()} if expected else {}
        loud = _find_loud_places(states, places) if expected else frozenset()
        awaited = {ref for ref in expected if places.get(ref.device_id) in loud}
        self._take(states, awaited, now)
        if len(self._watches) > len(states):
            self._watches = {ref: watch for ref, watch in self._watches.items() if ref in states}
        self._peaking = [ref for ref, watch in self._watches.items() if watch.has_peaks]
        return True

    def _take(
        self, states: Mapping[ChannelRef, ChannelState], awaited: Collection[ChannelRef], now: float
    ) -> None:
        """``awaited`` are those that are to be heard while others of their place are."""
        watches = self._watches
        for ref, state in states.items():
            watch = watches.get(ref)
            if watch is None:
                watch = watches[ref] = ChannelWatch()
            is_on_air = state.link_state in ON_AIR
            if is_on_air and watch.away_since is None and watch.on_at is None:
                watch.facts = state.facts
            else:
                watch.follow_link(state, now)
            meters_at = state.meters_at
            if is_on_air and meters_at is not None and meters_at != watch.meters_at:
                watch.meters_at = meters_at
                step_s = watch.add(state, now)
                if watch.quiet_s or ref in awaited:
                    _follow_silence(watch, state, step_s if ref in awaited else 0.0)


def _follow_silence(watch: ChannelWatch, state: ChannelState, step_s: float) -> None:
    """Silent for longer only while others are not; sound ends it, beyond the deadband once it counts."""
    peak = state.audio_peak_dbfs
    if peak is None or state.link_state is not LinkState.LIVE:
        return
    limit = SILENCE_DBFS + (SILENCE_DB if watch.quiet_s >= SILENCE_S else 0.0)
    watch.quiet_s = watch.quiet_s + step_s if peak < limit else 0.0


def _find_loud_places(
    states: Mapping[ChannelRef, ChannelState], places: Mapping[DeviceId, LocationId | None]
) -> frozenset[LocationId | None]:
    return frozenset(
        places.get(ref.device_id)
        for ref, state in states.items()
        if state.audio_peak_dbfs is not None
        and state.audio_peak_dbfs > OTHERS_DBFS
        and state.link_state is LinkState.LIVE
    )


def _serial_of(facts: ChannelFacts) -> str | None:
    return None if facts.transmitter is None else facts.transmitter.serial
