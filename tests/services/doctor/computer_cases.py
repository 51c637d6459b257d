"""What is judged of this computer and its servers, each time with a single fault in it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from micboard_tui.contracts.doctor import CheckResult
from micboard_tui.contracts.doctor_causes import Cause
from micboard_tui.contracts.doctor_facts import (
    BusFacts,
    ClockFacts,
    DatabaseFacts,
    DatabaseKind,
    ExtraFacts,
    MulticastFacts,
    PortFacts,
    ProgramFacts,
    TerminalFacts,
)
from micboard_tui.contracts.errors import ErrorCode, ErrorInfo
from micboard_tui.contracts.health import MAKE_ROOM, HealthCheck, Verdict
from micboard_tui.contracts.ports import PluginState
from micboard_tui.contracts.storage_cures import CAUSE
from micboard_tui.domain.storage_cause import StorageCause
from micboard_tui.services.doctor.computer_judgement import (
    judge_bus,
    judge_clock,
    judge_interfaces,
    judge_multicast,
    judge_port,
    judge_terminal,
)
from micboard_tui.services.doctor.database_judgement import judge_database
from micboard_tui.services.doctor.program_judgement import (
    judge_directory,
    judge_extras,
    judge_plugin,
    judge_program,
)
from tests.services.doctor.device_cases import ETHERNET, LOOPBACK, error

PROGRAM = ProgramFacts("2026.11.0", "3.11.7")
FILE = DatabaseFacts(
    DatabaseKind.FILE, "/data/micboard.db", revision="0032", newest_revision="0032", tables=(("devices", 3),)
)
SERVER = replace(
    FILE,
    kind=DatabaseKind.SERVER,
    where="postgresql://pia:***@10.0.0.9/show",
    version="16.4",
    version_number=160_004,
    may_change=True,
    is_encrypted=True,
    clock_ahead_s=0.1,
)
TERMINAL = TerminalFacts(
    is_terminal=True,
    term="xterm-256color",
    colour_term="truecolor",
    encoding="UTF-8",
    columns=120,
    lines=40,
    answers=True,
    has_synchronized_output=True,
)
CLOCK = ClockFacts(0.0, is_set_by_network=True)
BUS = BusFacts(
    "tls://10.0.0.9:4222",
    None,
    "2.15.0",
    is_encrypted=True,
    round_trip_s=0.03,
    clock_host="foh-rack",
    clock_ahead_s=0.4,
)
PORT = PortFacts(53212)


def failing(code: ErrorCode) -> DatabaseFacts:
    return replace(FILE, error=error(code))


def away(cause: StorageCause) -> DatabaseFacts:
    info = ErrorInfo(ErrorCode.DATABASE_ERROR, "It failed", {CAUSE: cause}, "Check it")
    return replace(SERVER, error=info)


def directory(verdict: Verdict, hint: str) -> CheckResult:
    return judge_directory(HealthCheck("data directory", verdict, "/data cannot be written", hint))


PLANTED: Mapping[Cause, Sequence[CheckResult]] = {
    Cause.NO_NETWORK: [judge_interfaces([LOOPBACK])],
    Cause.SETTINGS_INVALID: [
        *judge_program(replace(PROGRAM, settings_error=error(ErrorCode.CONFIG_INVALID)))
    ],
    Cause.PORT_TAKEN: [
        judge_port(replace(PORT, error=error(ErrorCode.PORT_TAKEN), owner="wsm, process 7"), "")
    ],
    Cause.MULTICAST_BLOCKED: [
        judge_multicast(
            [MulticastFacts(ETHERNET, comes_back=True), MulticastFacts(LOOPBACK, comes_back=False)]
        )
    ],
    Cause.CLOCK_JUMPED: [judge_clock(replace(CLOCK, drift_s=-3600.0))],
    Cause.CLOCK_NOT_SET: [judge_clock(replace(CLOCK, is_set_by_network=False))],
    Cause.CLOCK_DIFFERS: [*judge_database(replace(SERVER, clock_ahead_s=-90.0))],
    Cause.TERMINAL_UNABLE: [*judge_terminal(replace(TERMINAL, term="dumb"))],
    Cause.TERMINAL_NOT_UTF8: [*judge_terminal(replace(TERMINAL, encoding="ISO-8859-1"))],
    Cause.TERMINAL_WIDTHS: [*judge_terminal(replace(TERMINAL, wide_signs=("●",)))],
    Cause.TERMINAL_FEW_COLOURS: [*judge_terminal(replace(TERMINAL, term="linux", colour_term=""))],
    Cause.TERMINAL_SCREEN: [*judge_terminal(replace(TERMINAL, multiplexer="screen"))],
    Cause.DISK_FULL: [directory(Verdict.FAILED, MAKE_ROOM)],
    Cause.DISK_LOW: [directory(Verdict.WARNING, MAKE_ROOM)],
    Cause.DIRECTORY_NOT_WRITABLE: [directory(Verdict.FAILED, "Make it")],
    Cause.DATABASE_DAMAGED: [*judge_database(failing(ErrorCode.DATABASE_DAMAGED))],
    Cause.DATABASE_LOCKED: [*judge_database(failing(ErrorCode.DATABASE_LOCKED))],
    Cause.DATABASE_NEWER: [*judge_database(failing(ErrorCode.DATABASE_NEWER))],
    Cause.DATABASE_NOT_WRITABLE: [*judge_database(failing(ErrorCode.DIRECTORY_NOT_WRITABLE))],
    Cause.DATABASE_FAILS: [*judge_database(failing(ErrorCode.DATABASE_ERROR))],
    Cause.READ_ELSEWHERE: [*judge_database(replace(SERVER, holder="Pia on desk (process 7)"))],
    Cause.EXTRA_MISSING: [*judge_extras([ExtraFacts("osc", "pythonosc", "no OSC", "show.osc_listen")])],
    Cause.PLUGIN_BROKEN: [
        judge_plugin(PluginState("acme", "acme 1", None, error(ErrorCode.MANUFACTURER_NOT_SUPPORTED)))
    ],
    Cause.SERVER_AWAY: [*judge_database(away(StorageCause.SERVER_AWAY))],
    Cause.SERVER_REFUSES: [*judge_database(away(StorageCause.SERVER_REFUSES))],
    Cause.SERVER_RIGHTS: [*judge_database(replace(SERVER, may_change=False))],
    Cause.SERVER_TOO_OLD: [*judge_database(replace(SERVER, version="9.6", version_number=90_600))],
    Cause.SERVER_NOT_ENCRYPTED: [*judge_database(replace(SERVER, is_encrypted=False))],
    Cause.BUS_AWAY: [judge_bus(replace(BUS, error=error(ErrorCode.BUS_LOST)))],
    Cause.BUS_REFUSES: [judge_bus(replace(BUS, error=error(ErrorCode.NOT_ALLOWED)))],
}
"""For each cause at this computer or at a server."""
