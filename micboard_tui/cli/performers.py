"""``performers``: who wears the transmitters."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from micboard_tui.cli.command_group import CommandGroup
from micboard_tui.cli.file_arguments import (
    Apply,
    OutputFile,
    Replace,
    choose_output,
    input_file,
    read_file,
    write_csv,
)
from micboard_tui.cli.options import Json
from micboard_tui.domain.units import format_count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from micboard_tui.contracts.assignment import ImportPlan
    from micboard_tui.contracts.services import Services
    from micboard_tui.domain.assignment import Assignment, Performer
    from micboard_tui.domain.device import DeviceSnapshot

app = CommandGroup('Who wears the transmitters.\n\nmicboard-tui performers add "Ada" --part "lead vocals"')
Who = Annotated[str, typer.Argument(metavar="PERFORMER", help="The performer's name; capitals are ignored.")]


@app.command("list")
def list_performers(as_json: Json = False) -> None:
    """List all performers with their channels.

    micboard-tui performers list

    micboard-tui performers list --json
    """
    from micboard_tui.cli.assignment_texts import channel_titles
    from micboard_tui.cli.context import data_of, run_with_services
    from micboard_tui.cli.output import print_json, print_note, print_table
    from micboard_tui.contracts.documents.assignments import assignments_of, performer_entry

    async def list_all(
        services: "Services",
    ) -> "tuple[Sequence[Performer], Sequence[Assignment], Sequence[DeviceSnapshot]]":
        performers = services.assignments
        devices = data_of(await services.devices.list_devices())
        return (
            data_of(await performers.list_performers()),
            data_of(await performers.list_assignments()),
            devices,
        )

    people, assignments, devices = run_with_services(list_all)
    if as_json:
        print_json(
            {
                "performers": [performer_entry(performer, assignments, devices) for performer in people],
            }
        )
    elif people:
        title_of = channel_titles(devices)
        rows = []
        for performer in people:
            head = [performer.name, performer.part or "", performer.note or ""]
            theirs = assignments_of(performer, assignments)
            tails = [
                [entry.mic_number or "", title_of(entry.channel), entry.role_description] for entry in theirs
            ]
            first, *others = tails or [["", "", ""]]
            rows += [head + first, *(["", "", "", *tail] for tail in others)]
        heads = ("performer", "part", "note", "mic", "channel", "role")
        print_table(heads, rows, right=("mic",), spare=("note", "part"))
    else:
        print_note('There is no performer yet. Add one:  micboard-tui performers add "Ada"')


@app.command()
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Their name.")],
    part: Annotated[
        str | None, typer.Option("--part", "--role", help="The part in the show, as lead vocals.")
    ] = None,
    note: Annotated[str | None, typer.Option(help="A note.")] = None,
    as_json: Json = False,
) -> None:
    """Add a performer.

    micboard-tui performers add "Ada" --part "lead vocals"
    """
    from micboard_tui.cli.context import current_operator, data_of, run_with_services
    from micboard_tui.cli.output import print_json, print_line
    from micboard_tui.contracts.documents.assignments import performer_entry

    made = data_of(
        run_with_services(
            lambda services: services.assignments.add_performer(
                name, part=part, note=note, actor=current_operator()
            )
        )
    )
    if as_json:
        print_json({"performer": performer_entry(made, (), ())})
    else:
        print_line(f"Performer added: {made.name}")


@app.command()
def change(
    performer: Who,
    name: Annotated[str | None, typer.Option(help="Their new name.")] = None,
    part: Annotated[
        str | None, typer.Option("--part", "--role", help="The part in the show; empty removes it.")
    ] = None,
    note: Annotated[str | None, typer.Option(help="A note; empty removes it.")] = None,
) -> None:
    """Change the name, part or note of a performer.

    micboard-tui performers change "Ada" --name "Ada L." --part ""
    """
    from micboard_tui.cli.context import current_operator, data_of, run_with_services
    from micboard_tui.cli.output import print_line

    if name is None and part is None and note is None:
        raise typer.BadParameter("Give something to change; --help lists the options")

    async def change_performer(services: "Services") -> "tuple[Performer, Performer]":
        performers = services.assignments
        known = data_of(await performers.find_performer(performer))
        return known, data_of(
            await performers.change_performer(
                known.id, name=name, part=part, note=note, actor=current_operator()
            )
        )

    before, after = run_with_services(change_performer)
    print_line(f"{'Nothing to change' if after == before else 'Performer changed'}: {after.name}")


@app.command()
def remove(performer: Who) -> None:
    """Remove a performer. Their channels are free then; `micboard-tui undo` brings both back.

    micboard-tui performers remove "Ada"
    """
    from micboard_tui.cli.context import current_operator, data_of, run_with_services
    from micboard_tui.cli.output import print_line

    async def remove_performer(services: "Services") -> "Performer":
        known = data_of(await services.assignments.find_performer(performer))
        return data_of(await services.assignments.remove_performer(known.id, actor=current_operator()))

    print_line(f"Performer removed: {run_with_services(remove_performer).name}")
    print_line("To bring them back:  micboard-tui undo")


@app.command("import")
def import_file(
    file: Annotated[Path, input_file("A CSV file")],
    yes: Apply = False,
    as_json: Json = False,
) -> None:
    """Add and change performers and channels from a CSV file.

    Without --yes it only shows what would change. The first line names the columns: name, role (what they
    do), note, channel, use, mic (or mic number, no, #). Only the name is needed. A channel is written as
    device and number (Rack A/2), its use is primary, backup or spare, its mic number what the show calls it
    (7, IEM 3). A performer with several channels has several lines, and a line without a name numbers its
    channel, or marks it as a spare for all (use: spare); yes in the column shared pack says that it receives
    the pack of another channel of the performer. An empty cell changes nothing (mic-number --clear takes a
    number away, unassign a spare), and performers that are not in the file stay as they are.

    micboard-tui performers import cast.csv

    micboard-tui performers import cast.csv --yes
    """
    import shlex

    from micboard_tui.cli.context import current_operator, data_of, run_with_services
    from micboard_tui.cli.output import print_json, print_note
    from micboard_tui.contracts.assignment import MAX_IMPORT_BYTES
    from micboard_tui.contracts.documents.assignments import import_plan_entry

    content = read_file(file, MAX_IMPORT_BYTES)

    async def import_performers(services: "Services") -> "ImportPlan":
        performers = services.assignments
        return data_of(
            await (
                performers.apply_import(content, actor=current_operator())
                if yes
                else performers.preview_import(content)
            )
        )

    plan = run_with_services(import_performers)
    if as_json:
        print_json({"applied": yes, **import_plan_entry(plan)})
    else:
        _print_plan(plan)
    if not yes and not plan.is_empty:
        again = shlex.join(["micboard-tui", "performers", "import", str(file), "--yes"])
        print_note(f"Nothing has changed yet. To do it:  {again}")


def _print_plan(plan: "ImportPlan") -> None:
    from micboard_tui.cli.output import print_line

    for column in plan.ignored:
        print_line(f"ignore  column '{column}'")
    for name in plan.added:
        print_line(f"add     {name}")
    for name, difference in plan.changed.items():
        print_line(f"change  {name}: {difference}")
    for assignment in plan.assigned:
        print_line(f"assign  {assignment}")
    for numbered in plan.numbered:
        print_line(f"number  {numbered}")
    channels = format_count(len(plan.assigned), "channel")
    print_line(
        f"{len(plan.added)} added, {len(plan.changed)} changed, {channels} assigned,"
        f"{f' {len(plan.numbered)} numbered,' if plan.numbered else ''} {plan.unchanged} unchanged."
    )


@app.command()
def export(file: OutputFile = None, yes: Replace = False) -> None:
    """Write performers and their channels as a CSV file. `import` takes it back.

    A file begins with a mark by which spreadsheets see that it is UTF-8.

    micboard-tui performers export cast.csv
    """
    from micboard_tui.cli.context import data_of, run_with_services

    output = choose_output(file, replace=yes)
    write_csv(output, data_of(run_with_services(lambda services: services.assignments.export())))
