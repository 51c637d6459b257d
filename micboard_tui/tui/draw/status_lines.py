"""How a channel or a device does, as one line: what is the matter, since when, and what to do. Pure."""

from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from micboard_tui.contracts.errors import NEEDS_ACCESS
from micboard_tui.contracts.problem_texts import (
    DEVICE_STATUS_TEXTS,
    DEVICE_WARNING_TEXTS,
    FAULT_TEXTS,
    FLAG_TEXTS,
    LINK_STATE_TEXTS,
    PROBLEM_FLAGS,
    ChannelFlag,
    describe_missing_channel,
    find_device_problem_text,
    find_fault_text,
    find_problem_text,
)
from micboard_tui.domain.channel import ChannelState, Encryption, Lock, Transmitter
from micboard_tui.domain.device import DeviceSnapshot, DeviceState, DeviceStatus
from micboard_tui.domain.device_problem import DeviceProblem
from micboard_tui.domain.identity import bay_label, channel_label
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.problem import ProblemCode, Severity, find_device_warnings
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.units import DASH, format_charge, format_duration
from micboard_tui.tui.draw import formats
from micboard_tui.tui.draw.cell import Cell

LOCKED = frozenset({Lock.POWER, Lock.MENU, Lock.ALL})
MORE_FLAGS = "+"
NO_CARRIER_REPORT = "carrier not reported"
ANY_WIDTH = 1000
LINK_OF_STATUS = {DeviceStatus.OFFLINE: LinkState.OFFLINE, DeviceStatus.REFUSED: LinkState.REFUSED}
_OUT_OF_REACH = frozenset({ProblemCode.OFFLINE, ProblemCode.REFUSED})
LEAST_NAME = 6
"""Cells below which the beginning of a name tells nothing."""


def flag_cells(state: ChannelState, problems: Sequence[ProblemCode], room: int) -> list[Cell]:
    """One letter for each problem that the link state is not, the worst first, then for other flags.

    Where ``room`` cells are too few, the last one says that there are more.
    """
    critical, warning = "", ""
    for code in problems:
        if (flag := PROBLEM_FLAGS.get(code)) is not None:
            if code.severity is Severity.CRITICAL:
                critical += flag.letter
            else:
                warning += flag.letter
    facts = "".join(FLAG_TEXTS[flag].letter for flag in _flags_of(state))
    if len(critical) + len(warning) + len(facts) > room:
        critical = critical[: room - 1]
        warning = warning[: room - 1 - len(critical)]
        facts = facts[: room - 1 - len(critical) - len(warning)] + MORE_FLAGS
    parts = ((critical, "critical"), (warning, "warning"), (facts, "dim"))
    return [Cell(letters, tone) for letters, tone in parts if letters]


def _flags_of(state: ChannelState) -> Iterator[ChannelFlag]:
    facts = state.facts
    if facts.receiver_muted:
        yield ChannelFlag.RECEIVER_MUTED
    if facts.transmitter is not None:
        yield from _flags_of_pack(facts.transmitter)
    if facts.receiver_lock in LOCKED:
        yield ChannelFlag.RECEIVER_LOCKED
    if facts.encryption is Encryption.ON:
        yield ChannelFlag.ENCRYPTED
    if state.expected_off:
        yield ChannelFlag.EXPECTED_OFF


def _flags_of_pack(pack: Transmitter) -> Iterator[ChannelFlag]:
    if pack.muted:
        yield ChannelFlag.PACK_MUTED
    if pack.is_talk_switch_on:
        yield ChannelFlag.TALK_SWITCH
    if pack.lock in LOCKED:
        yield ChannelFlag.PACK_LOCKED


def is_without_carrier_report(state: ChannelState) -> bool:
    """Whether it is heard, only not whether a carrier is received: the System API has no such value."""
    return state.link_state is LinkState.UNKNOWN and state.meters_at is not None


