"""Everything that is known of one channel, as lines of label and value. Pure."""

from collections.abc import Iterator

from micboard_tui.domain.battery import Battery, BatteryType, MinutesNote
from micboard_tui.domain.channel import ChannelState, Slot
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.problem import ProblemCode, problems
from micboard_tui.domain.text import visible
from micboard_tui.tui import present
from micboard_tui.tui.glyph import Glyphs
from micboard_tui.tui.row import Cell

LABEL = 14
BAR = 16
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

Line = list[Cell]


def lines(state: ChannelState, device: DeviceSnapshot, glyphs: Glyphs, now: float, width: int) -> list[Line]:
    """All that the detail panel shows, from top to bottom."""
    name = present.fit(state.facts.name or f"Channel {state.number}", max(1, width - 2), glyphs.ellipsis)
    return [
        [Cell(f" {name.rstrip()}", "accent")],
        [],
        *_state(state, now),
        [],
        *_signal(state, glyphs),
        [],
        *_pack(state, glyphs, now),
        [],
        *_channel(state),
        *_slots(state),
        [],
        *_device(device, now),
        *_raw(state),
    ]


def _line(label: str, value: str, tone: str = "text") -> Line:
    return [Cell(f" {label:<{LABEL}}", "dim"), Cell(value, tone)]


def _state(state: ChannelState, now: float) -> Iterator[Line]:
    since = "" if state.link_since is None else f" for {present.duration(now - state.link_since)}"
    yield _line(
        "state", f"{present.STATE_WORDS[state.link_state]}{since}", present.STATE_TONES[state.link_state]
    )
    for code in problems(state, now):
        what, cure = present.PROBLEM_WORDS[code]
        yield _line("problem", what, present.severity_tone(code))
        yield _line("  cure", cure)
    age = state.age_s(now)
    late = ProblemCode.STALE in problems(state, now)
    heard = present.DASH if age is None else f"{present.duration(age)} ago"
    yield _line("last heard", heard, "warning" if late else "text")


def _signal(state: ChannelState, glyphs: Glyphs) -> Iterator[Line]:
    meters = state.meters
    yield _level(
        "RF", meters.rf_dbm, "dBm", present.rf_share(meters.rf_dbm), present.rf_tone(meters.rf_dbm), glyphs
    )
    for letter, level in _antennas(state):
        yield _level(
            f"  antenna {letter}", level, "dBm", present.rf_share(level), present.rf_tone(level), glyphs
        )
    yield _line(
        "receiving on", {None: present.DASH, "": "no antenna"}.get(meters.antenna, meters.antenna or "")
    )
    audio = meters.audio_dbfs
    tone = present.audio_tone(state.audio_peak_dbfs)
    yield _level("audio", audio, "dBFS", present.audio_share(audio), tone, glyphs)
    yield _line("  peak", _with_unit(state.audio_peak_dbfs, "dBFS"))
    yield _line("quality", _with_unit(meters.quality_percent, "%"))


def _antennas(state: ChannelState) -> list[tuple[str, float | None]]:
    meters = state.meters
    if meters.antenna_levels_dbm:
        letters = "ABCD" * 2
        return list(zip(letters, meters.antenna_levels_dbm, strict=False))
    return [("A", meters.rf_a_dbm), ("B", meters.rf_b_dbm)]


def _level(
    label: str, value: float | None, unit: str, share: float | None, tone: str, glyphs: Glyphs
) -> Line:
    line = _line(label, f"{present.number(value, 4)} {unit:<4} ")
    return line if share is None else [*line, Cell(glyphs.bar(share, BAR), tone, is_bar=True)]


def _with_unit(value: float | None, unit: str) -> str:
    return present.DASH if value is None else f"{value:.0f} {unit}"


