"""What the facts about this computer's network, clock, terminal and bus mean. Pure."""

from collections.abc import Iterable, Iterator, Sequence

from micboard_tui.contracts.doctor import CheckResult, fault, not_checked, ok, warning
from micboard_tui.contracts.doctor_causes import Cause
from micboard_tui.contracts.doctor_facts import (
    BusFacts,
    ClockFacts,
    MulticastFacts,
    PortFacts,
    TerminalFacts,
    own_networks,
)
from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.contracts.ports import Interface
from micboard_tui.domain.safe_text import visible
from micboard_tui.services.doctor.database_judgement import judge_clock_difference
from micboard_tui.services.steady_clock import JUMP_S

SCREEN = "screen"
_UNABLE = frozenset({"", "dumb", "unknown"})
_TRUE_COLOUR = frozenset({"truecolor", "24bit"})
_SMALLEST = (80, 24)
_VIRTUAL = (
    "docker",
    "br-",
    "veth",
    "virbr",
    "vmnet",
    "vboxnet",
    "tun",
    "tap",
    "utun",
    "wg",
    "tailscale",
    "zt",
)
"""How names of interfaces begin behind which no receiver is."""


def judge_interfaces(interfaces: Sequence[Interface]) -> CheckResult:
    title = "interfaces"
    outside = [each for each in interfaces if not each.address.startswith("127.")]
    if not outside:
        return warning(title, Cause.NO_NETWORK, "No network interface has an IPv4 address")
    return ok(title, f"This computer is {own_networks(outside)}")


def judge_port(facts: PortFacts, running: str) -> CheckResult:
    """``running``: the micboard-tui that works on the same data; it may have the port."""
    title = f"UDP {facts.port}"
    if facts.error is None:
        return ok(title, "It is free for the answers of ew G3, G4 and 2000 series")
    owner = f" It is that of {facts.owner}" if facts.owner else ""
    if running and (not facts.owner or _process_of(facts.owner) == _process_of(running)):
        return ok(title, f"{running} has it")
    message = facts.error.message + (f".{owner}" if owner else "")
    return warning(title, Cause.PORT_TAKEN, message, facts.error.hint)


def _process_of(described: str) -> str:
    return described.rpartition(" ")[2]


def judge_multicast(facts: Sequence[MulticastFacts]) -> CheckResult:
    title = "multicast"
    if not facts:
        return not_checked(title, "There is no network interface to try it on")
    blocked = [each for each in facts if not each.comes_back and not _is_virtual(each.interface)]
    if not blocked:
        names = _each_once(each.interface.name for each in facts if each.comes_back) or "no interface"
        without = _each_once(each.interface.name for each in facts if not each.comes_back)
        others = f"; not on {without}, where no devices are" if without else ""
        queriers = _each_once(
            f"{each.querier_version} on {each.interface.name}" for each in facts if each.querier_version
        )
        asked = f"; an IGMP querier was heard, of version {queriers}" if queriers else ""
        message = f"It comes back on {names}{others}{asked}; what switches do with it only devices show"
        return ok(title, message)
    named = _each_once(
        f"{each.interface.name}" + (f" ({reason})" if (reason := _why_blocked(each)) else "")
        for each in blocked
    )
    return warning(title, Cause.MULTICAST_BLOCKED, f"It does not come back on {named}")


def _each_once(interfaces: Iterable[str]) -> str:
    """An interface is tried with each of its addresses, and named once."""
    return ", ".join(dict.fromkeys(interfaces))


def _why_blocked(facts: MulticastFacts) -> str:
    """Empty: it is not known."""
    return facts.reason or ("the system did not join the group" if facts.is_member is False else "")


def _is_virtual(interface: Interface) -> bool:
    """Whether it is one of containers, virtual machines or a VPN."""
    return interface.name.lower().startswith(_VIRTUAL)


