"""``events``: what happened, and markers."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from micboard_tui.cli.command_group import CommandGroup
from micboard_tui.cli.options import Json
from micboard_tui.cli.time_options import MOMENT_HELP
from micboard_tui.domain.event import Event, EventKind

if TYPE_CHECKING:
    from micboard_tui.contracts.events import EventQuery
    from micboard_tui.contracts.services import Services
    from micboard_tui.domain.device import DeviceSnapshot

FOLLOW_S = 1.0
HELP = """What happened: alarms, links, sessions, changes, markers.

Lists the newest 1000 events of the span, oldest first.

Events are kept for 90 days. With --follow and --json each is one object in one line. What a running board
writes is seen, and so is what happened while no one looked.

  micboard-tui events --since 2h --kind alarm --kind marker

  micboard-tui events --since 19:30 --until 20:15 --channel "Rack A/2"

  micboard-tui events --since 1d --kind step --actor Ada

  micboard-tui events --follow --json
"""
app = CommandGroup(HELP, no_args_is_help=False)
Since = Annotated[str, typer.Option(metavar="WHEN", help=MOMENT_HELP)]
Until = Annotated[str | None, typer.Option(metavar="WHEN", help="The end, written as --since.")]
Kinds = Annotated[
    list[EventKind] | None,
    typer.Option(
        "--kind", metavar="KIND", help=f"Only of this kind: {', '.join(EventKind)}; can be repeated."
    ),
]
Actors = Annotated[
    list[str] | None,
    typer.Option("--actor", metavar="NAME", help="Only what this person did; can be repeated."),
]
Channels = Annotated[
    list[str] | None,
    typer.Option(
        "--channel", metavar="CHANNEL", help='Only of this channel, as "Rack A/2"; can be repeated.'
    ),
]
Follow = Annotated[bool, typer.Option("--follow", "-f", help="Go on with what happens, until Ctrl+C.")]


@app.callback(invoke_without_command=True)
def list_events(
    context: typer.Context,
    since: Since = "10m",
    until: Until = None,
    kind: Kinds = None,
    channel: Channels = None,
    actor: Actors = None,
    follow: Follow = False,
    as_json: Json = False,
) -> None:
    """List the events of a span; the help of the group says what they are."""
    if context.invoked_subcommand is not None:
        return
    import time

    from micboard_tui.cli.context import load_context, open_services_anywhere, run_until_stopped
    from micboard_tui.cli.time_options import parse_span
    from micboard_tui.contracts.events import EventQuery

    query = EventQuery(*parse_span(since, until, time.time()), tuple(kind or ()), actors=tuple(actor or ()))
    command = load_context()

    async def print_all() -> int:
        async with open_services_anywhere(command) as services:
            await _print_events(services, query, channel or (), as_json=as_json, follow=follow)
        return 0

    raise typer.Exit(run_until_stopped(print_all))


@app.command()
def mark(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What happened.")],
    channel: Annotated[
        str | None, typer.Option(metavar="CHANNEL", help='The channel that it is about, as "Rack A/2".')
    ] = None,
    at: Annotated[str | None, typer.Option(metavar="WHEN", help=f"{MOMENT_HELP} Left out: now.")] = None,
    as_json: Json = False,
) -> None:
    """Write down that something happened. It is found again on the timeline and in the list of events.

    micboard-tui events mark "crackle in the duet"

    micboard-tui events mark "hat on antenna" --channel "Rack A/2" --at 30s
    """
    import time

    from micboard_tui.cli.context import data_of, load_context, run_with_services
    from micboard_tui.cli.output import format_second, print_json, print_line
    from micboard_tui.cli.time_options import parse_moment
    from micboard_tui.contracts.documents.events import describe_subject, event_entry

    moment = None if at is None else parse_moment(at, time.time())
    operator = load_context().operator

    async def add(services: "Services") -> "tuple[Event, Mapping[str, str]]":
        ref = None if channel is None else data_of(await services.assignments.find_channel(channel))
        marker = data_of(await services.events.add_marker(text, actor=operator, channel=ref, at=moment))
        return marker, _titles(data_of(await services.devices.list_devices()))

    marker, titles = run_with_services(add)
    if as_json:
        print_json({"event": event_entry(marker, titles)})
    else:
        about = describe_subject(marker, titles) or "the show"
        print_line(f"Marked {about} at {format_second(marker.at)}: {marker.text}.")


@app.command()
def unmark(
    number: Annotated[
        int | None,
        typer.Argument(metavar="NUMBER", help="The marker's id, as --json has it; left out: your last one."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Take back a marker. It is gone from the timeline and from the list of events.

    micboard-tui events unmark

    micboard-tui events unmark 1204
    """
    from micboard_tui.cli.context import data_of, load_context, run_with_services
    from micboard_tui.cli.output import format_second, print_json, print_line
    from micboard_tui.contracts.documents.events import describe_subject, event_entry

    operator = load_context().operator

    async def remove(services: "Services") -> "tuple[Event, Mapping[str, str]]":
        numbers = None if number is None else [number]
        (marker,) = data_of(await services.events.remove_markers(numbers, actor=operator))
        return marker, _titles(data_of(await services.devices.list_devices()))

    marker, titles = run_with_services(remove)
    if as_json:
        print_json({"event": event_entry(marker, titles)})
    else:
        about = describe_subject(marker, titles) or "the show"
        print_line(f"Not marked any more: {about} at {format_second(marker.at)}: {marker.text}.")


