"""``config``: what is set, where it comes from, and where things are."""

from typing import Annotated

import typer

from micboard_tui.cli.command_group import CommandGroup

app = CommandGroup("Show settings and where they come from.\n\nmicboard-tui config show --origin")


@app.command()
def show(
    origin: Annotated[bool, typer.Option("--origin", help="Show where each value comes from.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Print every setting that is in force.

    Strongest first: command line, environment (MICBOARD_BOARD__FPS=5), config.toml, defaults. What each one
    is stands in the file that `config init` writes.

      micboard-tui config show --origin
    """
    from micboard_tui.cli.context import translated_config_errors
    from micboard_tui.cli.output import print_json, print_table
    from micboard_tui.config.paths import find_paths
    from micboard_tui.config.settings import origins, without_password

    with translated_config_errors():
        rows = [(key, without_password(key, value), source) for key, value, source in origins(find_paths())]
    if as_json:
        settings = {key: {"value": value, "origin": source} for key, value, source in rows}
        print_json({"settings": settings})
    elif origin:
        print_table(
            ("setting", "value", "from"), [(key, _format(value), source) for key, value, source in rows]
        )
    else:
        print_table(("setting", "value"), [(key, _format(value)) for key, value, _ in rows])


def _format(value: object) -> str:
    """As it is set: not rounded as a reading is."""
    from micboard_tui.cli.output import format_value

    return f"{value:g}" if isinstance(value, float) else format_value(value)


@app.command()
def init(
    force: Annotated[bool, typer.Option("--force", help="Write over an existing file.")] = False,
) -> None:
    """Write a config.toml with all settings and their meaning. All are commented out.

    micboard-tui config init
    """
    from micboard_tui.cli.context import translated_config_errors
    from micboard_tui.cli.output import print_line
    from micboard_tui.config.paths import find_paths
    from micboard_tui.config.settings import write_defaults

    with translated_config_errors():
        print_line(str(write_defaults(find_paths(), force=force)))


@app.command()
def path(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Print where settings, database, backups, log and themes are.

    micboard-tui config path
    """
    from micboard_tui.cli.output import print_json, print_table
    from micboard_tui.config.paths import find_paths

    paths = find_paths()
    rows = {
        "settings": str(paths.settings_file),
        "database": str(paths.database_file),
        "backups": str(paths.backups),
        "log": str(paths.log_file),
        "themes": str(paths.themes),
    }
    if as_json:
        print_json({"paths": rows})
    else:
        print_table(("what", "where"), list(rows.items()))
