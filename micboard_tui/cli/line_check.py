"""``line-check``: which lines were heard since it was started; starts it, and ticks by hand."""

from typing import TYPE_CHECKING, Annotated, Protocol

import typer

from micboard_tui.cli.command_group import CommandGroup
from micboard_tui.cli.options import Json

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from micboard_tui.contracts.line_check import LineCheckContract
    from micboard_tui.contracts.result import ServiceResult
    from micboard_tui.contracts.services import Services
    from micboard_tui.domain.channel import ChannelState
    from micboard_tui.domain.device import DeviceSnapshot
    from micboard_tui.domain.identity import ChannelRef
    from micboard_tui.domain.line_check import CheckedLine, LineCheck


class TickLines(Protocol):
    """``LineCheckContract.tick`` or ``untick``."""

    async def __call__(
        self, channels: "Sequence[ChannelRef]", *, actor: str
    ) -> "ServiceResult[LineCheck]": ...


HEADS = ("", "mic", "who", "where", "link", "pack", "sound", "what is missing")


HELP = """Print which lines had link, right pack and sound.

A running board ticks them; this prints what was stored last.

  micboard-tui line-check

  micboard-tui line-check --json
"""
app = CommandGroup(HELP, no_args_is_help=False)
Lines = Annotated[
    list[str], typer.Argument(metavar="CHANNEL", help='Channels, as "Rack A/2" or a name on the air.')
]


@app.callback(invoke_without_command=True)
def line_check(context: typer.Context, as_json: Json = False) -> None:
    """Print the lines; the help of the group says what they are."""
    if context.invoked_subcommand is not None:
        return
    from micboard_tui.cli.context import data_of, run_with_services
    from micboard_tui.cli.output import print_json, print_line, print_note, print_table
    from micboard_tui.contracts.documents.line_check import line_check_document
    from micboard_tui.domain.line_check import lines_to_check
    from micboard_tui.domain.local_time import format_time_of_day
    from micboard_tui.domain.safe_text import visible

    async def read_check(
        services: "Services",
    ) -> "tuple[LineCheck | None, Sequence[DeviceSnapshot]]":
        check = data_of(await services.line_check.get_check())
        return check, data_of(await services.devices.list_devices())

    check, devices = run_with_services(read_check)
    titles = {device.device.id: device.title for device in devices}
    states = [] if check is None else lines_to_check(devices)
    lines = [(state, check.line(state.ref)) for state in states] if check is not None else []
    if as_json:
        print_json(line_check_document(check, devices))
    elif check is None:
        print_note("No line check is on. r starts it on the board (i), or:  micboard-tui line-check start")
    else:
        done = sum(line.is_checked for _, line in lines)
        started_by = f"started {format_time_of_day(check.started_at)} by {visible(check.started_by)}"
        print_line(f"{done} of {len(lines)} lines are good, {started_by}.")
        print_table(HEADS, [_cells(state, line, titles[state.device_id]) for state, line in lines])


@app.command()
def start(
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Forget what was seen and ticked in the one before.")
    ] = False,
) -> None:
    """Begin a line check. From now on a running board ticks what it sees and hears.

    micboard-tui line-check start
    """
    from micboard_tui.cli.context import data_of, load_context, run_with_services
    from micboard_tui.cli.output import print_line
    from micboard_tui.cli.prompts import require_consent

    operator = load_context().operator

    async def begin(services: "Services") -> None:
        check = data_of(await services.line_check.get_check())
        if check is not None and check.lines:
            await require_consent("Start it anew? All that was seen and ticked is forgotten", yes=yes)
        data_of(await services.line_check.start(actor=operator))

    run_with_services(begin)
    print_line("Line check started.")


@app.command()
def end(
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Also where lines are not good yet.")] = False,
) -> None:
    """End the line check: none is on any more, and nothing is ticked.

    micboard-tui line-check end
    """
    from micboard_tui.cli.context import data_of, load_context, run_with_services
    from micboard_tui.cli.output import print_line
    from micboard_tui.cli.prompts import require_consent
    from micboard_tui.domain.line_check import count_good, lines_to_check

    operator = load_context().operator

    async def finish(services: "Services") -> str:
        check = data_of(await services.line_check.get_check())
        good = count = 0
        if check is not None:
            good, count = count_good(check, lines_to_check(data_of(await services.devices.list_devices())))
            if good < count:
                await require_consent(f"End it? {count - good} of {count} lines are not good yet", yes=yes)
        data_of(await services.line_check.end(actor=operator))
        return f"Line check ended: {good} of {count} lines are good."

    print_line(run_with_services(finish))


@app.command()
def tick(channels: Lines) -> None:
    """Tick lines by hand, also where parts were not seen.

    micboard-tui line-check tick "Rack A/2"
    """
    _change(channels, "ticked by hand", lambda line_check: line_check.tick)


@app.command()
def untick(channels: Lines) -> None:
    """Take back ticks by hand; what was seen stays.

    micboard-tui line-check untick "Rack A/2"
    """
    _change(channels, "not ticked by hand any more", lambda line_check: line_check.untick)


def _change(
    channels: "Sequence[str]", outcome: str, choose: "Callable[[LineCheckContract], TickLines]"
) -> None:
    from micboard_tui.cli.context import data_of, load_context, run_with_services
    from micboard_tui.cli.output import print_line
    from micboard_tui.domain.identity import channel_label

    operator = load_context().operator

    async def change(services: "Services") -> list[str]:
        refs = [data_of(await services.assignments.find_channel(name)) for name in channels]
        titles = {each.device.id: each.title for each in data_of(await services.devices.list_devices())}
        data_of(await choose(services.line_check)(refs, actor=operator))
        return [channel_label(titles[ref.device_id], ref.number) for ref in refs]

    for label in run_with_services(change):
        print_line(f"{label}: {outcome}.")


def _cells(state: "ChannelState", line: "CheckedLine", device: str) -> tuple[str, ...]:
    from micboard_tui.contracts.line_check import describe_missing
    from micboard_tui.domain.identity import channel_label
    from micboard_tui.domain.line_check import LinePart
    from micboard_tui.domain.safe_text import visible
    from micboard_tui.domain.units import DASH

    by_hand = "" if line.by_hand is None else f"by hand, {visible(line.by_hand.actor)}"
    return (
        "x" if line.is_checked else "",
        visible(state.mic_number or ""),
        visible(state.display_name or DASH),
        visible(channel_label(device, state.number)),
        *(DASH if part in line.missing else "x" for part in LinePart),
        by_hand or describe_missing(line, state),
    )