async def _print_events(
    services: "Services", query: "EventQuery", names: Sequence[str], *, as_json: bool, follow: bool
) -> None:
    from dataclasses import replace

    from micboard_tui.cli.context import data_of
    from micboard_tui.cli.output import print_json, print_note, print_table
    from micboard_tui.contracts.documents.events import event_entry

    refs = [data_of(await services.assignments.find_channel(name)) for name in names]
    query = replace(query, channels=tuple(refs))
    if follow:
        await _follow(services, query, as_json=as_json)
        return
    events = data_of(await services.events.list_events(query))
    titles = _titles(data_of(await services.devices.list_devices()))
    if as_json:
        print_json({"events": [event_entry(event, titles) for event in events]})
    elif events:
        heads = ("time", "kind", "about", "what", "who")
        print_table(heads, [_cells(event, titles) for event in events], spare=("who",))
    else:
        print_note("Nothing happened in this span. For a longer one:  micboard-tui events --since 1d")


async def _follow(services: "Services", query: "EventQuery", *, as_json: bool) -> None:
    import anyio

    while True:
        query = await print_newer(services, query, as_json=as_json)
        await anyio.sleep(FOLLOW_S)


async def print_newer(services: "Services", query: "EventQuery", *, as_json: bool) -> "EventQuery":
    """Print each event of ``query`` in a line; answers the query for those that come after them."""
    from dataclasses import replace

    from micboard_tui.cli.context import data_of
    from micboard_tui.cli.output import print_json, print_line
    from micboard_tui.contracts.documents.events import event_entry

    events = data_of(await services.events.list_events(query))
    if not events:
        return query
    titles = _titles(data_of(await services.devices.list_devices()))
    for event in events:
        if as_json:
            print_json(event_entry(event, titles), indent=None)
        else:
            print_line("  ".join(cell for cell in _cells(event, titles) if cell))
    return replace(query, after=max(event.id or 0 for event in events), is_from_start=True)


def _titles(devices: "Sequence[DeviceSnapshot]") -> dict[str, str]:
    return {device.device.id: device.title for device in devices}


def _cells(event: Event, titles: Mapping[str, str]) -> tuple[str, ...]:
    from micboard_tui.cli.output import format_second
    from micboard_tui.contracts.documents.events import describe_subject

    return (
        format_second(event.at),
        event.kind.value,
        describe_subject(event, titles) or "",
        event.text,
        event.actor or "",
    )
