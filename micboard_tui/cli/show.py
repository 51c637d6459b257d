"""``show``: the shows, the clock and the mic plot of the current one."""

from typing import TYPE_CHECKING, Annotated

import typer

from micboard_tui.cli import show_call, show_files
from micboard_tui.cli.command_group import CommandGroup
from micboard_tui.cli.options import Json

if TYPE_CHECKING:
    from micboard_tui.contracts.services import Services
    from micboard_tui.domain.show import Show, ShowProgress

PLAN_HELP = "75+20 is 20 minutes long, 75 minutes after the start; 21:15+20 where the start is given."
app = CommandGroup(
    "Shows: plan, clock, scenes, and who is on which mic.\n\n"
    'micboard-tui show new "Romeo" --start 20:00 --break 75+20 --end 170'
)
Name = Annotated[str, typer.Argument(metavar="NAME", help="The show's name; capitals are ignored.")]
NameOrCurrent = Annotated[
    str | None, typer.Argument(metavar="NAME", help="The show's name; left out: the current one.")
]
Start = Annotated[
    str | None,
    typer.Option(metavar="WHEN", help="When it starts: 20:00, or 2026-05-01 20:00; empty: not known."),
]
Breaks = Annotated[
    list[str] | None, typer.Option("--break", metavar="PLAN", help=f"A break; can be repeated. {PLAN_HELP}")
]
End = Annotated[
    str | None,
    typer.Option(metavar="WHEN", help="Its end: minutes from the start, or a time; empty: not known."),
]


@app.command("list")
def list_shows(as_json: Json = False) -> None:
    """List all shows.

    micboard-tui show list
    """
    from micboard_tui.cli.context import data_of, run_with_services
    from micboard_tui.cli.output import print_json, print_note, print_table
    from micboard_tui.cli.show_texts import format_plan, format_start
    from micboard_tui.contracts.documents.shows import listed_show_entry

    async def list_all(services: "Services") -> "tuple[list[Show], ShowProgress | None]":
        shows = data_of(await services.shows.list_shows())
        return list(shows), data_of(await services.shows.get_progress())

    shows, progress = run_with_services(list_all)
    current = None if progress is None else progress.show.name
    if as_json:
        print_json({"shows": [listed_show_entry(show, current) for show in shows]})
    elif shows:
        heads = ("", "show", "start", "plan", "scenes", "mics")
        print_table(
            heads,
            [
                (
                    "*" if show.name == current else "",
                    show.name,
                    format_start(show),
                    format_plan(show),
                    str(len(show.plot.scenes)),
                    str(len(show.plot.mic_numbers)),
                )
                for show in shows
            ],
            right=("scenes", "mics"),
        )
    else:
        print_note('There is no show yet. Add one:  micboard-tui show new "Romeo" --start 20:00')


@app.command()
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The show's name.")],
    start: Start = None,
    breaks: Breaks = None,
    end: End = None,
    as_json: Json = False,
) -> None:
    """Add a show. `show import` gives it scenes and a mic plot, `show use` makes it the current one.

    micboard-tui show new "Romeo" --start 20:00 --break 75+20 --end 170

    micboard-tui show new "Romeo" --start 20:00 --break 21:15+20 --end 22:50
    """
    from micboard_tui.cli.context import data_of, load_context, run_with_services
    from micboard_tui.cli.output import print_json, print_line
    from micboard_tui.cli.show_texts import describe_plan
    from micboard_tui.contracts.documents.shows import show_entry
    from micboard_tui.domain.show import Show

    planned = _with_plan(Show(name), start, breaks, end)
    operator = load_context().operator
    show = data_of(run_with_services(lambda services: services.shows.add_show(planned, actor=operator)))
    if as_json:
        print_json({"show": show_entry(show)})
    else:
        print_line(f"Show added: {describe_plan(show)}")


