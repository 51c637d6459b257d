"""What the facts about this program mean: settings, directories, extras, plugins. Pure."""

from collections.abc import Iterator, Sequence

from micboard_tui.contracts.doctor import CheckResult, fault, ok, warning
from micboard_tui.contracts.doctor_causes import Cause
from micboard_tui.contracts.doctor_facts import ExtraFacts, ProgramFacts
from micboard_tui.contracts.health import MAKE_ROOM, HealthCheck, Verdict
from micboard_tui.contracts.ports import PluginState
from micboard_tui.domain.safe_text import visible


def judge_program(facts: ProgramFacts) -> Iterator[CheckResult]:
    """Version, settings, and what else works on the same data."""
    yield ok("version", f"micboard-tui {facts.version}, Python {facts.python}")
    if (error := facts.settings_error) is not None:
        yield fault("settings", Cause.SETTINGS_INVALID, error.message, error.hint)
    else:
        yield ok("settings", "They can be read")
    if facts.running:
        yield ok("running", f"{facts.running} works on the same data; devices that it reads are left alone")
    else:
        yield ok("running", "No other micboard-tui works on this data")


def judge_directory(check: HealthCheck) -> CheckResult:
    """What the health check of a directory found, as a cause."""
    if check.verdict is Verdict.OK:
        return ok(check.name, check.message)
    if check.verdict is Verdict.WARNING:
        return warning(check.name, Cause.DISK_LOW, check.message, check.hint)
    cause = Cause.DISK_FULL if check.hint == MAKE_ROOM else Cause.DIRECTORY_NOT_WRITABLE
    return fault(check.name, cause, check.message, check.hint)


def judge_extras(extras: Sequence[ExtraFacts]) -> Iterator[CheckResult]:
    """One result for each that a setting needs in vain, and one for all others."""
    missing = [extra for extra in extras if extra.missing]
    needed = [extra for extra in missing if extra.needed_by]
    for extra in needed:
        message = f"{extra.needed_by} needs the extra {extra.name}, which is not installed ({extra.missing})"
        cure = f"pip install 'micboard-tui[{extra.name}]'"
        yield fault(f"extra {extra.name}", Cause.EXTRA_MISSING, message, cure)
    installed = ", ".join(extra.name for extra in extras if not extra.missing) or "none"
    without = "; ".join(
        f"without {extra.name} {extra.without_it}" for extra in missing if not extra.needed_by
    )
    yield ok(
        "extras",
        f"Installed: {installed}" + (f". Not installed, and not needed: {without}" if without else ""),
    )


def judge_plugin(plugin: PluginState) -> CheckResult:
    """Whether a plugin can be used."""
    title = f"plugin {visible(plugin.code)}"
    if plugin.manufacturer is None or plugin.error is not None:
        message, hint = (plugin.error.message, plugin.error.hint) if plugin.error else ("It is broken", "")
        return fault(title, Cause.PLUGIN_BROKEN, visible(message), visible(hint))
    return ok(title, visible(f"{plugin.package}: {', '.join(plugin.manufacturer.drivers)}"))
