"""``views``: what the board keeps on its number keys."""

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from micboard_tui.cli.command_group import CommandGroup
from micboard_tui.cli.options import Json, Yes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from micboard_tui.cli.context import CommandContext
    from micboard_tui.config.saved_views import ViewFile
    from micboard_tui.tui.arrange.view import View

app = CommandGroup("Views that the board keeps on its number keys.\n\nmicboard-tui views list")
ViewName = Annotated[str, typer.Argument(metavar="VIEW", help="Its number key, 1 to 9, or its name.")]


@app.command("list")
def list_views(as_json: Json = False) -> None:
    """List the views that are kept. On the board a number key shows one, and V keeps one.

    micboard-tui views list
    """
    from micboard_tui.cli.output import print_json, print_note, print_table

    views = _kept(_load(_context()))
    if as_json:
        print_json({"views": [view_entry(key, view) for key, view in views.items()]})
    elif views:
        rows = [(key, view.name, view.description) for key, view in views.items()]
        print_table(("key", "name", "shows"), rows)
    else:
        print_note("No view is kept yet. V on the board keeps the one that it shows.")


@app.command()
def show(view: ViewName, as_json: Json = False) -> None:
    """Print what one view shows: order, groups, filter and layout.

    micboard-tui views show 2
    """
    from micboard_tui.cli.output import print_json, print_table

    views = _load(_context())
    key = find_key(_kept(views), view)
    entry = view_entry(key, views[key])
    if as_json:
        print_json({"view": entry})
        return
    chosen = views[key]
    rows = [
        ("key", key),
        ("name", chosen.name),
        ("order", chosen.sort_order.value),
        ("groups", chosen.grouping.description),
        ("filter", chosen.channel_filter.description if chosen.channel_filter.criteria else "none"),
        ("layout", "what fits" if chosen.layout is None else str(chosen.layout)),
    ]
    print_table(("view", ""), [row for row in rows if row[1]])


@app.command()
def rename(
    view: ViewName,
    name: Annotated[str, typer.Argument(metavar="NEW_NAME", help="Its new name; '' for none.")],
) -> None:
    """Give a view another name. Not while the board runs, which has the views in memory.

    micboard-tui views rename 2 "Choir"
    """
    from micboard_tui.cli.context import exclusive_instance
    from micboard_tui.cli.output import print_line
    from micboard_tui.config.saved_views import ViewFile
    from micboard_tui.contracts.errors import invalid_value_error
    from micboard_tui.tui.arrange.stored_views import parse_views, rename_view
    from micboard_tui.tui.arrange.view import MAX_NAME

    context, name = _context(), " ".join(name.split())
    if len(name) > MAX_NAME or not name.isprintable():
        raise invalid_value_error("That is no name of a view", f"Use up to {MAX_NAME} letters in one line")
    with exclusive_instance(context, "views"):
        file = ViewFile(context.paths.views_file)
        stored = file.load()
        key = find_key(_kept(parse_views(stored)), view)
        _save(file, rename_view(stored, key, name))
    print_line(f"View {key} is now called {name}." if name else f"View {key} has no name now.")


@app.command()
def remove(view: ViewName, yes: Yes = False) -> None:
    """Remove a view from its number key. Asks first, since `undo` does not bring it back.

    micboard-tui views remove 2 --yes
    """
    import anyio

    from micboard_tui.cli.context import exclusive_instance
    from micboard_tui.cli.output import print_line
    from micboard_tui.cli.prompts import require_consent
    from micboard_tui.config.saved_views import ViewFile
    from micboard_tui.tui.arrange.stored_views import parse_views, remove_view

    context = _context()
    with exclusive_instance(context, "views"):
        file = ViewFile(context.paths.views_file)
        stored = file.load()
        views = parse_views(stored)
        key = find_key(_kept(views), view)
        anyio.run(partial(require_consent, f"Remove view {key}, {views[key].title}", yes=yes))
        _save(file, remove_view(stored, key))
    print_line(f"View {key} is free now.")


def view_entry(key: str, view: "View") -> dict[str, object]:
    """A kept view as JSON."""
    return {"key": key, "name": view.name or None, "description": view.description, **_stored(view)}


def find_key(views: "Mapping[str, View]", wanted: str) -> str:
    """The key of the view that ``wanted`` means. Raises MicboardError INVALID_VALUE."""
    from micboard_tui.contracts.errors import invalid_value_error
    from micboard_tui.domain.near_name import suggest
    from micboard_tui.domain.safe_text import fold_name, visible

    form = fold_name(wanted)
    named = [key for key, view in views.items() if form and fold_name(view.name) == form]
    if form in views:
        named = [form]
    if len(named) == 1:
        return named[0]
    if named:
        raise invalid_value_error(
            f"{len(named)} views are called '{visible(wanted)}'", f"Give a key: {', '.join(named)}"
        )
    hint = suggest("See all with: micboard-tui views list", wanted, [view.name for view in views.values()])
    raise invalid_value_error(f"No view is called '{visible(wanted)}'", hint)


def _stored(view: "View") -> dict[str, object]:
    return {key: value for key, value in view.as_json().items() if key != "name"}


def _context() -> "CommandContext":
    from micboard_tui.cli.context import load_context

    return load_context()


def _load(context: "CommandContext") -> "Mapping[str, View]":
    """All views by their key, also the one that the board showed last."""
    from micboard_tui.config.saved_views import ViewFile
    from micboard_tui.tui.arrange.stored_views import parse_views

    return parse_views(ViewFile(context.paths.views_file).load())


def _kept(views: "Mapping[str, View]") -> "dict[str, View]":
    """Those on number keys, by key."""
    return {key: views[key] for key in sorted(views) if key.isdecimal()}


def _save(file: "ViewFile", stored: "Mapping[str, object]") -> None:
    """Write all that is stored. Raises StartError."""
    from micboard_tui.contracts.errors import ErrorCode, StartError

    if (reason := file.save(stored)) is not None:
        raise StartError(ErrorCode.DIRECTORY_NOT_WRITABLE, f"The views could not be written: {reason}")
