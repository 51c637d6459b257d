"""The texts and letters for link states, problems and flags, and for devices that cannot be read.

The one place for these. In a row a capital letter is a problem, a small one a problem to come or a fact.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.domain.assignment import Assignment
from micboard_tui.domain.channel import ChannelState, DeviceWarning
from micboard_tui.domain.device import DeviceStatus
from micboard_tui.domain.device_problem import DeviceProblem
from micboard_tui.domain.link_state import OUT_OF_REACH, LinkState
from micboard_tui.domain.problem import ONLY_OF_ALARMS, ProblemCode


class LinkStateText(NamedTuple):
    """``LinkState.text`` is the name of a state; here stands what its line says beside it."""

    name: str
    counted: str
    """As it stands after a number of channels."""
    meaning: str
    short_cure: str = ""
    """What to do, where there is little room; empty where nothing is to be done."""


class ProblemText(NamedTuple):
    title: str
    cure: str


class ChannelFlag(StrEnum):
    """What is worth knowing of a channel and no problem."""

    RECEIVER_MUTED = "receiver_muted"
    PACK_MUTED = "pack_muted"
    TALK_SWITCH = "talk_switch"
    PACK_LOCKED = "pack_locked"
    RECEIVER_LOCKED = "receiver_locked"
    ENCRYPTED = "encrypted"
    EXPECTED_OFF = "expected_off"


class FlagText(NamedTuple):
    letter: str
    meaning: str


class FaultText(NamedTuple):
    """Why a device cannot be read, and what to do."""

    title: str
    short_cure: str
    cure: str


_COUNTED = {LinkState.RF_LOST: "lost"}
_MEANINGS = {
    LinkState.REFUSED: "the receiver answers but refuses access",
    LinkState.OFFLINE: "nothing comes from the receiver",
    LinkState.RF_LOST: "the pack was on, its carrier is gone",
    LinkState.TRANSMITTER_OFF: "no pack is on",
    LinkState.MUTED: "carrier there, audio muted at pack or receiver",
    LinkState.DOCKED: "the pack is in a charger",
    LinkState.LIVE: "carrier and audio are fine",
    LinkState.UNKNOWN: "nothing received yet",
}
_SHORT_CURES = {
    LinkState.REFUSED: "allow access",
    LinkState.OFFLINE: "check power, cable",
    LinkState.RF_LOST: "check pack",
}
LINK_STATE_TEXTS: Mapping[LinkState, LinkStateText] = {
    state: LinkStateText(state.text, _COUNTED.get(state, state.text), meaning, _SHORT_CURES.get(state, ""))
    for state, meaning in _MEANINGS.items()
}
DEVICE_STATUS_TEXTS: Mapping[DeviceStatus, str] = {
    DeviceStatus.UNKNOWN: "not heard",
    DeviceStatus.CONNECTING: "connecting",
    DeviceStatus.ONLINE: "online",
    DeviceStatus.OFFLINE: "offline",
    DeviceStatus.REFUSED: "refused",
}
PROBLEM_TEXTS: Mapping[ProblemCode, ProblemText] = {
    ProblemCode.NETWORK_LOST: ProblemText("Network lost", "check switch, then this computer's cable"),
    ProblemCode.ANTENNA_SYSTEM: ProblemText("Antenna system", "check antenna cables and booster power"),
    ProblemCode.BATTERY_EMPTY: ProblemText("Battery empty", "swap to the spare now"),
    ProblemCode.RF_LOST: ProblemText("RF lost", "check pack and antenna"),
    ProblemCode.OFFLINE: ProblemText("Offline", "check power and cable"),
    ProblemCode.REFUSED: ProblemText("Refused", "allow access on the receiver"),
    ProblemCode.ENCRYPTION_MISMATCH: ProblemText("Wrong key", "sync pack and receiver"),
    ProblemCode.COLLECTOR_LOST: ProblemText("Collector lost", "start it, or check its network"),
    ProblemCode.BATTERY_CRITICAL: ProblemText("Battery nearly empty", "change it now"),
    ProblemCode.SWITCHED_OFF: ProblemText("Switched off", "switch the pack on"),
    ProblemCode.RF_CRITICAL: ProblemText("RF very weak", "check antennas and distance"),
    ProblemCode.PACK_MUTED: ProblemText("Muted", "unmute the pack"),
    ProblemCode.SILENT: ProblemText("No sound", "check capsule, cable and gain"),
    ProblemCode.WILL_NOT_LAST: ProblemText("Will not last", "swap at the next chance"),
    ProblemCode.AUDIO_CLIP: ProblemText("Audio clips", "turn the pack's gain down"),
    ProblemCode.INTERFERENCE: ProblemText("Interference", "find a free frequency"),
    ProblemCode.RF_OVERLOAD: ProblemText("RF overload", "move pack and antennas apart"),
    ProblemCode.RECEIVER_FAULT: ProblemText("Receiver fault", "see its warnings in the detail"),
    ProblemCode.ANTENNA_FAULT: ProblemText("Antenna fault", "check its cable, splitter and booster"),
    ProblemCode.SAME_FREQUENCY: ProblemText("Frequency conflict", "retune one of the two"),
    ProblemCode.PERFORMER_TWICE: ProblemText("Performer live twice", "make one a backup"),
    ProblemCode.WRONG_PACK: ProblemText("Wrong pack", "swap it, or plan this one"),
    ProblemCode.CHANNEL_MISSING: ProblemText("No such channel", "plan another channel"),
    ProblemCode.UNREGISTERED_PACK: ProblemText("Unregistered pack", "register it, or find its owner"),
    ProblemCode.NOT_STORED: ProblemText("Not stored", "see health for the reason"),
    ProblemCode.NO_SPARE: ProblemText("Too few spares", "charge more packs"),
    ProblemCode.BATTERY_CONTACT: ProblemText("Battery contact", "clean contacts, reseat battery"),
    ProblemCode.STALE: ProblemText("Stale readings", "check the network"),
    ProblemCode.BATTERY_LOW: ProblemText("Battery low", "prepare a change"),
    ProblemCode.CHARGER_FAULT: ProblemText("Charger fault", "reseat the pack, see Chargers"),
    ProblemCode.NOT_CHARGING: ProblemText("Not charging", "clean contacts, try another bay"),
    ProblemCode.RF_LOW: ProblemText("RF weak", "watch antennas and distance"),
    ProblemCode.QUALITY_LOW: ProblemText("Poor quality", "check for interference"),
    ProblemCode.INTERMODULATION: ProblemText("Intermodulation", "retune one at the break"),
    ProblemCode.PACK_LEFT_ON: ProblemText("Pack left on", "switch it off"),
    ProblemCode.CLOCK_SKEW: ProblemText("Clock is off", "set it, or this computer's"),
    ProblemCode.OWN_LOAD: ProblemText("Computer too busy", "close programs, watch fewer devices"),
}
DEVICE_WARNING_TEXTS: Mapping[DeviceWarning, ProblemText] = {
    DeviceWarning.LOW_BATTERY: ProblemText("Battery low", "prepare a change"),
    DeviceWarning.LOW_SIGNAL: ProblemText("RF weak", "check its antennas"),
    DeviceWarning.RF_OVERLOAD: ProblemText("RF overload", "move transmitters and antennas apart"),
    DeviceWarning.AUDIO_PEAK: ProblemText("Audio clips", "turn the gain down"),
    DeviceWarning.CLOCK: ProblemText("No valid word clock", "check its clock source"),
    DeviceWarning.ANTENNA: ProblemText("Antenna input shorted", "check antennas and their cables"),
    DeviceWarning.HARDWARE: ProblemText("Hardware fault", "have a spare ready"),
    DeviceWarning.UNREGISTERED_PACK: ProblemText("Unregistered pack", "register it, or find its owner"),
    DeviceWarning.FAN: ProblemText("Fan fails", "keep it cool, have it repaired"),
    DeviceWarning.TEMPERATURE: ProblemText("Too hot", "give it air"),
    DeviceWarning.POWER_SUPPLY: ProblemText("Power supply fails", "check both power cables"),
    DeviceWarning.CASCADE: ProblemText("Cascade broken", "check cables between its units"),
    DeviceWarning.OTHER: ProblemText("Device warning", "see the device's own display"),
}
"""What a device warns of as a whole."""
PROBLEM_FLAGS: Mapping[ProblemCode, FlagText] = {
    ProblemCode.ENCRYPTION_MISMATCH: FlagText("E", "encryption keys differ: no audio"),
    ProblemCode.BATTERY_CRITICAL: FlagText("B", "battery nearly empty"),
    ProblemCode.RF_CRITICAL: FlagText("S", "signal (RF) very weak"),
    ProblemCode.AUDIO_CLIP: FlagText("C", "audio clips"),
    ProblemCode.INTERFERENCE: FlagText("I", "interference"),
    ProblemCode.RF_OVERLOAD: FlagText("O", "RF overload: the receiver's input is overdriven"),
    ProblemCode.RECEIVER_FAULT: FlagText("H", "receiver hardware: clock, antenna input or another fault"),
    ProblemCode.SAME_FREQUENCY: FlagText("F", "another live channel is on or near its frequency"),
    ProblemCode.PERFORMER_TWICE: FlagText("2", "the performer is live on another primary channel too"),
    ProblemCode.WRONG_PACK: FlagText("W", "the pack is not the planned one"),
    ProblemCode.UNREGISTERED_PACK: FlagText("U", "a pack that is not registered"),
    ProblemCode.BATTERY_CONTACT: FlagText("N", "bad battery contact"),
    ProblemCode.STALE: FlagText("A", "age: the values are old"),
    ProblemCode.BATTERY_LOW: FlagText("b", "battery low"),
    ProblemCode.RF_LOW: FlagText("s", "signal (RF) weak"),
    ProblemCode.QUALITY_LOW: FlagText("Q", "poor quality of the link"),
}
"""The letter of each problem among the flags of a row; those of the link state stand before the name."""
NO_LETTER: Mapping[ProblemCode, str] = {
    ProblemCode.CHANNEL_MISSING: "the channel has no row",
    ProblemCode.CHARGER_FAULT: "a bay has no row",
    **dict.fromkeys(sorted(ONLY_OF_ALARMS), "the row has the mark of its alarm"),
}
"""Why a problem has none."""
FLAG_TEXTS: Mapping[ChannelFlag, FlagText] = {
    ChannelFlag.RECEIVER_MUTED: FlagText("m", "muted at the receiver"),
    ChannelFlag.PACK_MUTED: FlagText("t", "muted at the pack"),
    ChannelFlag.TALK_SWITCH: FlagText("k", "the pack's talk switch is pressed"),
    ChannelFlag.PACK_LOCKED: FlagText("l", "controls of the pack are locked"),
    ChannelFlag.RECEIVER_LOCKED: FlagText("p", "the receiver's front panel is locked"),
    ChannelFlag.ENCRYPTED: FlagText("e", "encrypted"),
    ChannelFlag.EXPECTED_OFF: FlagText("x", "expected to be off: raises no alarm"),
}
_BY_LINK: Mapping[ProblemCode, LinkState] = {
    ProblemCode.RF_LOST: LinkState.RF_LOST,
    ProblemCode.OFFLINE: LinkState.OFFLINE,
    ProblemCode.REFUSED: LinkState.REFUSED,
}
_NO_DRIVER = FaultText("Driver missing", "install plugin", "install its plugin")
FAULT_TEXTS: Mapping[str, FaultText] = {
    ErrorCode.CREDENTIALS_NEEDED: FaultText("Password missing", "enter it", "enter it in Devices"),
    ErrorCode.CREDENTIALS_REFUSED: FaultText("Wrong password", "enter again", "enter it again in Devices"),
    ErrorCode.CERTIFICATE_UNKNOWN: FaultText(
        "Certificate unknown", "trust it", "compare and trust it in Devices"
    ),
    ErrorCode.CERTIFICATE_CHANGED: FaultText("Certificate changed", "compare it", "compare it in Devices"),
    ErrorCode.SECRETS_UNREADABLE: FaultText("Secrets unreadable", "see Devices", "see why in Devices"),
    ErrorCode.HOST_NOT_RESOLVED: FaultText("Host unknown", "check its name", "check its host name"),
    ErrorCode.NAME_SERVICE_SILENT: FaultText("Name server silent", "use address", "register its address"),
    ErrorCode.PORT_TAKEN: FaultText("Port taken", "close other program", "close the other program"),
    ErrorCode.DRIVER_NOT_SUPPORTED: _NO_DRIVER,
    ErrorCode.MANUFACTURER_NOT_SUPPORTED: _NO_DRIVER,
    ErrorCode.COLLECTOR_LOST: FaultText("Collector lost", "start it", "start it again"),
    ErrorCode.NO_COLLECTOR: FaultText("No collector", "start one", "start one in its zone"),
    ErrorCode.API_ERROR: FaultText("Unknown answer", "see Devices", "see why in Devices"),
}
"""Where the cure is another one than that of every device that is offline or refuses."""
_OF_DEVICE = frozenset({ProblemCode.OFFLINE, ProblemCode.REFUSED})
_WITH_FAULT = OUT_OF_REACH | {LinkState.UNKNOWN}


def problem_letter(code: ProblemCode) -> str:
    """The letter that a row has for the problem."""
    link = _BY_LINK.get(code)
    return PROBLEM_FLAGS[code].letter if link is None else link.letter


def title_of(code: ProblemCode) -> str:
    """What a problem or the cause of an alarm is called."""
    return PROBLEM_TEXTS[code].title


def find_fault_text(state: ChannelState) -> FaultText | None:
    """Why the channel's device cannot be read, where that is known and has a cure of its own."""
    if state.link_state not in _WITH_FAULT or state.fault_code is None:
        return None
    return FAULT_TEXTS.get(state.fault_code)


def find_device_problem_text(problem: DeviceProblem) -> ProblemText:
    """What is wrong with a device itself, and what to do."""
    if problem.warnings:
        return DEVICE_WARNING_TEXTS[problem.warnings[0]]
    return PROBLEM_TEXTS[problem.code]


def describe_missing_channel(assignment: Assignment, count: int) -> str:
    """Who is planned on a channel that its device does not have, of which there are ``count``."""
    name = assignment.performer.name if assignment.performer else "A performer"
    there = "there is 1" if count == 1 else f"there are {count or 'none'}"
    return f"{name} is planned on channel {assignment.channel.number}, {there}"


def find_problem_text(code: ProblemCode, state: ChannelState) -> ProblemText:
    """What is wrong with a channel, and what to do."""
    if code in _OF_DEVICE and (fault := find_fault_text(state)) is not None:
        return ProblemText(fault.title, fault.cure)
    return PROBLEM_TEXTS[code]
