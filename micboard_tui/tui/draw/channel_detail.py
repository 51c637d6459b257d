"""Everything that is known of one channel, as lines of label and value. Pure."""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from rich.cells import cell_len, chop_cells

from micboard_tui.contracts.problem_texts import LINK_STATE_TEXTS, find_problem_text, problem_letter
from micboard_tui.domain.alarm import Alarm
from micboard_tui.domain.assignment import Assignment, PastAssignment
from micboard_tui.domain.battery import Battery, BatteryType, MinutesNote
from micboard_tui.domain.channel import ChannelState, Slot, Transmitter
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.identity import bay_label, channel_label
from micboard_tui.domain.problem import ProblemCode, find_problems
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.thresholds import Thresholds
from micboard_tui.domain.units import (
    DASH,
    format_charge_in_full,
    format_duration,
    format_frequency,
    format_number,
)
from micboard_tui.tui.draw import formats, status_lines
from micboard_tui.tui.draw.alarm_row import list_alarms
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.channel_columns import UNHEARD, shown_battery
from micboard_tui.tui.draw.forecast_texts import NO_OUTLOOK, PackOutlook, outlook_texts
from micboard_tui.tui.draw.glyphs import Glyphs
from micboard_tui.tui.draw.meter_cells import audio_bar, hot_tone
from micboard_tui.tui.draw.next_user import NextUser

LABEL = 14
RAW_LABEL = 20
LEAST_BAR, MOST_BAR = 4, 30
MOST_PAST = 8
_TYPES = {
    BatteryType.LI_ION: "Li-ion",
    BatteryType.ALKALINE: "alkaline",
    BatteryType.NIMH: "NiMH",
    BatteryType.LITHIUM: "lithium",
}
_NOTES = {
    MinutesNote.CALCULATING: "calculating",
    MinutesNote.CONTACT_WARNING: "bad contact",
}

Line: TypeAlias = list[Cell]


