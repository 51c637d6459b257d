"""Help that names the installed manufacturers, and looks for them only when it is printed."""

from typing import Any

from micboard_tui.cli.command_group import Command


class NamesManufacturers(Command):
    """A command whose help ends with the codes of the installed manufacturers."""

    def format_epilog(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - typer keeps these types to itself
        from micboard_tui.container import installed_codes

        super().format_epilog(ctx, formatter)
        with formatter.section("Manufacturers"):
            formatter.write_text(", ".join(installed_codes()))