def _pack(state: ChannelState, glyphs: Glyphs, now: float) -> Iterator[Line]:
    pack = state.facts.transmitter
    if pack is None:
        missing = "none" if state.facts.transmitter_present is False else present.DASH
        yield _line("transmitter", missing, "dim")
        if (last := state.last_battery) is not None:
            ago = present.duration(now - last.observed_at)
            yield _line("last battery", f"{_charge(last.battery)}, {ago} ago", "dim")
        return
    called = " ".join(visible(word) for word in (pack.model, pack.name) if word)
    yield _line("transmitter", called or present.DASH)
    battery = pack.battery
    share = present.battery_share(battery)
    line = _line("battery", f"{_charge(battery):<12}", present.battery_tone(battery))
    yield (
        line
        if share is None
        else [*line, Cell(glyphs.bar(share, BAR), present.battery_tone(battery), is_bar=True)]
    )
    yield _line("  type", _TYPES.get(battery.type, present.DASH) if battery.type else present.DASH)
    if battery.minutes_note is not None:
        yield _line("  minutes", _NOTES[battery.minutes_note], "warning")
    yield _line("  health", _with_unit(battery.health_percent, "%"))
    yield _line("  cycles", present.DASH if battery.cycles is None else str(battery.cycles))
    yield _line("  temperature", _with_unit(battery.temperature_c, "°C"))
    power = pack.power_word.lower() if pack.power_word else _with_unit(pack.power_mw, "mW")
    yield _line("power", visible(power))
    yield _line("gain offset", present.DASH if pack.offset_db is None else f"{pack.offset_db:+d} dB")
    yield _line("pack muted", _yes(pack.muted))


def _charge(battery: Battery) -> str:
    told = []
    if battery.minutes is not None:
        told.append(present.hours(battery.minutes))
    if battery.percent is not None:
        told.append(f"{battery.percent} %")
    if battery.bars is not None:
        told.append(f"{battery.bars}/{present.BARS}")
    return " ".join(told) or present.DASH


def _yes(value: bool | None) -> str:  # noqa: FBT001 - the value itself is shown
    return present.DASH if value is None else "yes" if value else "no"


def _channel(state: ChannelState) -> Iterator[Line]:
    facts = state.facts
    yield _line("frequency", f"{present.megahertz(facts.frequency_khz, 0)} MHz")
    if facts.frequency2_khz is not None:
        yield _line("  second", f"{present.megahertz(facts.frequency2_khz, 0)} MHz")
    yield _line("group,channel", visible(facts.group_channel or present.DASH))
    yield _line("gain", present.DASH if facts.gain_db is None else f"{facts.gain_db:+d} dB")
    yield _line("output muted", _yes(facts.receiver_muted))
    yield _line("encryption", facts.encryption.value if facts.encryption else present.DASH)
    yield _line("interference", _yes(facts.interference))


def _slots(state: ChannelState) -> Iterator[Line]:
    if state.facts.slots:
        yield []
    for slot in state.facts.slots:
        yield _line(f"slot {slot.number}", _slot(slot))


def _slot(slot: Slot) -> str:
    words = [slot.status.value.replace("_", " "), slot.model, slot.name]
    if slot.rf_on is False:
        words.append("RF off")
    if slot.battery.known:
        words.append(_charge(slot.battery))
    return visible("  ".join(word for word in words if word))


def _device(device: DeviceSnapshot, now: float) -> Iterator[Line]:
    state, where = device.state, device.device
    yield _line("device", visible(device.title))
    yield _line("  model", visible(state.model or present.DASH))
    yield _line("  firmware", visible(state.firmware or present.DASH))
    yield _line("  band", visible(state.rf_band or present.DASH))
    yield _line("  address", f"{where.host}:{where.port}")
    yield _line("  location", visible(device.location or present.DASH))
    yield _line("  status", present.status_words(device, now), present.status_tone(state.status))
    if (fault := state.fault) is not None:
        yield _line("  error", fault.code, "critical")
        yield [Cell(f"   {visible(fault.message)}", "critical")]
        yield [Cell(f"   {visible(fault.hint)}")]


def _raw(state: ChannelState) -> Iterator[Line]:
    if state.facts.raw:
        yield []
        yield [Cell(" in the device's own words", "dim")]
    for name, value in state.facts.raw:
        yield [Cell(f" {name:<27}", "dim"), Cell(f" {visible(value)}")]
