"""Values as words and numbers of fixed width. Pure; unknown is a dash, never zero."""

from collections.abc import Mapping
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size

from micboard_tui.contracts.errors import NEEDS_ACCESS, ErrorCode
from micboard_tui.domain.battery import Battery, BatteryLevel, battery_level
from micboard_tui.domain.bay import BayState
from micboard_tui.domain.channel import ChannelState, Encryption
from micboard_tui.domain.device import DeviceSnapshot, DeviceStatus
from micboard_tui.domain.identity import channel_label
from micboard_tui.domain.link_state import ON_AIR, OUT_OF_REACH, LinkState
from micboard_tui.domain.problem import ProblemCode, Severity
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.signal_level import SignalLevel, rf_level_of_dbm, rf_level_of_percent
from micboard_tui.domain.units import DASH, format_charge, format_duration

ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
STATE_WORDS = {
    LinkState.REFUSED: "refused",
    LinkState.OFFLINE: "offline",
    LinkState.RF_LOST: "RF lost",
    LinkState.TRANSMITTER_OFF: "off",
    LinkState.MUTED: "muted",
    LinkState.DOCKED: "docked",
    LinkState.LIVE: "live",
    LinkState.UNKNOWN: "unknown",
}
STATE_TONES = {
    LinkState.REFUSED: "critical",
    LinkState.OFFLINE: "critical",
    LinkState.RF_LOST: "critical",
    LinkState.TRANSMITTER_OFF: "dim",
    LinkState.MUTED: "muted",
    LinkState.DOCKED: "dim",
    LinkState.LIVE: "live",
    LinkState.UNKNOWN: "dim",
}
BAY_TONES = {
    BayState.READY: "live",
    BayState.CHARGING: "text",
    BayState.FAULT: "critical",
    BayState.EMPTY: "dim",
    BayState.UNKNOWN: "dim",
}
PROBLEM_WORDS = {
    ProblemCode.RF_LOST: ("RF lost", "check pack and antenna"),
    ProblemCode.OFFLINE: ("Offline", "check power and cable"),
    ProblemCode.REFUSED: ("Refused", "allow access on the receiver"),
    ProblemCode.ENCRYPTION_MISMATCH: ("Wrong key", "sync pack and receiver"),
    ProblemCode.BATTERY_CRITICAL: ("Battery nearly empty", "change it now"),
    ProblemCode.RF_CRITICAL: ("RF very weak", "check antennas and distance"),
    ProblemCode.AUDIO_CLIP: ("Audio clips", "turn the pack's gain down"),
    ProblemCode.INTERFERENCE: ("Interference", "find a free frequency"),
    ProblemCode.SAME_FREQUENCY: ("Same frequency", "retune one of the two"),
    ProblemCode.PERFORMER_TWICE: ("Performer live twice", "make one a backup"),
    ProblemCode.WRONG_PACK: ("Wrong pack", "swap it, or plan this one"),
    ProblemCode.BATTERY_CONTACT: ("Battery contact", "clean contacts, reseat battery"),
    ProblemCode.STALE: ("No news", "check the network"),
    ProblemCode.BATTERY_LOW: ("Battery low", "prepare a change"),
    ProblemCode.RF_LOW: ("RF weak", "watch antennas and distance"),
    ProblemCode.QUALITY_LOW: ("Poor quality", "check for interference"),
}


class FaultWords(NamedTuple):
    """Why a device cannot be read, and what to do."""

    what: str
    do: str
    """The cure where there is little room."""
    cure: str


