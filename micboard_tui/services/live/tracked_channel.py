"""One channel that still changes. Only ``LiveState`` touches it.

``LiveState`` sets ``version`` to a new number with every change; ``immutable`` makes a state for others only
when it is asked for and the version is another one than that of the last state made.
"""

from collections import deque
from dataclasses import replace
from typing import Any

from micboard_tui.contracts.live import LinkChange
from micboard_tui.domain.assignment import Assignment
from micboard_tui.domain.battery import LastBattery
from micboard_tui.domain.channel import NO_FACTS, NO_METERS, ChannelFacts, ChannelState, Encryption, Meters
from micboard_tui.domain.docked_pack import Dock, KnownPack
from micboard_tui.domain.identity import ChannelRef, LocationId
from micboard_tui.domain.link_state import WITHOUT_CARRIER, LinkState, judge_link_state
from micboard_tui.domain.recording.reading import link_flag
from micboard_tui.domain.recording.second_maker import ChannelStatus
from micboard_tui.domain.recording.second_summary import encode_charge
from micboard_tui.domain.thresholds import Thresholds
from micboard_tui.services.live.link_changes import LinkChanges
from micboard_tui.services.live.past_state import PastState

MAX_HISTORY = 32
"""Link states of a channel that are remembered."""
WITHOUT_PACK = frozenset({LinkState.TRANSMITTER_OFF, LinkState.RF_LOST})
_LIVE = LinkState.LIVE
"""A constant, since Python 3.11 needs twenty times as long to find a member in its enumeration."""


