"""The groups of checks that concern this computer and its servers, made of what their probes measure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from anyio import to_thread

from micboard_tui.contracts.doctor import CheckResult, not_checked
from micboard_tui.contracts.doctor_facts import DatabaseExamination, ProgramFacts
from micboard_tui.contracts.ports import PluginState
from micboard_tui.services.doctor.check_groups import CheckGroup
from micboard_tui.services.doctor.database_judgement import judge_database
from micboard_tui.services.doctor.program_judgement import (
    judge_directory,
    judge_extras,
    judge_plugin,
    judge_program,
)
from micboard_tui.services.health_service import DEFAULT_HEALTH_LIMITS, HealthLimits, look_at_directory


@dataclass(frozen=True, slots=True)
class ComputerProbes:
    """What measures this computer."""

    program: ProgramFacts
    directories: Mapping[str, Path]
    """Those that are written to, by what they hold."""
    plugins: Callable[[], Sequence[PluginState]]
    database: DatabaseExamination
    limits: HealthLimits = DEFAULT_HEALTH_LIMITS


def make_groups(probes: ComputerProbes) -> Sequence[CheckGroup]:
    """In the order in which they are shown."""

    async def check_program() -> Sequence[CheckResult]:
        return list(judge_program(probes.program))

    async def check_directories() -> Sequence[CheckResult]:
        found = [
            await to_thread.run_sync(look_at_directory, name, directory, probes.limits)
            for name, directory in probes.directories.items()
        ]
        return [judge_directory(check) for check in found]

    async def check_extras() -> Sequence[CheckResult]:
        # Loading a plugin may take as long as its author likes.
        plugins = await to_thread.run_sync(probes.plugins)
        return [*judge_extras(probes.program.extras), *map(judge_plugin, plugins)]

    async def check_database() -> Sequence[CheckResult]:
        if (why := _find_obstacle(probes.program, "postgres")) is not None:
            return [not_checked("database", why)]
        return list(judge_database(await probes.database.examine()))

    return [
        CheckGroup("program", check_program),
        CheckGroup("directories", check_directories),
        CheckGroup("extras", check_extras),
        CheckGroup("database", check_database),
    ]


def _find_obstacle(program: ProgramFacts, extra: str) -> str | None:
    """Why a server cannot be asked: what is broken has a check of its own. None: it can."""
    if program.settings_error is not None:
        return "Which one it is stands in the settings, which cannot be read"
    missing = any(each.name == extra and each.missing and each.needed_by for each in program.extras)
    return f"Not before the extra {extra} is installed" if missing else None