@dataclass(frozen=True, slots=True)
class ChannelPage:
    """How to show a channel: with which signs, when, how wide, and how its RF has been."""

    glyphs: Glyphs
    now: float
    width: int
    trend: str = ""
    conflicts: Sequence[ProblemCode] = ()
    """What it and other channels do to each other."""
    lost_since: float | None = None
    """Since when it is offline, refused or without its carrier; None: since its link state changed."""
    is_brief: bool = False
    """Leave out what is not known and raw values, to show more of the rest."""
    spare: str = ""
    """What would take over best."""
    never_reports: str = ""
    """What its driver never reports."""
    outlook: PackOutlook = NO_OUTLOOK
    """How long its pack lasts."""
    alarms: Sequence[Alarm] = ()
    """Its own, the most urgent first."""
    next_user: NextUser | None = None
    """Who has the mic next by the plot of the show."""
    past: Sequence[PastAssignment] = ()
    """Who had it before, the last one first."""

    def lines(self, state: ChannelState, device: DeviceSnapshot) -> list[Line]:
        """All that is known, from top to bottom; what is too long goes on in the next line."""
        name = state.facts.name or channel_label(device.title, state.number)
        parts = (
            [
                [
                    Cell(
                        f" {formats.fit(name, max(1, self.width - 2), self.glyphs.ellipsis).rstrip()}",
                        "accent",
                    )
                ]
            ],
            self._state(state),
            self._alarms(state),
            self._assignment(state),
            self._signal(state),
            self._pack(state),
            _channel(state),
            map(_slot, state.facts.slots),
            self._device(device),
            map(self._before, self.past[:MOST_PAST]),
            () if self.is_brief else _raw(state),
        )
        page: list[Line] = []
        for part in parts:
            lines = [folded for line in part if self._wants(line) for folded in self._fold(line)]
            page += [[], *lines] if page and lines else lines
        return page

    def _wants(self, line: Line) -> bool:
        return not self.is_brief or line[-1].text != DASH

    def _fold(self, line: Line) -> Iterator[Line]:
        label, *rest = line
        indent = cell_len(label.text)
        if len(rest) != 1 or indent + cell_len(rest[0].text) <= self.width:
            yield line
            return
        for index, text in enumerate(_wrapped(rest[0].text, max(1, self.width - indent))):
            yield [label if index == 0 else Cell(" " * indent), Cell(text, rest[0].tone)]

    def _bar_room(self, line: Line) -> int:
        return self.width - 1 - sum(cell_len(cell.text) for cell in line)

    def _with_bar(self, line: Line, share: float | None, tone: str) -> Line:
        room = self._bar_room(line)
        if share is None or room < LEAST_BAR:
            return line
        return [*line, Cell(self.glyphs.bar(share, min(MOST_BAR, room)), tone, is_bar=True)]

    def _state(self, state: ChannelState) -> Iterator[Line]:
        start = state.link_since if self.lost_since is None else self.lost_since
        since = "" if start is None else f" for {format_duration(self.now - start)}"
        what, tone = LINK_STATE_TEXTS[state.link_state].name, formats.STATE_TONES[state.link_state]
        if status_lines.is_without_carrier_report(state):
            what, since = status_lines.NO_CARRIER_REPORT, ""
        yield _line("state", f"{what}{since}", tone)
        found = find_problems(state, self.now, conflicts=self.conflicts)
        for code in found:
            what, cure = find_problem_text(code, state)
            yield _line("problem", f"{problem_letter(code)} {what}", formats.severity_tone(code))
            yield _line("  cure", cure)
        age = state.age_s(self.now)
        last_seen = DASH if age is None else f"{format_duration(age)} ago"
        yield _line("last heard", last_seen)
        if (late_s := state.stale_for_s(self.now)) is not None:
            yield _line("levels", f"{format_duration(late_s)} old", "warning")

    def _alarms(self, state: ChannelState) -> Iterator[Line]:
        for line in list_alarms(
            self.alarms, lambda alarm: find_problem_text(alarm.key.cause, state).title, self.now
        ):
            label, value = line
            yield _line(label.text[1:], value.text, value.tone)

    def _assignment(self, state: ChannelState) -> Iterator[Line]:
        assignment = state.assignment
        if assignment is None:
            return
        if assignment.mic_number is not None:
            yield _line("mic number", visible(assignment.mic_number))
        if self.next_user is not None:
            yield _line("  next", self.next_user.sentence, "accent" if self.next_user.is_soon else "text")
        if not replace(assignment, mic_number=None).says_nothing:
            yield from self._performer(assignment)

    def _performer(self, assignment: Assignment) -> Iterator[Line]:
        if (performer := assignment.performer) is not None:
            part = f", {visible(performer.part)}" if performer.part else ""
            yield _line("performer", f"{visible(performer.name)}{part}")
            yield _line("  for", format_duration(self.now - assignment.since))
        else:
            yield _line("performer", "none", "dim")
        yield _line("  role", assignment.role_description)
        planned = " ".join(
            visible(part) for part in (assignment.planned_model, assignment.planned_pack) if part
        )
        for label, value in (("  planned", planned), ("  note", visible(assignment.note or ""))):
            if value:
                yield _line(label, value)
        if self.spare:
            yield _line("  spare", visible(self.spare))
        if assignment.expected_off:
            yield _line("  expected", "off, no alarm", "muted")

    def _before(self, past: PastAssignment) -> Line:
        span = f"until {format_duration(self.now - past.until)} ago, for "
        who = f"{visible(past.performer_name)}, {past.role.value}, "
        return _line("previously", f"{who}{span}{format_duration(past.until - past.since)}")

    def _signal(self, state: ChannelState) -> Iterator[Line]:
        meters = state.meters
        if meters.rf_percent is not None:
            for letter, percent in (("A", meters.rf_a_percent), ("B", meters.rf_b_percent)):
                line = _line(f"RF {letter}", f"{format_number(percent, 4)} % of scale  ")
                share = None if percent is None else percent / 100
                yield self._with_bar(line, share, formats.percent_tone(percent, state.thresholds))
        else:
            yield self._rf("RF", meters.rf_dbm, state.thresholds)
            for letter, level in _antennas(state):
                yield self._rf(f"  antenna {letter}", level, state.thresholds)
        yield _line("receiving on", meters.antenna or ("no antenna" if meters.carrier is False else DASH))
        if self.trend.strip():
            yield [Cell(f" {self.trend}", "dim"), Cell(" 5m", "dim")]
        peak = state.audio_peak_dbfs
        line = _line("audio", f"{format_number(meters.audio_dbfs, 4)} dBFS ")
        room = self._bar_room(line)
        if meters.audio_dbfs is not None and room >= LEAST_BAR:
            line += audio_bar(meters.audio_dbfs, peak, hot_tone(state), min(MOST_BAR, room), self.glyphs)
        yield line
        yield _line("  peak", DASH if peak is None else f"{format_number(peak, 4)} dBFS")
        yield _line("quality", _with_unit(meters.quality_percent, "%"))

    def _rf(self, label: str, level: float | None, thresholds: Thresholds) -> Line:
        line = _line(label, f"{format_number(level, 4)} dBm  ")
        return self._with_bar(line, formats.rf_share(level), formats.rf_tone(level, thresholds))

    def _pack(self, state: ChannelState) -> Iterator[Line]:
        pack = state.facts.transmitter
        if pack is None:
            missing = "none" if state.facts.transmitter_present is False else DASH
            yield _line("transmitter", missing, "dim")
            if (dock := state.dock) is not None:
                bay = dock.bay
                where = bay_label(visible(dock.charger), bay.number)
                yield _line("docked in", f"{where}, {formats.bay_name(bay.state)}")
                tone = formats.battery_tone(bay.battery, state.thresholds.battery)
                yield _line("  charge", format_charge_in_full(bay.battery), tone)
            yield from self._past_battery(state)
            return
        called = " ".join(visible(word) for word in (pack.model, pack.name) if word)
        yield _line("transmitter", called or DASH)
        if pack.serial:
            yield _line("  serial", visible(pack.serial))
        yield from self._charge(state)
        yield from _battery(pack.battery)
        power = pack.power_word.lower() if pack.power_word else _with_unit(pack.power_mw, "mW")
        yield _line("power", visible(power))
        yield _line("gain offset", DASH if pack.offset_db is None else f"{pack.offset_db:+d} dB")
        yield from _switches(pack)

    def _charge(self, state: ChannelState) -> Iterator[Line]:
        battery = shown_battery(state, self.now)
        if battery is None:
            yield from self._past_battery(state)
            return
        tone = formats.charge_tone(state) if state.past_battery is None else "dim"
        line = _line("battery", f"{format_charge_in_full(battery):<13} ", tone)
        yield self._with_bar(line, battery.share, tone)
        for label, text, text_tone in outlook_texts(self.outlook):
            yield _line(label, text, text_tone)

    def _past_battery(self, state: ChannelState) -> Iterator[Line]:
        if (past := state.past_battery) is not None:
            ago = format_duration(self.now - past.observed_at)
            yield _line("last battery", f"{format_charge_in_full(past.battery)}, {ago} ago", "dim")

    def _device(self, device: DeviceSnapshot) -> Iterator[Line]:
        state, where = device.state, device.device
        yield _line("device", visible(device.title))
        yield _line("  model", visible(state.model or DASH))
        yield _line("  firmware", visible(state.firmware or DASH))
        yield _line("  band", visible(state.rf_band or DASH))
        if state.serial is not None:
            yield _line("  serial", visible(state.serial))
        yield _line("  address", where.address)
        yield _line("  location", visible(device.location or DASH))
        yield _line(
            "  status", status_lines.device_status(device, self.now), formats.status_tone(state.status)
        )
        if warnings := status_lines.device_warnings(state):
            yield _line("  warns of", warnings, "warning")
        if self.never_reports:
            yield _line("  lacks", self.never_reports)
        if (fault := state.fault) is not None:
            yield _line("  error", f"{fault.code}: {visible(fault.message)}", "critical")
            yield _line("  cure", visible(fault.hint))


