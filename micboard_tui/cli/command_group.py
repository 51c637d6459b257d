"""Commands and groups of commands whose help keeps the lines of its examples and names types plainly.

The help of a command is the docstring of its function. Its paragraphs are wrapped; lines that begin with the
name of the program are examples and stand below them as they are.
"""

import gc
import inspect
import re
from collections import UserDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any, TypeAlias

import typer
import typer.core
import typer.main
from typer.models import CommandFunctionType

from micboard_tui.config.value_reasons import plain_reason

PROGRAM = "micboard-tui"
Context: TypeAlias = Any
Formatter: TypeAlias = Any
LoadedCommand: TypeAlias = Any
"""Typer keeps these types to itself."""
_TYPES = {"str": "TEXT", "int": "NUMBER", "float": "NUMBER", "int range": "NUMBER", "float range": "NUMBER"}
_REQUIRED = re.compile(r"  \[required\]$|; required\]$")
_RANGES = (
    (re.compile(r"(-?[\d.]+)<=x<=(-?[\d.]+)"), r"\1 to \2"),
    (re.compile(r"x>=(-?[\d.]+)"), r"\1 or more"),
    (re.compile(r"x<=(-?[\d.]+)"), r"\1 or less"),
    # Not in an address, such as 127.0.0.2.
    (re.compile(r"(?<![\d.])(\d+)\.0\b(?!\.)"), r"\1"),
)


class Command(typer.core.TyperCommand):
    """One command."""

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        with _plain_errors():
            return super().parse_args(ctx, args)

    def invoke(self, ctx: Context) -> object:
        gc.enable()  # The command is loaded.
        return super().invoke(ctx)

    def collect_usage_pieces(self, ctx: Context) -> list[str]:
        return [piece.replace("{", "").replace("}", "") for piece in super().collect_usage_pieces(ctx)]

    def format_help_text(self, _: Context, formatter: Formatter) -> None:
        _write_help_text(self.help or "", formatter)

    def format_options(self, ctx: Context, formatter: Formatter) -> None:
        _write_parameters(self.get_params(ctx), ctx, formatter)


class Group(typer.core.TyperGroup):
    """Several commands below one name."""

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        with _plain_errors():
            return super().parse_args(ctx, args)

    def format_help_text(self, _: Context, formatter: Formatter) -> None:
        _write_help_text(self.help or "", formatter)

    def format_options(self, ctx: Context, formatter: Formatter) -> None:
        self.format_commands(ctx, formatter)
        _write_parameters(self.get_params(ctx), ctx, formatter)


class CommandGroup(typer.Typer):
    """What commands are added to."""

    def __init__(self, help_text: str, **others: Any) -> None:  # noqa: ANN401 - all that Typer() takes is passed on
        options = {"no_args_is_help": True, "rich_markup_mode": None, "cls": Group} | others
        super().__init__(help=help_text, **options)

    def command(
        self,
        name: str | None = None,
        **others: Any,  # noqa: ANN401 - all that Typer.command() takes is passed on
    ) -> Callable[[CommandFunctionType], CommandFunctionType]:
        return super().command(name, **({"cls": Command} | others))


@dataclass(frozen=True, slots=True)
class CommandSource:
    """Where a command is: a function, or a ``CommandGroup``, of a module in this package."""

    module: str
    attribute: str = "app"
    kind: type[Command] = Command

    def load(self, name: str) -> LoadedCommand:
        """Import it, and make it a command of this name."""
        source = getattr(import_module(f"micboard_tui.cli.{self.module}"), self.attribute)
        holder = CommandGroup("")
        if isinstance(source, CommandGroup):
            holder.add_typer(source, name=name)
        else:
            holder.command(name, cls=self.kind)(source)
        return typer.main.get_group(holder).commands[name]


class LazyCommands(UserDict[str, LoadedCommand]):
    """Commands by name, of which each is loaded when it is looked up, and all when the help lists them.

    Most starts run one command, and what only others need would make them dearer by a seventh.
    """

    def __init__(self, sources: Mapping[str, CommandSource]) -> None:
        super().__init__(sources)

    def __getitem__(self, name: str) -> LoadedCommand:
        command = super().__getitem__(name)
        if isinstance(command, CommandSource):
            command = self.data[name] = command.load(name)
        return command


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Say of a wrong value what it should be, in plain English."""
    try:
        yield
    except typer.BadParameter as error:
        error.message = plain_reason(error.message)
        raise


def split_help(text: str) -> tuple[str, Sequence[str]]:
    """The paragraphs of a help text, and its examples."""
    lines = inspect.cleandoc(text).splitlines()
    examples = [line.strip() for line in lines if _is_example(line)]
    prose = "\n".join(line for line in lines if not _is_example(line))
    return re.sub(r"\n{3,}", "\n\n", prose).strip(), examples


def _is_example(line: str) -> bool:
    return line.strip().startswith(f"{PROGRAM} ")


def _write_help_text(text: str, formatter: Formatter) -> None:
    prose, examples = split_help(text)
    formatter.write_paragraph()
    with formatter.indentation():
        formatter.write_text(prose)
    if examples:
        with formatter.section("Examples" if len(examples) > 1 else "Example"):
            for example in examples:
                formatter.write(f"{'':{formatter.current_indent}}{example}\n")


def _write_parameters(parameters: Sequence[Any], ctx: Context, formatter: Formatter) -> None:
    arguments, options = [], []
    for parameter in parameters:
        if (record := parameter.get_help_record(ctx)) is None:
            continue
        name, text = record
        if parameter.param_type_name == "argument":
            arguments.append((parameter.display_name_raw, _plain_notes(text)))
        else:
            options.append((_plain_type(name), _plain_notes(text)))
    for title, records in (("Arguments", arguments), ("Options", options)):
        if records:
            with formatter.section(title):
                formatter.write_dl(records)


def _plain_type(name: str) -> str:
    """``--fps <int range>`` as ``--fps NUMBER``; choices stay."""
    return re.sub(r"<([a-z ]+)>", lambda kind: _TYPES.get(kind[1], kind[1].upper()), name)


def _plain_notes(text: str) -> str:
    """``[x>=1]`` as ``[1 or more]``; what is required, the usage says."""
    text = _REQUIRED.sub("", text)
    for pattern, plain in _RANGES:
        text = pattern.sub(plain, text)
    return text