def channel_trouble(
    state: ChannelState, now: float, width: int = ANY_WIDTH, lost_since: float | None = None
) -> str:
    """What an unreachable or silent channel says in place of its meters: what, since when, what to do.

    Where it would be wider than ``width`` cells, since when is left out first, then what to do. The link may
    have come back for a moment since ``lost_since``.
    """
    if state.expected_off:
        return "expected off"
    start = state.link_since if lost_since is None else lost_since
    since = "" if start is None else f" {format_duration(now - start)}"
    text = LINK_STATE_TEXTS[state.link_state]
    what = text.name
    if is_without_carrier_report(state):
        return NO_CARRIER_REPORT
    if state.link_state is LinkState.DOCKED and state.dock is not None:
        bay = state.dock.bay
        return f"{what}: bay {bay.number}, {format_charge(bay.battery)}, {formats.bay_name(bay.state)}"
    cures = [text.short_cure] if text.short_cure else []
    if (fault := find_fault_text(state)) is not None:
        what = f"{fault.title[:1].lower()}{fault.title[1:]}"
        cures = [fault.cure, fault.short_cure]
    lines = [f"{what}{since}: {cure}" for cure in cures] + [f"{what}: {cure}" for cure in cures[-1:]]
    return next((line for line in (*lines, f"{what}{since}") if len(line) <= width), what)


def worst_problem(
    code: ProblemCode, state: ChannelState, device: str, since_s: float | None, width: int = ANY_WIDTH
) -> str:
    """The worst problem in one line: what, since when, who, where, and what to do.

    Where it would be wider than ``width`` cells, where is left out, then since when, then the end of who: the
    rest is needed.
    """
    what, cure = find_problem_text(code, state)
    label = visible(channel_label(device, state.number))
    return problem_line(what, cure, state.display_name, label, since_s, width)


def device_problem(
    problem: DeviceProblem,
    snapshot: DeviceSnapshot,
    now: float,
    name_key: str,
    since: float | None = None,
    width: int = ANY_WIDTH,
) -> str:
    """A problem of a device itself in one line, shortened as ``worst_problem`` is.

    ``name_key`` takes performers off channels that the device does not have.
    """
    if problem.code in _OUT_OF_REACH:
        return device_trouble(snapshot, now, width)
    if problem.warnings:
        return device_warning(snapshot, width)
    what, cure = find_device_problem_text(problem)
    if problem.assignment is not None:
        missing = describe_missing_channel(problem.assignment, len(snapshot.channels))
        cure = f"{name_key} takes them off"
        return problem_line(visible(snapshot.title), cure, missing, None, None, width)
    name, label = _bay_names(problem, snapshot)
    return problem_line(what, cure, name, label, None if since is None else now - since, width)


def brief_device_problem(problem: DeviceProblem, snapshot: DeviceSnapshot) -> tuple[str, str]:
    """What is wrong with a device itself, and with what or whom."""
    title, fault = visible(snapshot.title), snapshot.state.fault
    if problem.code in _OUT_OF_REACH:
        text = FAULT_TEXTS.get(fault.code) if fault is not None else None
        return text.title if text is not None else snapshot.state.status.value.capitalize(), title
    if problem.warnings:
        return device_warnings(snapshot.state), title
    what, _ = find_device_problem_text(problem)
    if (assignment := problem.assignment) is not None:
        performer = assignment.performer.name if assignment.performer else ""
        return what, visible(f"{channel_label(title, assignment.channel.number)} {performer}")
    name, label = _bay_names(problem, snapshot)
    return what, visible(name or label)


def _bay_names(problem: DeviceProblem, snapshot: DeviceSnapshot) -> tuple[str | None, str]:
    """What a problem of a bay is about, the pack or what the charger reports; and which bay it is."""
    bay = problem.bay
    if bay is None:
        return None, visible(snapshot.title)
    name = bay.error if problem.code is ProblemCode.CHARGER_FAULT else bay.pack_name or bay.pack_serial
    return name, visible(bay_label(snapshot.title, bay.number))


