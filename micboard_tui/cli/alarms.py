"""``alarms``: what is wrong and has to be seen, and what was done about it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from micboard_tui.cli.command_group import CommandGroup
from micboard_tui.cli.options import Json
from micboard_tui.cli.time_options import END_HELP, MOMENT_HELP
from micboard_tui.contracts.alarm_groups import AlarmGroup, group_of

if TYPE_CHECKING:
    from micboard_tui.contracts.result import ServiceResult
    from micboard_tui.contracts.services import Services
    from micboard_tui.contracts.stored_places import StoredPlaces
    from micboard_tui.domain.alarm import Alarm, AlarmEvent
    from micboard_tui.domain.alarm_rules import AlarmKey

FOLLOW_S = 1.0
HELP = """Alarms: what is wrong and has to be seen.

A board that runs raises and clears them, and takes over within two seconds what is done here. Where none
runs, they are as the last one left them.

Every alarm is named by what it is about: a channel ("Rack A/2"), a device with all of its channels and bays
("Rack A"), a bay ("Charger 1 bay 3"), a location, or all.

micboard-tui alarms list
"""
app = CommandGroup(HELP)
Names = Annotated[
    list[str],
    typer.Argument(
        metavar="ABOUT", help='What the alarms are about: "Rack A/2", "Rack A", "Charger 1 bay 3", or all.'
    ),
]
Causes = Annotated[
    list[str] | None,
    typer.Option("--cause", metavar="CAUSE", help="Only of this cause, as rf_lost; can be repeated."),
]


@dataclass(frozen=True, slots=True)
class ListedAlarms:
    """What a command prints, with the names in it."""

    alarms: "Sequence[Alarm]"
    places: "StoredPlaces"


@app.command("list")
def list_alarms(
    all_alarms: Annotated[
        bool, typer.Option("--all", help="Also those that another alarm hides, and what is none by design.")
    ] = False,
    status: Annotated[
        list[AlarmGroup] | None,
        typer.Option("--status", metavar="STATUS", help=f"Only these: {', '.join(AlarmGroup)}."),
    ] = None,
    as_json: Json = False,
) -> None:
    """List the alarms, the most urgent first.

    *** is for now, ** before the next cue, * at the break. An alarm that another one hides is left out,
    and so is what is none by design (expected off, out of service, left out by the active profile), unless
    --all is given; JSON has both always.

    micboard-tui alarms list

    micboard-tui alarms list --status new --json

    micboard-tui alarms list --status by_design
    """
    import time

    from micboard_tui.cli.alarm_listing import print_listing, read_suppressed
    from micboard_tui.cli.context import run_with_services
    from micboard_tui.cli.output import print_json
    from micboard_tui.contracts.alarm_listing import AlarmListing
    from micboard_tui.contracts.documents.alarms import alarms_document

    async def read(services: "Services") -> AlarmListing:
        listed = await _read(services)
        suppressed = await read_suppressed(services, listed.places)
        return AlarmListing(listed.alarms, suppressed, listed.places)

    listing = run_with_services(read)
    groups = set(status or AlarmGroup)
    if as_json:
        print_json(alarms_document(listing, groups))
        return
    if not (all_alarms or status):
        groups -= {AlarmGroup.SUPPRESSED, AlarmGroup.BY_DESIGN}
    print_listing(listing, groups, time.time())


@app.command()
def ack(names: Names, cause: Causes = None, as_json: Json = False) -> None:
    """Acknowledge alarms: they were seen. One that cleared leaves the list.

    micboard-tui alarms ack "Rack A/2"

    micboard-tui alarms ack all --cause battery_low
    """

    async def acknowledge(
        services: "Services", keys: "Sequence[AlarmKey]", actor: str
    ) -> "ServiceResult[Sequence[Alarm]]":
        return await services.alarms.acknowledge(keys, actor=actor)

    _act(names, cause, acknowledge, (AlarmGroup.NEW, AlarmGroup.SHELVED), "seen", as_json=as_json)


@app.command()
def shelve(
    names: Names,
    until: Annotated[
        str | None,
        typer.Option(
            "--for",
            "--until",
            metavar="WHEN",
            help=f"{END_HELP} Or break or end of the show, or profile: until another profile is active. "
            "Left out: until they clear.",
        ),
    ] = None,
    cause: Causes = None,
    as_json: Json = False,
) -> None:
    """Put alarms aside for a time, or until they clear. They make no noise then.

    Until the break or the end of the show is until that comes, however late it is.

    4 hours are the most, or the end of the show that is on, where that is later.

    micboard-tui alarms shelve "Rack A/2" --for 15m

    micboard-tui alarms shelve "Rack A" --cause rf_low --until 21:15

    micboard-tui alarms shelve all --cause charger_fault --until end

    micboard-tui alarms shelve "Rack A/2" --until profile
    """
    from micboard_tui.cli.alarm_shelf import read_shelf_time

    shelf = read_shelf_time(until)

    async def shelve_all(
        services: "Services", keys: "Sequence[AlarmKey]", actor: str
    ) -> "ServiceResult[Sequence[Alarm]]":
        return await services.alarms.shelve(
            keys, until=shelf.until, profile=shelf.profile, moment=shelf.moment, actor=actor
        )

    groups = (AlarmGroup.NEW, AlarmGroup.SEEN, AlarmGroup.SHELVED)
    _act(names, cause, shelve_all, groups, f"shelved {shelf.text}", as_json=as_json)


@app.command()
def unshelve(names: Names, cause: Causes = None, as_json: Json = False) -> None:
    """Take alarms back from the shelf; they are as they were before.

    micboard-tui alarms unshelve all
    """

    async def unshelve_all(
        services: "Services", keys: "Sequence[AlarmKey]", actor: str
    ) -> "ServiceResult[Sequence[Alarm]]":
        return await services.alarms.unshelve(keys, actor=actor)

    _act(names, cause, unshelve_all, (AlarmGroup.SHELVED,), "back from the shelf", as_json=as_json)


@app.command()
def note(
    name: Annotated[str, typer.Argument(metavar="ABOUT", help='What the alarm is about, as "Rack A/2".')],
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What others have to know; empty: no note.")],
    cause: Causes = None,
    as_json: Json = False,
) -> None:
    """Write down what others have to know about an alarm. It replaces the note that is there.

    micboard-tui alarms note "Rack A/2" "capsule is wet, spare is on stage left"
    """

    async def note_one(
        services: "Services", keys: "Sequence[AlarmKey]", actor: str
    ) -> "ServiceResult[Sequence[Alarm]]":
        from micboard_tui.cli.context import data_of
        from micboard_tui.contracts.errors import ErrorCode, MicboardError
        from micboard_tui.contracts.result import Success

        if len(keys) > 1:
            causes = ", ".join(sorted({key.cause.value for key in keys}))
            raise MicboardError(
                ErrorCode.INVALID_VALUE,
                f"'{name}' has {len(keys)} alarms: {causes}",
                hint=f"Name the channel, and the cause, as --cause {keys[0].cause.value}",
            )
        return Success([data_of(await services.alarms.note(key, text, actor=actor)) for key in keys])

    groups = (AlarmGroup.NEW, AlarmGroup.SEEN, AlarmGroup.SHELVED)
    _act([name], cause, note_one, groups, "noted" if text.strip() else "without a note", as_json=as_json)


@app.command()
def undo(as_json: Json = False) -> None:
    """Take back what you did last about alarms.

    An acknowledgement, a shelf or a note, also one that you made on a board. Other steps, such as what is
    out of service, are taken back by the command undo:

    micboard-tui alarms undo
    """
    from micboard_tui.cli.context import data_of, load_context, run_with_services

    operator = load_context().operator

    async def take_back(services: "Services") -> ListedAlarms:
        changed = data_of(await services.alarms.undo(actor=operator))
        return ListedAlarms(changed, await _read_places(services))

    changed = run_with_services(take_back)
    _print_changed(changed, "as before", as_json=as_json)


@app.command()
def history(
    since: Annotated[str, typer.Option(metavar="WHEN", help=MOMENT_HELP)] = "1h",
    until: Annotated[str | None, typer.Option(metavar="WHEN", help="The end, written as --since.")] = None,
    as_json: Json = False,
) -> None:
    """List what happened to alarms, oldest first. That they were raised and cleared, and what people did.

    micboard-tui alarms history --since 3h
    """
    import time

    from micboard_tui.cli.alarm_table import describe_event
    from micboard_tui.cli.context import data_of, run_with_services
    from micboard_tui.cli.output import format_second, print_json, print_note, print_table
    from micboard_tui.cli.time_options import parse_span
    from micboard_tui.contracts.documents.alarms import alarm_event_entry

    begin, end = parse_span(since, until, time.time())

    async def read(services: "Services") -> "tuple[Sequence[AlarmEvent], StoredPlaces]":
        return data_of(await services.alarms.list_history(begin, end)), await _read_places(services)

    events, places = run_with_services(read)
    if as_json:
        print_json({"events": [alarm_event_entry(event, places) for event in events]})
    elif events:
        rows = [(format_second(event.at), *describe_event(event, places)) for event in events]
        print_table(("time", "cause", "what", "about", "who"), rows, spare=("who",))
    else:
        print_note("Nothing happened to alarms in this span. For a longer one:  --since 1d")


@app.command()
def follow(as_json: Json = False) -> None:
    """Print each change of an alarm as it happens, until Ctrl+C. With --json each is one object in one line.

    micboard-tui alarms follow

    micboard-tui alarms follow --json | jq -r .alarm.about
    """
    import anyio

    from micboard_tui.cli.context import data_of, load_context, open_services_anywhere, run_until_stopped
    from micboard_tui.contracts.events import EventQuery

    context = load_context()

    async def print_changes() -> int:
        async with open_services_anywhere(context) as services:
            newest = data_of(await services.events.list_events(EventQuery(limit=1)))
            after = newest[-1].id or 0 if newest else 0
            while True:
                after = await print_newer(services, after, as_json=as_json)
                await anyio.sleep(FOLLOW_S)

    raise typer.Exit(run_until_stopped(print_changes))


async def print_newer(services: "Services", after: int, *, as_json: bool) -> int:
    """Print what happened to alarms after an event, by its number; the number of the newest one now."""
    from micboard_tui.cli.alarm_table import describe_event
    from micboard_tui.cli.context import data_of
    from micboard_tui.cli.output import format_second, print_json, print_line
    from micboard_tui.contracts.documents.alarms import alarm_event_entry
    from micboard_tui.contracts.events import EventQuery
    from micboard_tui.domain.alarm_record import read_event
    from micboard_tui.domain.event import EventKind

    query = EventQuery(kinds=(EventKind.ALARM,), after=after, is_from_start=True)
    recorded = data_of(await services.events.list_events(query))
    if not recorded:
        return after
    places = await _read_places(services)
    for event in filter(None, map(read_event, recorded)):
        if as_json:
            print_json(alarm_event_entry(event, places), indent=None)
        else:
            cells = (format_second(event.at), *describe_event(event, places))
            print_line("  ".join(cell for cell in cells if cell))
    return max(event.id or 0 for event in recorded)


def _act(
    names: Sequence[str],
    causes: Sequence[str] | None,
    act: "Callable[[Services, Sequence[AlarmKey], str], Awaitable[ServiceResult[Sequence[Alarm]]]]",
    groups: Sequence[AlarmGroup],
    outcome: str,
    *,
    as_json: bool,
) -> None:
    """Do something about the alarms that are named and of these groups, and print what was done."""
    from micboard_tui.cli.alarm_table import choose_alarms
    from micboard_tui.cli.context import data_of, load_context, run_with_services
    from micboard_tui.cli.output import print_note

    operator = load_context().operator

    async def act_on_all(services: "Services") -> ListedAlarms:
        listed = await _read(services)
        chosen = choose_alarms(listed.alarms, names, causes or (), listed.places)
        keys = [alarm.key for alarm in chosen if group_of(alarm) in groups]
        changed = data_of(await act(services, keys, operator)) if keys else ()
        return ListedAlarms(changed, listed.places)

    changed = run_with_services(act_on_all)
    _print_changed(changed, outcome, as_json=as_json)
    if not changed.alarms and not as_json:
        print_note("Nothing to do: no alarm that is named changes by it.")


def _print_changed(changed: ListedAlarms, outcome: str, *, as_json: bool) -> None:
    from micboard_tui.cli.output import print_json, print_line
    from micboard_tui.contracts.alarm_texts import describe_alarm
    from micboard_tui.contracts.documents.alarms import alarm_entry

    if as_json:
        print_json({"alarms": [alarm_entry(alarm, changed.places) for alarm in changed.alarms]})
        return
    for alarm in changed.alarms:
        text = describe_alarm(alarm.key, changed.places)
        print_line(f"{text.title}, {text.subject}: {outcome}.")


async def _read(services: "Services") -> ListedAlarms:
    from micboard_tui.cli.context import data_of

    alarms = data_of(await services.alarms.list_alarms())
    return ListedAlarms(alarms.alarms, await _read_places(services))


async def _read_places(services: "Services") -> "StoredPlaces":
    from micboard_tui.cli.context import data_of
    from micboard_tui.contracts.stored_places import StoredPlaces

    return StoredPlaces(
        data_of(await services.devices.list_devices()), data_of(await services.locations.list_locations())
    )