class LiveChannel:
    """One channel; ``immutable`` is what others see of it."""

    __slots__ = (
        "assignment",
        "dock",
        "facts",
        "facts_version",
        "fault_code",
        "history",
        "last_battery",
        "link",
        "link_changes",
        "link_since",
        "meters",
        "meters_at",
        "meters_version",
        "observed_at",
        "pack_name",
        "pack_serial",
        "past",
        "peak",
        "peak_at",
        "ref",
        "rf_low",
        "rf_low_at",
        "rf_zone",
        "sound_at",
        "state",
        "thresholds",
        "version",
    )
    pack_serial: str | None
    pack_name: str | None

    def __init__(
        self, ref: ChannelRef, version: int, thresholds: Thresholds, link_changes: LinkChanges
    ) -> None:
        self.ref, self.link_changes = ref, link_changes
        self.thresholds = thresholds
        self.version = self.meters_version = self.facts_version = version
        """Of the last meters, and the last one with anything else, as far as it was not after these."""
        self.facts = NO_FACTS
        self.meters = NO_METERS
        self.link = LinkState.UNKNOWN
        self.link_since: float | None = None
        self.history: deque[LinkChange] = deque(maxlen=MAX_HISTORY)
        self.observed_at: float | None = None
        self.meters_at: float | None = None
        self.peak: float | None = None
        self.peak_at = 0.0
        self.rf_low: float | None = None
        self.rf_low_at = 0.0
        self.sound_at: float | None = None
        self.past: PastState | None = None
        self.last_battery: LastBattery | None = None
        self.state: ChannelState | None = None
        self.assignment: Assignment | None = None
        self.pack_serial = self.pack_name = None
        """Of the pack that was received last, so that it is recognized in a charger."""
        self.rf_zone: LocationId | None = None
        self.dock: Dock | None = None
        self.fault_code: str | None = None

    def take_meters(self, meters: Meters, version: int, now: float, hold_s: float) -> None:
        """Take what was heard with this version."""
        if self.version != self.meters_version:
            self.facts_version = self.version
        self.version = self.meters_version = version
        audio, peak = meters.audio_dbfs, self.peak
        if audio is None:
            self.peak = None
        elif peak is None or audio >= peak or now - self.peak_at > hold_s:
            self.peak, self.peak_at = audio, now
            # A peak below one that is held comes within moments of it.
            if audio >= self.thresholds.sound_dbfs and self.link is _LIVE:
                self.sound_at = now
        rf, low = meters.rf_dbm, self.rf_low
        if rf is None:
            self.rf_low = None
        elif low is None or rf <= low or now - self.rf_low_at > hold_s:
            self.rf_low, self.rf_low_at = rf, now
        carrier_was = self.meters.carrier
        self.meters = meters
        self.observed_at = self.meters_at = now
        if meters.carrier is not carrier_was or self.link_since is None:
            self.facts_version = version
            self.judge(now)

    def take_facts(self, facts: ChannelFacts, now: float) -> None:
        self.facts_version = self.version
        had = self.facts.transmitter.battery if self.facts.transmitter else None
        has = facts.transmitter.battery if facts.transmitter else None
        if (pack := facts.transmitter) is not None:
            self.pack_serial, self.pack_name = pack.serial, pack.name
        if has is not None and has.is_known:
            self.last_battery = None
        elif had is not None and had.is_known:
            # Without a carrier the last one that was received was repeated.
            is_repeated = self.link in WITHOUT_CARRIER and self.link_since is not None
            self.last_battery = LastBattery(
                had, (self.link_since if is_repeated else self.observed_at) or now
            )
        self.facts = facts
        if facts.is_offline:
            self._forget_meters()
        self.judge(now)

    def _forget_meters(self) -> None:
        self.meters, self.peak, self.rf_low, self.meters_at = NO_METERS, None, None, None

    def judge(self, now: float) -> None:
        facts = self.facts
        if facts.is_offline:
            self.become(LinkState.OFFLINE, now)
            return
        pack_muted = facts.transmitter is not None and facts.transmitter.muted
        muted = facts.receiver_muted or pack_muted or facts.encryption is Encryption.MISMATCH
        link = judge_link_state(
            transmitter=facts.transmitter_present,
            carrier=self.meters.carrier,
            muted=bool(muted),
        )
        # A pack is often put into a charger without being switched off before.
        self.become(LinkState.DOCKED if self.dock is not None and link in WITHOUT_PACK else link, now)

    @property
    def known_pack(self) -> KnownPack:
        """What its pack is recognized by: as planned, as received last, or the channel's name."""
        planned = self.assignment.planned_pack if self.assignment else None
        return KnownPack(self.ref, self.pack_serial, planned or self.pack_name or self.facts.name)

    def become(self, link: LinkState, since: float) -> None:
        if link is not self.link or self.link_since is None:
            if self.past is not None and link is not LinkState.UNKNOWN:
                since = self._resume(self.past, link, since)
            if link is not self.link:
                self.link_changes.count += 1
            self.link, self.link_since = link, since
            self.history.appendleft(LinkChange(link, since))

    def _resume(self, past: PastState, link: LinkState, now: float) -> float:
        """Since when ``link`` lasts. What was there only until it was known again is no history."""
        if (since := past.resume(link, now)) is None:
            return now
        self.past = None
        while self.history and self.history[0].at >= since:
            self.history.popleft()
        return since

    def status_since(self, since: float) -> ChannelStatus:
        """The link states that it had since a time, and the charge of its pack."""
        flags = link_flag(self.link)
        if self.link_since is not None and self.link_since >= since:
            for change in self.history:
                flags |= link_flag(change.link)
                if change.at < since:
                    break
        pack = self.facts.transmitter
        return ChannelStatus(self.ref, flags, None if pack is None else encode_charge(pack.battery))

    def silence(self, link: LinkState, since: float) -> None:
        """Forget what only a connected device can know; the channel's name stays."""
        facts = replace(self.facts, transmitter_present=None, transmitter=None, slots=(), is_offline=False)
        self.take_facts(facts, since)
        self._forget_meters()
        self.become(link, since)

    def recall(self, past: ChannelState, version: int, now: float, seen_at: float) -> None:
        """Take what the database last knew, until ``seen_at``, as past: nothing is current, or overdue."""
        self.observed_at, self.facts = past.observed_at, replace(past.facts, meter_interval_s=None)
        self.silence(LinkState.UNKNOWN, past.observed_at or now)
        self.last_battery = past.last_battery or self.last_battery
        self.link_since, self.version = None, version
        if past.link_since is not None and past.link_state is not LinkState.UNKNOWN:
            self.past = PastState(past.link_state, past.link_since, seen_at)

    def shift_clock(self, correction_s: float, version: int) -> None:
        self.version = version
        self.observed_at = _shift(self.observed_at, correction_s)
        self.meters_at = _shift(self.meters_at, correction_s)
        self.link_since = _shift(self.link_since, correction_s)
        self.sound_at = _shift(self.sound_at, correction_s)
        if self.past is not None:
            self.past.shift_clock(correction_s)
        self.peak_at += correction_s
        self.rf_low_at += correction_s
        if (last := self.last_battery) is not None:
            self.last_battery = replace(last, observed_at=last.observed_at + correction_s)
        changes = (replace(change, at=change.at + correction_s) for change in self.history)
        self.history = deque(changes, MAX_HISTORY)

    def immutable(self) -> ChannelState:
        state = self.state
        if state is None or state.version != self.version:
            if state is None or self.version != self.meters_version or self.facts_version > state.version:
                values = self._values()
            else:
                # Thousands a second are made of which nothing is new but meters.
                values = state.__dict__.copy()
                values["version"], values["meters"] = self.version, self.meters
                values["audio_peak_dbfs"], values["rf_low_dbm"] = self.peak, self.rf_low
                values["observed_at"], values["meters_at"] = self.observed_at, self.meters_at
                values["sound_at"] = self.sound_at
            state = self.state = _make_state(values)
        return state

    def _values(self) -> dict[str, Any]:
        """Of every field of a state."""
        ref = self.ref
        return {
            "ref": ref,
            "device_id": ref.device_id,
            "number": ref.number,
            "version": self.version,
            "link_state": self.link,
            "link_since": self.link_since,
            "facts": self.facts,
            "meters": self.meters,
            "audio_peak_dbfs": self.peak,
            "rf_low_dbm": self.rf_low,
            "last_battery": self.last_battery,
            "observed_at": self.observed_at,
            "meters_at": self.meters_at,
            "expected_period_s": self.facts.meter_interval_s or None,
            "assignment": self.assignment,
            "rf_zone": self.rf_zone,
            "dock": self.dock,
            "fault_code": self.fault_code,
            "sound_at": self.sound_at,
            "thresholds": self.thresholds,
        }


_make_state = ChannelState.of_values


def _shift(timestamp: float | None, correction_s: float) -> float | None:
    return None if timestamp is None else timestamp + correction_s