def problem_line(
    what: str, cure: str, name: str | None, label: str | None, since_s: float | None, width: int
) -> str:
    """What, since when, who, where and what to do in ``width`` cells, shortened as ``worst_problem`` is.

    ``name`` and ``label`` say who and where; one of them may be unknown.
    """
    since = "" if since_s is None else f" {format_duration(since_s)}"
    who, where = (visible(name), f", {label}" if label else "") if name else (label or "", "")
    lines = [f"{what}{since}: {who}{where}", f"{what}{since}: {who}", f"{what}: {who}"]
    for line in lines:
        if cell_len(whole := f"{line} {DASH} {cure}") <= width:
            return whole
    room = width - cell_len(f"{what}:  {DASH} {cure}")
    if room < LEAST_NAME:
        return f"{what}: {cure}"
    return f"{what}: {formats.fit(who, room).rstrip()} {DASH} {cure}"


def device_status(snapshot: DeviceSnapshot, now: float) -> str:
    """How the device is doing, and since when."""
    state = snapshot.state
    since = "" if state.status_since is None else f" for {format_duration(now - state.status_since)}"
    since = "" if state.status is DeviceStatus.UNKNOWN else since
    return f"{DEVICE_STATUS_TEXTS[state.status]}{since}"


def device_warnings(state: DeviceState) -> str:
    """What the device warns of as a whole, in few words; empty when it warns of nothing."""
    return ", ".join(DEVICE_WARNING_TEXTS[warning].title for warning in find_device_warnings(state))


def device_warning(snapshot: DeviceSnapshot, width: int = ANY_WIDTH) -> str:
    """What a device warns of as a whole, and what to do; empty when it warns of nothing.

    Where it would be wider than ``width`` cells, what to do is left out, then the end of the name.
    """
    found = find_device_warnings(snapshot.state)
    if not found:
        return ""
    line = f"{device_warnings(snapshot.state)}: {visible(snapshot.title)}"
    whole = f"{line} {DASH} {DEVICE_WARNING_TEXTS[found[0]].cure}"
    return whole if cell_len(whole) <= width else formats.fit(line, max(1, width)).rstrip()


def device_trouble(snapshot: DeviceSnapshot, now: float, width: int = ANY_WIDTH) -> str:
    """Why a device cannot be read, since when, and what to do.

    Where it would be wider than ``width`` cells, since when is left out, then the cure is a shorter one (the
    first part of the hint, up to a semicolon, and then fewer words), then the end of the name is cut.
    """
    state, fault = snapshot.state, snapshot.state.fault
    since = "" if state.status_since is None else f" {format_duration(now - state.status_since)}"
    text = FAULT_TEXTS.get(fault.code) if fault is not None else None
    what = text.title if text is not None else DEVICE_STATUS_TEXTS[state.status].capitalize()
    cures = [fault.hint, fault.hint.partition(";")[0]] if fault is not None and fault.hint else []
    if text is not None and fault is not None:
        # Of access the hint names the command line, and here is a screen.
        cures = [*([] if fault.code in NEEDS_ACCESS else cures), text.cure, text.short_cure]
    elif cures and state.status in LINK_OF_STATUS:
        cures.append(LINK_STATE_TEXTS[LINK_OF_STATUS[state.status]].short_cure)
    title, ends = visible(snapshot.title), [f" {DASH} {visible(cure)}" for cure in cures if cure] or [""]
    for end in ends:
        for line in (f"{what}{since}: {title}{end}", f"{what}: {title}{end}"):
            if cell_len(line) <= width:
                return line
    room = max(LEAST_NAME, width - cell_len(f"{what}: {ends[-1]}"))
    return f"{what}: {formats.fit(title, room).rstrip()}{ends[-1]}"