_NO_DRIVER = FaultWords("Driver missing", "install plugin", "install its plugin")
FAULT_WORDS: Mapping[str, FaultWords] = {
    ErrorCode.CREDENTIALS_NEEDED: FaultWords("Password missing", "give it", "give it in Devices"),
    ErrorCode.CREDENTIALS_REFUSED: FaultWords(
        "Wrong password", "give it anew", "give the right one in Devices"
    ),
    ErrorCode.CERTIFICATE_UNKNOWN: FaultWords(
        "Certificate unknown", "trust it", "compare and trust it in Devices"
    ),
    ErrorCode.CERTIFICATE_CHANGED: FaultWords("Certificate changed", "look twice", "compare it in Devices"),
    ErrorCode.SECRETS_UNREADABLE: FaultWords("Secrets unreadable", "see Devices", "see why in Devices"),
    ErrorCode.HOST_NOT_RESOLVED: FaultWords("Host unknown", "check its name", "check its host name"),
    ErrorCode.PORT_TAKEN: FaultWords("Port taken", "close other program", "close the other program"),
    ErrorCode.DRIVER_NOT_SUPPORTED: _NO_DRIVER,
    ErrorCode.MANUFACTURER_NOT_SUPPORTED: _NO_DRIVER,
    ErrorCode.API_ERROR: FaultWords("Not understood", "see Devices", "see why in Devices"),
}
"""Where the cure is another one than that of every device that is offline or refuses."""
FLAGS = {
    ProblemCode.ENCRYPTION_MISMATCH: "E",
    ProblemCode.INTERFERENCE: "I",
    ProblemCode.AUDIO_CLIP: "C",
    ProblemCode.SAME_FREQUENCY: "F",
    ProblemCode.PERFORMER_TWICE: "2",
    ProblemCode.WRONG_PACK: "W",
    ProblemCode.BATTERY_CONTACT: "B",
}
LEVEL_TONES = {
    BatteryLevel.CRITICAL: "critical",
    BatteryLevel.LOW: "warning",
    BatteryLevel.OK: "live",
    BatteryLevel.UNKNOWN: "dim",
}
SIGNAL_TONES = {
    SignalLevel.CRITICAL: "critical",
    SignalLevel.LOW: "warning",
    SignalLevel.OK: "live",
    SignalLevel.UNKNOWN: "dim",
}
RF_BOTTOM_DBM, RF_TOP_DBM = -100.0, -20.0
AUDIO_BOTTOM_DBFS = -50.0


def fit(text: str, width: int, ellipsis: str = "…") -> str:
    """A stranger's text, harmless and exactly ``width`` cells wide; what is cut off ends in a mark."""
    shown = visible(text)
    if cell_len(shown) <= width:
        return set_cell_size(shown, width)
    if width <= 1:
        return ellipsis[:width]
    return set_cell_size(set_cell_size(shown, width - 1).rstrip() + ellipsis, width)


def called(state: ChannelState) -> str | None:
    """Who wears it, or what the channel is called."""
    return state.performer.name if state.performer else state.facts.name


def link_of(state: ChannelState) -> LinkState:
    """The state as it is shown: what is silent and expected to be so is off, and no alarm."""
    if state.expected_off and state.link_state not in ON_AIR:
        return LinkState.TRANSMITTER_OFF
    return state.link_state


def battery_tone(battery: Battery | None) -> str:
    return LEVEL_TONES[battery_level(battery)]


def rf_share(dbm: float | None) -> float | None:
    return None if dbm is None else (dbm - RF_BOTTOM_DBM) / (RF_TOP_DBM - RF_BOTTOM_DBM)


def rf_tone(dbm: float | None) -> str:
    return SIGNAL_TONES[rf_level_of_dbm(dbm)]


def percent_tone(percent: int | None) -> str:
    return SIGNAL_TONES[rf_level_of_percent(percent)]


def audio_share(dbfs: float | None) -> float | None:
    return None if dbfs is None else 1 - dbfs / AUDIO_BOTTOM_DBFS


def audio_tone(dbfs: float | None) -> str:
    if dbfs is None:
        return "dim"
    if dbfs >= -1:
        return "critical"
    return "warning" if dbfs >= -6 else "live"  # noqa: PLR2004 - close to full scale


def flags(state: ChannelState, problems: tuple[ProblemCode, ...]) -> str:
    """One letter for each thing that the other columns do not show."""
    letters = [FLAGS[code] for code in problems if code in FLAGS]
    if state.facts.receiver_muted:
        letters.append("m")
    if state.facts.transmitter is not None and state.facts.transmitter.muted:
        letters.append("t")
    if state.facts.encryption is Encryption.ON:
        letters.append("e")
    if state.expected_off:
        letters.append("x")
    return "".join(letters)


