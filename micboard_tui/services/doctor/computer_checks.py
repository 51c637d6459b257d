"""The groups of checks that concern this computer and its servers, made of what their probes measure."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from anyio import to_thread

from micboard_tui.contracts.doctor import CheckResult, not_checked
from micboard_tui.contracts.doctor_facts import (
    BusExamination,
    ClockFacts,
    DatabaseExamination,
    MulticastFacts,
    PortFacts,
    ProgramFacts,
    TerminalFacts,
)
from micboard_tui.contracts.ports import Interface, PluginState
from micboard_tui.services.doctor.check_groups import CheckGroup
from micboard_tui.services.doctor.computer_judgement import (
    judge_bus,
    judge_bus_clock,
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
from micboard_tui.services.health_service import DEFAULT_HEALTH_LIMITS, HealthLimits, look_at_directory

MULTICAST_LIMIT_S = 1.5


@dataclass(frozen=True, slots=True)
class ComputerProbes:
    """What measures this computer. None of them raises anything."""

    program: ProgramFacts
    directories: Mapping[str, Path]
    """Those that are written to, by what they hold."""
    plugins: Callable[[], Sequence[PluginState]]
    """Loads them."""
    interfaces: Callable[[], Sequence[Interface]]
    port: Callable[[], PortFacts]
    """Tries to have the UDP port to which MCP devices answer, and gives it back."""
    multicast: Callable[[float], Awaitable[Sequence[MulticastFacts]]]
    """Within so many seconds."""
    clock: Callable[[], Awaitable[ClockFacts]]
    terminal: TerminalFacts
    """Asked before anything is written to it."""
    database: DatabaseExamination
    bus: BusExamination
    limits: HealthLimits = DEFAULT_HEALTH_LIMITS


class _Checks:
    """One method for each group of checks."""

    def __init__(self, probes: ComputerProbes) -> None:
        self._probes = probes

    async def check_program(self) -> Sequence[CheckResult]:
        return list(judge_program(self._probes.program))

    async def check_directories(self) -> Sequence[CheckResult]:
        found = [
            await to_thread.run_sync(look_at_directory, name, directory, self._probes.limits)
            for name, directory in self._probes.directories.items()
        ]
        return [judge_directory(check) for check in found]

    async def check_extras(self) -> Sequence[CheckResult]:
        # Loading a plugin may take as long as its author likes.
        plugins = await to_thread.run_sync(self._probes.plugins)
        return [*judge_extras(self._probes.program.extras), *map(judge_plugin, plugins)]

    async def check_network(self) -> Sequence[CheckResult]:
        interfaces = await to_thread.run_sync(self._probes.interfaces)
        return [judge_interfaces(interfaces), judge_port(self._probes.port(), self._probes.program.running)]

    async def check_multicast(self) -> Sequence[CheckResult]:
        return [judge_multicast(await self._probes.multicast(MULTICAST_LIMIT_S))]

    async def check_clock(self) -> Sequence[CheckResult]:
        return [judge_clock(await self._probes.clock())]

    async def check_terminal(self) -> Sequence[CheckResult]:
        return list(judge_terminal(self._probes.terminal))

    async def check_database(self) -> Sequence[CheckResult]:
        if (why := _find_obstacle(self._probes.program, "postgres")) is not None:
            return [not_checked("database", why)]
        return list(judge_database(await self._probes.database.examine()))

    async def check_bus(self) -> Sequence[CheckResult]:
        if (why := _find_obstacle(self._probes.program, "fleet")) is not None:
            return [not_checked("bus", why)]
        facts = await self._probes.bus.examine()
        return [judge_bus(facts), *judge_bus_clock(facts)]


def make_groups(probes: ComputerProbes) -> Sequence[CheckGroup]:
    """In the order in which they are shown."""
    checks = _Checks(probes)
    return [
        CheckGroup("program", checks.check_program),
        CheckGroup("directories", checks.check_directories),
        CheckGroup("extras", checks.check_extras),
        CheckGroup("network", checks.check_network),
        CheckGroup("multicast", checks.check_multicast),
        CheckGroup("clock", checks.check_clock),
        CheckGroup("terminal", checks.check_terminal),
        CheckGroup("database", checks.check_database),
        CheckGroup("bus", checks.check_bus),
    ]


def _find_obstacle(program: ProgramFacts, extra: str) -> str | None:
    """Why a server cannot be asked: what is broken has a check of its own. None: it can."""
    if program.settings_error is not None:
        return "Which one it is stands in the settings, which cannot be read"
    missing = any(each.name == extra and each.missing and each.needed_by for each in program.extras)
    return f"Not before the extra {extra} is installed" if missing else None
