"""Help that names the installed manufacturers, and looks for them only when it is printed."""

from micboard_tui.cli.command_group import Command, Context, Formatter


class NamesManufacturers(Command):
    """A command whose help ends with the codes of the installed manufacturers."""

    def format_epilog(self, ctx: Context, formatter: Formatter) -> None:
        from micboard_tui.container import installed_codes

        super().format_epilog(ctx, formatter)
        with formatter.section("Manufacturers"):
            formatter.write_text(", ".join(installed_codes()))