def fault_of(state: ChannelState) -> FaultWords | None:
    """Why its device cannot be read, where that is known and has a cure of its own."""
    if state.link_state not in OUT_OF_REACH or state.fault_code is None:
        return None
    return FAULT_WORDS.get(state.fault_code)


def problem_words(code: ProblemCode, state: ChannelState) -> tuple[str, str]:
    """What is wrong with a channel, and what to do."""
    if code in _OF_DEVICE and (fault := fault_of(state)) is not None:
        return fault.what, fault.cure
    return PROBLEM_WORDS[code]


_OF_DEVICE = frozenset({ProblemCode.OFFLINE, ProblemCode.REFUSED})


def trouble(state: ChannelState, now: float, width: int = 1000) -> str:
    """What an unreachable or silent channel says in place of its meters: what, since when, what to do.

    Where it would be wider than ``width`` cells, since when is left out first, then what to do.
    """
    if state.expected_off:
        return "expected off"
    since = "" if state.link_since is None else f" {format_duration(now - state.link_since)}"
    word = STATE_WORDS[state.link_state]
    if state.link_state is LinkState.DOCKED and state.dock is not None:
        bay = state.dock.bay
        return f"{word}: bay {bay.number}, {format_charge(bay.battery)}, {bay.state.value}"
    fault = fault_of(state)
    if fault is not None:
        word = f"{fault.what[:1].lower()}{fault.what[1:]}"
        cures = [fault.cure, fault.do]
    else:
        cures = _CURES.get(state.link_state, [])
    told = [f"{word}{since}: {cure}" for cure in cures] + [f"{word}: {cure}" for cure in cures[-1:]]
    return next((line for line in (*told, f"{word}{since}") if len(line) <= width), word)


_CURES = {
    LinkState.RF_LOST: ["check pack"],
    LinkState.OFFLINE: ["check power, cable"],
    LinkState.REFUSED: ["allow access"],
}


def worst(
    code: ProblemCode, state: ChannelState, device: str, since_s: float | None, width: int = 1000
) -> str:
    """The worst problem in one line: what, since when, who, where, and what to do.

    Where it would be wider than ``width`` cells, where is left out, then since when: the rest is needed.
    """
    what, cure = problem_words(code, state)
    since = "" if since_s is None else f" {format_duration(since_s)}"
    label = visible(channel_label(device, state.number))
    name = called(state)
    who, where = (visible(name), f", {label}") if name else (label, "")
    told = [f"{what}{since}: {who}{where}", f"{what}{since}: {who}", f"{what}: {who}"]
    return next(
        (line for each in told if cell_len(line := f"{each} {DASH} {cure}") <= width),
        f"{what}: {cure}",
    )


def severity_tone(code: ProblemCode) -> str:
    return "critical" if code.severity is Severity.CRITICAL else "warning"


def status_words(snapshot: DeviceSnapshot, now: float) -> str:
    """How the device is doing, and since when."""
    state = snapshot.state
    since = "" if state.status_since is None else f" for {format_duration(now - state.status_since)}"
    return f"{state.status.value}{since}"


def device_trouble(snapshot: DeviceSnapshot, now: float) -> str:
    """Why a device cannot be read, since when, and what to do."""
    state, fault = snapshot.state, snapshot.state.fault
    since = "" if state.status_since is None else f" {format_duration(now - state.status_since)}"
    words = FAULT_WORDS.get(fault.code) if fault is not None else None
    what = words.what if words is not None else state.status.value.capitalize()
    cure = fault.hint if fault is not None else ""
    if words is not None and fault is not None and fault.code in NEEDS_ACCESS:
        # The hint names the command line, and here is a screen.
        cure = words.cure
    told = f"{what}{since}: {visible(snapshot.title)}"
    return f"{told} {DASH} {visible(cure)}" if cure else told


def status_tone(status: DeviceStatus) -> str:
    return {
        DeviceStatus.ONLINE: "live",
        DeviceStatus.OFFLINE: "critical",
        DeviceStatus.REFUSED: "critical",
    }.get(status, "dim")
