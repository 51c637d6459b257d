"""``performers``: who wears the transmitters."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from micboard_tui.container import Container
    from micboard_tui.contracts.assignment import ImportPlan
    from micboard_tui.domain.assignment import Assignment, Performer
    from micboard_tui.domain.device import DeviceSnapshot

app = typer.Typer(help="Who wears the transmitters.", no_args_is_help=True, rich_markup_mode=None)
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Who = Annotated[str, typer.Argument(metavar="PERFORMER", help="Their name; capitals make no difference.")]
MAX_BYTES = 1_000_001
"""One more than an import takes, so that it can say that it was too much."""


@app.command("list")
def list_performers(as_json: Json = False) -> None:
    """List everybody with their channels.

    micboard-tui performers list --json
    """
    from micboard_tui.cli.assignment_document import performer_entry, titles
    from micboard_tui.cli.context import ask, data_of
    from micboard_tui.cli.output import note, print_json, print_table

    async def act(
        container: "Container",
    ) -> "tuple[Sequence[Performer], Sequence[Assignment], Sequence[DeviceSnapshot]]":
        cast = container.assignments
        devices = data_of(await container.devices.list_devices())
        return data_of(await cast.list_performers()), data_of(await cast.list_assignments()), devices

    people, said, devices = ask(act)
    if as_json:
        print_json({"schema": 1, "performers": [performer_entry(each, said, devices) for each in people]})
    elif people:
        called = titles(devices)
        rows = []
        for person in people:
            head = [person.name, person.role or "", person.note or ""]
            theirs = [each for each in said if each.performer and each.performer.id == person.id]
            tails = [[called(each.channel), each.role.value] for each in theirs] or [["", ""]]
            rows += [head + tails[0], *(["", "", "", *tail] for tail in tails[1:])]
        print_table(("performer", "role", "note", "channel", "use"), rows)
    else:
        note('Nobody is there yet. Add somebody:  micboard-tui performers add "Ada"')


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="Their name.")],
    role: Annotated[str | None, typer.Option(help="What they do, as lead vocals.")] = None,
    note: Annotated[str | None, typer.Option(help="What else to know.")] = None,
    as_json: Json = False,
) -> None:
    """Add somebody.

    micboard-tui performers add "Ada" --role "lead vocals"
    """
    from micboard_tui.cli.assignment_document import performer_entry
    from micboard_tui.cli.context import ask, data_of
    from micboard_tui.cli.output import print_json, say

    made = data_of(ask(lambda container: container.assignments.add_performer(name, role=role, note=note)))
    if as_json:
        print_json({"schema": 1, "performer": performer_entry(made, (), ())})
    else:
        say(f"Added {made.name}.")


@app.command()
def change(
    performer: Who,
    name: Annotated[str | None, typer.Option(help="Their new name.")] = None,
    role: Annotated[str | None, typer.Option(help="What they do; empty takes it away.")] = None,
    note: Annotated[str | None, typer.Option(help="What else to know; empty takes it away.")] = None,
) -> None:
    """Change the name, role or note of somebody.

    micboard-tui performers change "Ada" --name "Ada L." --role ""
    """
    from micboard_tui.cli.context import ask, data_of
    from micboard_tui.cli.output import say

    if name is None and role is None and note is None:
        raise typer.BadParameter("Say what to change; --help lists it")

    async def act(container: "Container") -> "Performer":
        cast = container.assignments
        known = data_of(await cast.find_performer(performer))
        return data_of(await cast.change_performer(known.id, name=name, role=role, note=note))

    say(f"Changed {ask(act).name}.")


@app.command()
def remove(performer: Who) -> None:
    """Forget somebody; their channels are free. `micboard-tui undo` brings them back.

    micboard-tui performers remove "Ada"
    """
    from micboard_tui.cli.context import ask, data_of
    from micboard_tui.cli.output import say

    async def act(container: "Container") -> "Performer":
        known = data_of(await container.assignments.find_performer(performer))
        return data_of(await container.assignments.remove_performer(known.id))

    say(f"Removed {ask(act).name}. To bring them back:  micboard-tui undo")


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="A CSV file.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do it; without, only show it.")] = False,
    as_json: Json = False,
) -> None:
    """Add and change performers and their channels as a CSV file says; without --yes only show it.

    The first line names the columns: name, role, note, channel, use. Only the name is needed. A channel is
    written as device and number (Rack A/2), its use is primary, backup or spare. Who has several channels
    stands on several lines. An empty cell changes nothing, and nobody who is not in the file is touched.

    micboard-tui performers import cast.csv

    micboard-tui performers import cast.csv --yes
    """
    from micboard_tui.cli.assignment_document import plan_entry
    from micboard_tui.cli.context import ask, data_of
    from micboard_tui.cli.output import note, print_json

    with file.open("rb") as opened:
        content = opened.read(MAX_BYTES)

    async def act(container: "Container") -> "ImportPlan":
        cast = container.assignments
        return data_of(await (cast.apply_import(content) if yes else cast.preview_import(content)))

    plan = ask(act)
    if as_json:
        print_json({"schema": 1, "applied": yes, **plan_entry(plan)})
    else:
        _print_plan(plan)
    if not yes and not plan.is_empty:
        note(f"Nothing has changed yet. To do it:  micboard-tui performers import {file} --yes")


def _print_plan(plan: "ImportPlan") -> None:
    from micboard_tui.cli.output import say

    for name in plan.added:
        say(f"add     {name}")
    for name, difference in plan.changed.items():
        say(f"change  {name}: {difference}")
    for words in plan.assigned:
        say(f"assign  {words}")
    say(
        f"{len(plan.added)} added, {len(plan.changed)} changed, {len(plan.assigned)} channels assigned,"
        f" {plan.unchanged} unchanged."
    )


@app.command()
def export(
    file: Annotated[Path | None, typer.Argument(dir_okay=False, help="Left out: the terminal.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Replace the file when it is there.")] = False,
) -> None:
    """Write everybody with their channels as CSV that `import` takes.

    A file begins with a mark by which spreadsheets see that it is UTF-8.

    micboard-tui performers export cast.csv
    """
    from micboard_tui.cli.context import ask, data_of
    from micboard_tui.cli.output import print_text, say
    from micboard_tui.contracts.errors import ErrorCode, StartError

    if file is not None and file.exists() and not yes:
        raise StartError(
            ErrorCode.INVALID_VALUE, f"{file} is there already", hint="Choose another name, or say --yes"
        )
    text = data_of(ask(lambda container: container.assignments.export()))
    if file is None:
        print_text(text)
        return
    try:
        file.write_bytes(text.encode("utf-8-sig"))
    except OSError as error:
        raise StartError(
            ErrorCode.DIRECTORY_NOT_WRITABLE,
            f"{file} cannot be written ({error.strerror})",
            hint="Choose another place",
        ) from error
    say(f"Wrote {file}.")