def _line(label: str, value: str, tone: str = "text") -> Line:
    return [Cell(f" {label:<{LABEL}}", "dim"), Cell(value, tone)]


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width) if text.isascii() else chop_cells(text, width)


def _antennas(state: ChannelState) -> list[tuple[str, float | None]]:
    meters = state.meters
    if meters.antenna_levels_dbm:
        letters = "ABCD" * 2
        return list(zip(letters, meters.antenna_levels_dbm, strict=False))
    return [("A", meters.rf_a_dbm), ("B", meters.rf_b_dbm)]


def _with_unit(value: float | None, unit: str) -> str:
    return DASH if value is None else f"{value:.0f} {unit}"


def _battery(battery: Battery) -> Iterator[Line]:
    yield _line("  type", _TYPES.get(battery.type, DASH) if battery.type else DASH)
    if battery.minutes_note is not None:
        yield _line("  minutes", _NOTES[battery.minutes_note], "warning")
    yield _line("  health", _with_unit(battery.health_percent, "%"))
    yield _line("  cycles", DASH if battery.cycles is None else str(battery.cycles))
    yield _line("  temperature", _with_unit(battery.temperature_c, "°C"))


def _switches(pack: Transmitter) -> Iterator[Line]:
    yield _line("pack muted", _yes(pack.muted))
    if pack.is_talk_switch_on is not None:
        yield _line("talk switch", "pressed" if pack.is_talk_switch_on else "released")
    if pack.lock is not None:
        yield _line("pack lock", pack.lock.value)


def _yes(value: bool | None) -> str:  # noqa: FBT001 - the value itself is shown
    return DASH if value is None else "yes" if value else "no"


def _channel(state: ChannelState) -> Iterator[Line]:
    facts = state.facts
    # What a device that is not heard reported before is not what it is set to now.
    tone = "dim" if state.link_state in UNHEARD else "text"
    values = {
        "behind server": visible(facts.channel_behind_server) if facts.channel_behind_server else None,
        "frequency": format_frequency(facts.frequency_khz),
        "  second": facts.frequency2_khz and format_frequency(facts.frequency2_khz),
        "group,channel": visible(facts.group_channel or DASH),
        "gain": DASH if facts.gain_db is None else f"{facts.gain_db:+d} dB",
        "output muted": _yes(facts.receiver_muted),
        "encryption": facts.encryption.value if facts.encryption else DASH,
        "interference": _yes(facts.interference),
    }
    for label, value in values.items():
        if value:
            yield _line(label, str(value), tone)


def _slot(slot: Slot) -> Line:
    parts = [slot.status.value.replace("_", " "), slot.model, slot.name]
    if slot.rf_on is False:
        parts.append("RF off")
    if slot.battery.is_known:
        parts.append(format_charge_in_full(slot.battery))
    return _line(f"slot {slot.number}", visible("  ".join(part for part in parts if part)))


def _raw(state: ChannelState) -> Iterator[Line]:
    if state.facts.raw:
        yield [Cell(" as the device reports it", "dim")]
    for name, value in state.facts.raw:
        yield [Cell(f" {name:<{RAW_LABEL}} ", "dim"), Cell(visible(value))]