@app.command()
def change(
    show: Name,
    name: Annotated[str | None, typer.Option(help="Its new name.")] = None,
    start: Start = None,
    breaks: Breaks = None,
    end: End = None,
    as_json: Json = False,
) -> None:
    """Change the plan of a show, also while it is on. What is not given stays; `undo` takes it back.

    --break replaces all breaks, and --break "" leaves none.

    micboard-tui show change "Romeo" --start 20:15
    """
    from dataclasses import replace

    from micboard_tui.cli.context import data_of, load_context, run_with_services
    from micboard_tui.cli.output import print_json, print_line
    from micboard_tui.cli.show_texts import describe_plan
    from micboard_tui.contracts.documents.shows import show_entry

    if name is None and start is None and not breaks and end is None:
        raise typer.BadParameter("Give something to change; --help lists the options")
    operator = load_context().operator

    async def change_plan(services: "Services") -> "tuple[Show, Show]":
        known = data_of(await services.shows.find_show(show))
        planned = _with_plan(replace(known, name=name or known.name), start, breaks, end)
        return known, data_of(await services.shows.change_show(show, planned, actor=operator))

    before, after = run_with_services(change_plan)
    if as_json:
        print_json({"show": show_entry(after), "has_changed": after != before})
    else:
        result = "Nothing to change" if after == before else "Show changed"
        print_line(f"{result}: {describe_plan(after)}")


@app.command()
def remove(show: Name) -> None:
    """Remove a show; `micboard-tui undo` brings it back.

    micboard-tui show remove "Romeo"
    """
    from micboard_tui.cli.context import data_of, load_context, run_with_services
    from micboard_tui.cli.output import print_line

    operator = load_context().operator
    removed = data_of(run_with_services(lambda services: services.shows.remove_show(show, actor=operator)))
    print_line(f"Show removed: {removed.name}")
    print_line("To bring it back:  micboard-tui undo")


@app.command()
def use(
    show: NameOrCurrent = None,
    none: Annotated[bool, typer.Option("--none", help="No show is current any more.")] = False,
    as_json: Json = False,
) -> None:
    """Make a show the current one, from its beginning.

    Also for its next performance.

    micboard-tui show use "Romeo"

    micboard-tui show use --none
    """
    import time

    from micboard_tui.cli.context import data_of, load_context, run_with_services
    from micboard_tui.cli.output import print_json, print_line
    from micboard_tui.contracts.documents.shows import progress_entry
    from micboard_tui.domain.show_clock import format_clock_after_name

    if (show is None) is not none:
        raise typer.BadParameter("Name a show, or give --none")
    operator = load_context().operator
    progress = data_of(run_with_services(lambda services: services.shows.use_show(show, actor=operator)))
    if as_json:
        print_json({"progress": None if progress is None else progress_entry(progress, time.time())})
    elif progress is None:
        print_line("No show is current.")
    else:
        clock = format_clock_after_name(progress, time.time())
        print_line(f"{progress.show.name} is the current show.{clock}")


@app.command()
def status(as_json: Json = False) -> None:
    """Print clock and scene of the show, and who has which mic next.

    micboard-tui show status --json
    """
    import time

    from micboard_tui.cli.context import data_of, run_with_services
    from micboard_tui.cli.output import print_json, print_line, print_note
    from micboard_tui.contracts.documents.shows import progress_entry
    from micboard_tui.domain.mic_plot import mics_on_deck
    from micboard_tui.domain.mic_plot_texts import wearers_of
    from micboard_tui.domain.show_clock import format_clock, format_scene

    progress = data_of(run_with_services(lambda services: services.shows.get_progress()))
    now = time.time()
    if as_json:
        print_json({"progress": None if progress is None else progress_entry(progress, now)})
        return
    if progress is None:
        print_note('No show is current. Choose one:  micboard-tui show use "Romeo"')
        return
    plot = progress.show.plot
    after = -1 if progress.scene is None else progress.scene
    print_line(f"{progress.show.name}: {progress.state.value}")
    print_line(f"clock    {format_clock(progress, now)}")
    if progress.current_scene is not None:
        print_line(f"scene    {format_scene(progress.current_scene)}")
    if after + 1 < len(plot.scenes):
        print_line(f"next     {format_scene(plot.scenes[after + 1])}")
    for use in mics_on_deck(plot, after):
        scene = plot.scenes[use.scene].number
        print_line(f"on deck  {use.entries[0].mic_number}: {wearers_of(use)} in {scene}")


