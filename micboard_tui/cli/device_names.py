"""``devices names``: writes the names of the show to receivers and packs."""

from typing import TYPE_CHECKING, Annotated

import typer

from micboard_tui.cli.armed_commands import armed_control
from micboard_tui.cli.context import current_operator, data_of
from micboard_tui.cli.options import Yes
from micboard_tui.cli.output import format_value, print_line, print_note
from micboard_tui.cli.prompts import require_consent
from micboard_tui.contracts.control import CommandPlan, PlanLine, PlanPurpose, PlanResult
from micboard_tui.contracts.errors import MicboardError
from micboard_tui.domain.units import format_count

if TYPE_CHECKING:
    from micboard_tui.contracts.services import Services


def write_names(
    device: Annotated[list[str] | None, typer.Argument(help="Only these devices; none: all.")] = None,
    yes: Yes = False,
) -> None:
    """Write the names of the show to receivers and linked packs.

    Each channel gets the name of its performer, a backup with a B after it, as long as the device takes
    it. What is shortened and what is left out is shown first. One device after the other confirms; at the
    first that fails it stops. What was done is one step, which undo takes back.

      micboard-tui devices names

      micboard-tui devices names "Rack A" --yes
    """
    from micboard_tui.cli.context import run_with_services

    async def write(services: "Services") -> None:
        plan = await _read_and_plan(services, device or [])
        for line in plan.lines:
            print_note(_describe(line))
        if not plan.commands:
            print_line("Nothing to write.")
            return
        count = format_count(len(plan.commands), "name")
        await require_consent(f"Write {count}", yes=yes)
        operator = current_operator()
        async with armed_control(services.users, operator):
            answer = await services.control.execute_plan(plan.commands, _report, actor=operator)
        _finish(data_of(answer), answer.warning)

    run_with_services(write)


async def _read_and_plan(services: "Services", names: list[str]) -> CommandPlan:
    """What is in force now is read first, so that only what differs is written."""
    chosen = [data_of(await services.devices.find(name)) for name in names]
    if chosen:
        read = [data_of(await services.devices.sync_device(each.manufacturer, each.id)) for each in chosen]
    else:
        read = list(data_of(await services.devices.sync_all_devices()).devices)
    channels = [channel.ref for known in read for channel in known.channels]
    if not channels:
        return CommandPlan(PlanPurpose.NAMES)
    return data_of(await services.control.preview_plan(PlanPurpose.NAMES, channels))


def _describe(line: PlanLine) -> str:
    what = f"{line.subject} {line.title.lower()}"
    if line.preview is None:
        return f"{what}: left out, {line.note}"
    note = f" ({line.note})" if line.note else ""
    sends = "   ".join(line.preview.messages)
    return f"{what}: {format_value(line.preview.present)} -> {line.preview.new}{note}   sends {sends}"


def _report(result: PlanResult) -> None:
    done = result.done[-1]
    print_line(f"{done.subject}: {done.confirmation.value}")


def _finish(result: PlanResult, warning: str | None) -> None:
    """Raises MicboardError where it stopped."""
    if warning:
        print_note(f"{warning}.")
    if result.error is not None:
        print_note(f"Stopped at {result.failed}; {result.left} not sent.")
        print_note("To take back what was written:  micboard-tui undo")
        raise MicboardError(result.error.code, result.error.message, hint=result.error.hint)
