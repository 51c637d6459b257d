"""Writes the manual page, micboard-tui(1), from the commands themselves."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import typer.main

from micboard_tui.cli.main import app

PROGRAM = "micboard-tui"
FILES = (
    ("config.toml", "The settings. config init writes one in which all stand commented out."),
    ("micboard.db", "The database, with recorder.db, the flight recorder, and backups beside it."),
)
ENVIRONMENT = (
    ("MICBOARD_HOME", "One directory for settings, data, logs and cache."),
    ("MICBOARD_DATABASE_URL", "Another database."),
    ("MICBOARD_SECTION__NAME", "A setting; config show lists all, and --origin where each comes from."),
    ("NO_COLOR", "Any value: no colours. Every state has a letter, too."),
)
EXIT_CODES = (
    ("0", "Done."),
    ("1", "The answer is no; the code of the error and its cure are on the standard error."),
    ("2", "Wrong usage."),
)
_PLACEHOLDER = re.compile("<([^>]+)>")
_KINDS = {"str": "TEXT", "int": "NUMBER", "float": "NUMBER", "int range": "NUMBER", "float range": "NUMBER"}


def manual_page() -> str:
    """The page as troff source. It has no date: that would make it another one each day."""
    root: Any = typer.main.get_command(app)
    lines = [f'.TH MICBOARD\\-TUI 1 "" "{PROGRAM}" "{PROGRAM}"']
    lines += [".SH NAME", f"{_escaped(PROGRAM)} \\- {_escaped(_summary(root.help))}"]
    lines += [".SH SYNOPSIS", f".B {_escaped(PROGRAM)}", "[\\fICOMMAND\\fR] [\\fIOPTIONS\\fR]"]
    lines += [
        ".SH DESCRIPTION",
        "Without a command it opens the board. Its keys are on the page behind \\fB?\\fR.",
    ]
    lines += [
        "Every listing takes \\fB\\-\\-json\\fR. Answers go to the standard output, everything else to the"
    ]
    lines += ["standard error.", ".SH OPTIONS", *_options(root), ".SH COMMANDS"]
    for names, command in _leaves(root):
        lines += _command(names, command)
    for title, entries in (("EXIT STATUS", EXIT_CODES), ("ENVIRONMENT", ENVIRONMENT), ("FILES", FILES)):
        lines += [f".SH {title}", *_entries(entries)]
    lines += [".PP", "Where they are: \\fBmicboard\\-tui config path\\fR."]
    return "\n".join(lines) + "\n"


def _leaves(command: Any, names: Sequence[str] = ()) -> Iterator[tuple[Sequence[str], Any]]:  # noqa: ANN401 - of Typer
    below: Mapping[str, Any] | None = getattr(command, "commands", None)
    if below is None or (names and command.invoke_without_command):
        yield names, command
    for name in below or ():
        yield from _leaves((below or {})[name], (*names, name))


def _command(names: Sequence[str], command: Any) -> Iterator[str]:  # noqa: ANN401 - of Typer
    arguments = [_metavar(each) for each in command.params if each.param_type_name == "argument"]
    yield f".SS {_escaped(' '.join([*names, *arguments]))}"
    for paragraph in re.split(r"\n\s*\n", command.help or ""):
        if all(line.strip().startswith(PROGRAM) for line in paragraph.strip().splitlines()):
            yield from (".PP", ".nf", ".RS", *map(_line, paragraph.strip().splitlines()), ".RE", ".fi")
        else:
            yield from (".PP", _line(" ".join(paragraph.split())))
    yield from _options(command)


def _options(command: Any) -> Iterator[str]:  # noqa: ANN401 - of Typer
    context = typer.Context(command, info_name=PROGRAM)
    for parameter in command.params:
        record = parameter.get_help_record(context)
        if parameter.param_type_name == "option" and record is not None and parameter.name != "help":
            name, about = _PLACEHOLDER.sub(lambda match: _KINDS.get(match[1], match[1]), record[0]), record[1]
            yield from (".TP", f"\\fB{_escaped(name)}\\fR", _line(about.split("  [")[0]))


def _metavar(parameter: Any) -> str:  # noqa: ANN401 - of Typer
    name = (parameter.metavar or parameter.name or "").strip("[]").upper()
    return name if parameter.required else f"[{name}]"


def _entries(entries: Sequence[tuple[str, str]]) -> Iterator[str]:
    for name, about in entries:
        yield from (".TP", f"\\fB{_escaped(name)}\\fR", _line(about))


def _summary(text: str) -> str:
    return (text or "").split("\n\n")[0].rstrip(".")


def _line(text: str) -> str:
    """A line of text, which troff must not take for a request of its own."""
    escaped = _escaped(text.strip())
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped


def _escaped(text: str) -> str:
    ascii_text = text.replace("–", "-").replace("…", "...").replace("µ", "u")
    return ascii_text.replace("\\", "\\e").replace("-", "\\-")