@app.command("plot")
def print_plot(show: NameOrCurrent = None, as_json: Json = False) -> None:
    """Who is on which mic in which scene.

    micboard-tui show plot

    micboard-tui show plot "Romeo" --json
    """
    from micboard_tui.cli.context import run_with_services
    from micboard_tui.cli.output import print_json, print_note, print_table
    from micboard_tui.cli.show_texts import scene_people
    from micboard_tui.contracts.documents.shows import plot_entry

    found = run_with_services(lambda services: _find(services, show))
    plot = found.plot
    if as_json:
        print_json({"show": found.name, **plot_entry(plot)})
        return
    if not plot.scenes:
        print_note(f"{found.name} has no scenes. Import them:  micboard-tui show import plot.csv")
        return
    rows = [
        (
            scene.act or "",
            scene.number,
            scene.name or "",
            ", ".join(f"{mic} {people}" for mic, people in scene_people(plot, position).items()),
        )
        for position, scene in enumerate(plot.scenes)
    ]
    print_table(("act", "scene", "name", "mics"), rows, spare=("name",))


@app.command()
def conflicts(show: NameOrCurrent = None, as_json: Json = False) -> None:
    """Print what cannot work, or may not, in the mic plot.

    micboard-tui show conflicts
    """
    from micboard_tui.cli.context import run_with_services
    from micboard_tui.cli.output import print_json, print_line, print_table
    from micboard_tui.cli.show_texts import finding_cells
    from micboard_tui.contracts.documents.shows import finding_entries
    from micboard_tui.domain.mic_plot import find_plot_conflicts
    from micboard_tui.domain.mic_plot_texts import summarize_plot

    found = run_with_services(lambda services: _find(services, show))
    plot = found.plot
    if as_json:
        print_json({"show": found.name, "findings": finding_entries(plot)})
        return
    if findings := find_plot_conflicts(plot):
        heads = ("level", "act", "scene", "mic", "what")
        print_table(heads, [finding_cells(plot, finding) for finding in findings], right=("mic",))
    print_line(f"{found.name}: {summarize_plot(plot)}.")


app.command("import")(show_files.import_plot)
app.command("export")(show_files.export_plot)
show_call.add_calls(app)


async def _find(services: "Services", name: str | None) -> "Show":
    """The show of that name, or the current one. Raises MicboardError SHOW_NOT_FOUND, NO_SHOW."""
    from micboard_tui.cli.context import data_of
    from micboard_tui.contracts.errors import ErrorCode, MicboardError

    if name is not None:
        return data_of(await services.shows.find_show(name))
    if (progress := data_of(await services.shows.get_progress())) is None:
        raise MicboardError(
            ErrorCode.NO_SHOW,
            "No show is current",
            hint="Name one, or choose one with: micboard-tui show use NAME",
        )
    return progress.show


def _with_plan(show: "Show", start: str | None, breaks: list[str] | None, end: str | None) -> "Show":
    """The show with what is given. Raises typer.BadParameter."""
    import time
    from dataclasses import replace

    from micboard_tui.domain.show_plan import parse_break, parse_moment, parse_plan_minute

    if start is not None:
        moment = parse_moment(start, time.time()) if start.strip() else None
        if moment is None and start.strip():
            raise typer.BadParameter(f"'{start}' is no start. Write 20:00, or 2026-05-01 20:00")
        show = replace(show, planned_start=moment)
    if breaks:
        planned = [parse_break(text, show.planned_start) for text in breaks if text.strip()]
        if None in planned:
            raise typer.BadParameter(f"A break is not understood. {PLAN_HELP}")
        show = replace(show, breaks=tuple(sorted(each for each in planned if each is not None)))
    if end is not None:
        end_min = parse_plan_minute(end, show.planned_start) if end.strip() else None
        if end_min is None and end.strip():
            raise typer.BadParameter(f"'{end}' is no end. Write 170, 2h50, or 22:50 where the start is given")
        show = replace(show, end_min=end_min)
    return show
