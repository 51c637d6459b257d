"""Help that names the models that can be simulated, and looks for them only when it is printed."""

import textwrap

from micboard_tui.cli.command_group import Command, Context, Formatter

_NO_BREAK = "\N{NO-BREAK SPACE}"


class NamesModels(Command):
    """A command whose help ends with the models that can be simulated, and with their modes."""

    def format_epilog(self, ctx: Context, formatter: Formatter) -> None:
        from micboard_tui.simulator.rack.rack_contents import BLUEPRINTS

        super().format_epilog(ctx, formatter)
        models = [
            f"{model} ({', '.join(blueprint.modes)})" if blueprint.modes else model
            for model, blueprint in BLUEPRINTS.items()
        ]
        with formatter.section("Models, and their modes"):
            width = formatter.width - formatter.current_indent
            # A model stays in one line.
            text = ", ".join(model.replace(" ", _NO_BREAK) for model in models)
            for line in textwrap.wrap(text, width, break_on_hyphens=False, break_long_words=False):
                formatter.write(f"{'':{formatter.current_indent}}{line.replace(_NO_BREAK, ' ')}\n")
