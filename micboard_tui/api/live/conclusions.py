"""The alarms, the show and what is lost as live updates have them, written once for all clients. Pure.

``follow`` looks whether they changed since it looked last, and counts ``alarms_serial``, ``show_serial`` and
``lost_serial`` on if so. That an alarm was seen again is no change: that comes every ten seconds of each.
"""

from dataclasses import fields
from operator import attrgetter

from micboard_tui.api.live.watched_set import WatchedSet
from micboard_tui.api.live.written_json import dump
from micboard_tui.contracts.bus_loss_texts import loss_text
from micboard_tui.contracts.documents.alarms import alarm_entry
from micboard_tui.contracts.documents.shows import progress_entry
from micboard_tui.contracts.documents.timestamp import format_timestamp
from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.alarm import Alarm
from micboard_tui.domain.bus_loss import BusLoss
from micboard_tui.domain.identity import LocationId

_acts = attrgetter(*(each.name for each in fields(Alarm) if each.name != "last_seen_at"))
NO_SHOW, NOTHING_LOST = "null", "null"
AGE = "{age}"
"""Stands in a text for how old values are, which grows while nothing is sent."""


class Conclusions:
    """``follow`` is called whenever clients may be sent something."""

    def __init__(self, live: LiveContract) -> None:
        self._live = live
        self._list: object = None
        self._acts: list[tuple[object, ...]] = []
        self._layout = 0
        self._texts: dict[frozenset[LocationId] | None, str] = {}
        self.alarms_serial = 0
        self.show_serial = 0
        self.show = NO_SHOW
        """As JSON."""
        self._loss: BusLoss | None = None
        self.lost_serial = 0
        self.lost = NOTHING_LOST
        """What is not heard of the programs that read the devices, as JSON."""

    def follow(self, layout: int) -> None:
        """``layout``: of the rack; another one may give alarms other names."""
        findings = self._live.findings
        if findings.alarms is not self._list or layout != self._layout:
            self._list = findings.alarms
            acts = [_acts(alarm) for alarm in findings.alarms.alarms]
            if acts != self._acts or layout != self._layout:
                self._acts, self._layout = acts, layout
                self._texts.clear()
                self.alarms_serial += 1
        show = findings.show
        text = NO_SHOW if show is None else dump(progress_entry(show, self._live.now()))
        if text != self.show:
            self.show = text
            self.show_serial += 1
        if findings.lost != self._loss:
            self._loss = findings.lost
            self.lost = _write_loss(findings.lost)
            self.lost_serial += 1

    @property
    def read_by(self) -> str:
        """The other process that reads the devices, as JSON; ``null``: none does."""
        holder = self._live.findings.holder
        if holder is None:
            return "null"
        return dump({"user": holder.user, "host": holder.host, "since": format_timestamp(holder.since)})

    def alarms(self, watched: WatchedSet) -> str:
        """All that are listed as JSON: those of the locations that are watched, and those of no location."""
        if (text := self._texts.get(watched.locations)) is None:
            alarms = self._live.findings.alarms.alarms
            entries = [
                dump(alarm_entry(alarm, self._live)) for alarm in alarms if _is_watched(alarm, watched)
            ]
            text = self._texts[watched.locations] = f"[{','.join(entries)}]"
        return text


def _write_loss(loss: BusLoss | None) -> str:
    if loss is None:
        return NOTHING_LOST
    return dump({"text": loss_text(loss, AGE), "since": format_timestamp(loss.since)})


def _is_watched(alarm: Alarm, watched: WatchedSet) -> bool:
    key = alarm.key
    if watched.devices is not None and key.device_id is not None:
        return key.device_id in watched.devices
    return watched.locations is None or key.location_id is None or key.location_id in watched.locations