def judge_clock(facts: ClockFacts) -> CheckResult:
    title, drift_s = "clock", facts.drift_s
    if drift_s is not None and abs(drift_s) > JUMP_S:
        return warning(title, Cause.CLOCK_JUMPED, f"It was set by {drift_s:+.1f} s while it was watched")
    if facts.is_set_by_network is False:
        return warning(title, Cause.CLOCK_NOT_SET, "No time server sets it; recordings may have wrong times")
    if facts.is_set_by_network is None:
        return not_checked(title, "This system does not tell whether a time server sets it")
    return ok(title, "A time server sets it, and it does not jump")


def judge_terminal(facts: TerminalFacts) -> Iterator[CheckResult]:
    """The terminal behind stdout."""
    if not facts.is_terminal:
        yield not_checked("terminal", "The answer does not go to a terminal")
        return
    yield _judge_kind(facts)
    yield _judge_signs(facts)
    yield _judge_colours(facts)


def _judge_kind(facts: TerminalFacts) -> CheckResult:
    title = "terminal"
    if facts.term in _UNABLE:
        return fault(title, Cause.TERMINAL_UNABLE, f"TERM is '{facts.term}'")
    if facts.multiplexer == SCREEN:
        return warning(title, Cause.TERMINAL_SCREEN, "The board would run inside of GNU screen")
    size = f"{facts.columns} by {facts.lines}"
    small = "" if (facts.columns, facts.lines) >= _SMALLEST else "; the board needs 80 by 24"
    whole = {
        True: "it shows whole frames at once",
        False: "it may show half of a frame for a moment",
        None: "whether it shows whole frames at once, it does not say",
    }[facts.has_synchronized_output]
    inside = f" inside {facts.multiplexer}" if facts.multiplexer else ""
    return ok(title, f"{facts.term}{inside}, {size}{small}; {whole}")


def _judge_signs(facts: TerminalFacts) -> CheckResult:
    title = "terminal signs"
    if facts.encoding.replace("-", "").lower() != "utf8":
        return warning(title, Cause.TERMINAL_NOT_UTF8, f"Its encoding is {facts.encoding or 'not known'}")
    if facts.wide_signs:
        return warning(title, Cause.TERMINAL_WIDTHS, f"It draws these too wide: {' '.join(facts.wide_signs)}")
    if not facts.answers:
        return not_checked(title, "UTF-8; it does not tell how wide it draws")
    return ok(title, "UTF-8, and every sign is as wide as it should be")


def _judge_colours(facts: TerminalFacts) -> CheckResult:
    title = "terminal colours"
    if facts.colour_term in _TRUE_COLOUR:
        return ok(title, "All colours")
    if "256" in facts.term or facts.term.startswith(("xterm-kitty", "alacritty", "foot", "wezterm")):
        return ok(title, "256 colours or more")
    message = f"TERM is '{facts.term}', which has 16 colours or fewer; states have letters, too"
    return warning(title, Cause.TERMINAL_FEW_COLOURS, message)


def judge_bus(facts: BusFacts | None) -> CheckResult:
    title = "bus"
    if facts is None:
        return ok(title, "None is set: this computer is a rack of its own")
    if (error := facts.error) is not None:
        is_refused = error.code in (ErrorCode.NOT_ALLOWED, ErrorCode.CONFIG_INVALID)
        cause = Cause.BUS_REFUSES if is_refused else Cause.BUS_AWAY
        return fault(title, cause, error.message, error.hint)
    round_trip = "" if facts.round_trip_s is None else f", answers within {facts.round_trip_s * 1000:.0f} ms"
    tls = "encrypted" if facts.is_encrypted else "not encrypted"
    return ok(title, f"{facts.url} is NATS {facts.version}, {tls}{round_trip}")


def judge_bus_clock(facts: BusFacts | None) -> Iterator[CheckResult]:
    """Nothing where no bus is set, or none is reached."""
    if facts is not None and facts.error is None:
        whose = visible(facts.clock_host) or "the program that reads the devices"
        yield judge_clock_difference("bus clock", whose, facts.clock_ahead_s)
