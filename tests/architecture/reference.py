"""Writes the parts of docs/reference that stand in the code already.

python -m tests.architecture.reference
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import typer.main
from typer.testing import CliRunner

from micboard_tui.api.metrics.families import FAMILIES
from micboard_tui.cli.main import app
from micboard_tui.config.nested_values import flatten
from micboard_tui.config.settings import KEYS as KEY_SETTINGS
from micboard_tui.config.settings import PREFIX, Settings
from micboard_tui.contracts.doctor_causes import CAUSE_TEXTS
from micboard_tui.contracts.problem_texts import FLAG_TEXTS, LINK_STATE_TEXTS, PROBLEM_FLAGS, PROBLEM_TEXTS
from micboard_tui.tui.draw.alarm_sign import SIGN_MEANINGS
from micboard_tui.tui.key_bindings import CONFIGURABLE_KEYS
from tests.architecture import simulated_addresses, simulated_faults
from tests.architecture.environment_file import environment_file
from tests.architecture.manual_page import manual_page
from tests.architecture.service_pages import service_pages

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"

COMMANDS = (
    "Every listing takes `--json`. Answers go to stdout, everything else to stderr. Exit codes: 0 done,",
    "1 the answer is no, with its code and cure on stderr, 2 wrong usage, 130 a question ended with Ctrl+C.",
    "Without a command it opens the board.",
)
SETTINGS = (
    "Strongest first: command line, environment, `config.toml`, defaults. `micboard-tui config show",
    "--origin` says where each value comes from, `config init` writes a file in which every setting stands",
    "commented out, and `config path` says where it is. `MICBOARD_HOME` moves settings, data, logs and cache",
    "under one directory. Passwords and keys are no settings: see",
    "[how to give them](../how-to/passwords-and-certificates.md).",
)

METRICS = (
    "What `/metrics` of `micboard-tui serve` tells Prometheus; [how to set it up](../how-to/serve.md). What",
    "is unknown, past or overdue has no series: the battery of a pack that is off, meters that are late, a",
    "channel of a device that does not answer. So alarm on `micboard_channel_link_state` and",
    "`micboard_problems`, and never on a value alone. `device` is the id of the device, which survives a new",
    "name or address, and `channel` its number on the front panel; names stand in `micboard_channel_info`",
    "alone, so that a rename breaks no curve. `/metrics?location=NAME` tells of one location and all that is",
    "below it.",
)

LETTERS = (
    "Every state and every problem has a letter in the row of its channel: that of the state before the",
    "name, all others among the flags, the worst first. A capital letter is a problem, a small one a problem",
    "to come or something worth knowing. `+` at the end: there are more flags than there is room for.",
)

KEYS = (
    "Every key can be another one: write it under `[keys]` in `config.toml` by its name in the first column,",
    'as `swap = "f5"`; several keys have commas between them. Keys are written as here. A key that would do',
    "two things is reported when the board opens. `1` to `9` bring back the views that `keep_view` has kept,",
    "`ctrl+p` lists all commands. `?` tells the keys of the screen or dialog that it is pressed on; `F1`",
    "does where `?` is a character that you type.",
    "",
    "`j` and `k` move down and up as the arrows do, in every list and on every page where nothing is typed.",
    "`h` and `l` move nothing anywhere: `l` is the location. A capital letter is another key than the small",
    "one, but not in dialogs, which take either.",
    "",
    "The mouse does the same: a click selects, on a key in the bottom line it presses that key, on the line",
    "of the worst problem it goes there, on the head of a column it sorts where there is an order.",
    "Two clicks are Enter, and the wheel scrolls. In lists one click only selects: nothing is done at once.",
)


CAUSES = (
    "What `micboard-tui doctor` can name as the cause of a fault or a warning, as `cause` in its JSON, too.",
    "Where the driver or the database knows a better cure for the model or the server at hand, that one is",
    "printed. [How to find out why](../how-to/find-out-why.md).",
)


def pages() -> dict[str, str]:
    """File names, from ``docs/reference`` on, and what they hold."""
    return {
        "commands.md": "\n".join(_commands()) + "\n",
        "settings.md": "\n".join(_settings()) + "\n",
        "keys.md": "\n".join(_keys()) + "\n",
        "letters.md": "\n".join(_letters()) + "\n",
        "metrics.md": "\n".join(_metrics()) + "\n",
        "causes.md": "\n".join(_causes()) + "\n",
        "simulated-addresses.md": "\n".join(simulated_addresses.page()) + "\n",
        "simulated-faults.md": "\n".join(simulated_faults.page()) + "\n",
        "micboard-tui.1": manual_page(),
        "../examples/.env.example": environment_file(),
        **{f"services/{name}": text for name, text in service_pages().items()},
    }


def _commands() -> Iterator[str]:
    yield "# Commands"
    yield ""
    yield from COMMANDS
    for words in ((), *_leaves(typer.main.get_command(app))):
        yield ""
        yield f"## {' '.join(words) or 'micboard-tui'}"
        yield ""
        yield "```text"
        asked = CliRunner().invoke(
            app, [*words, "--help"], prog_name="micboard-tui", env={"TERMINAL_WIDTH": "100"}
        )
        yield from asked.stdout.rstrip().splitlines()
        yield "```"


def _causes() -> Iterator[str]:
    yield "# Causes"
    yield ""
    yield from CAUSES
    yield ""
    yield "| cause | what it means | cure |"
    yield "|---|---|---|"
    for cause, text in CAUSE_TEXTS.items():
        yield f"| `{cause}` | {text.meaning} | {text.cure} |"


def _leaves(command: object, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    below: Mapping[str, object] | None = getattr(command, "commands", None)
    if below is None:
        yield words
        return
    if words and getattr(command, "invoke_without_command", False):
        yield words
    for name, subcommand in below.items():
        yield from _leaves(subcommand, (*words, name))


def _settings() -> Iterator[str]:
    yield "# Settings"
    yield ""
    yield from SETTINGS
    yield ""
    yield "| setting | environment | default | what it is |"
    yield "|---|---|---|---|"
    for key, default in flatten(Settings.model_construct().model_dump()):
        name = f"{PREFIX}{key.upper().replace('.', '__')}"
        shown = (
            "–" if default is None else f"`{str(default).lower() if isinstance(default, bool) else default}`"
        )
        yield f"| `{key}` | `{name}` | {shown} | {_description(key)} |"
    yield f"| `{KEY_SETTINGS}.…` | `{PREFIX}KEYS__…` | – | {_description(KEY_SETTINGS)} |"


def _keys() -> Iterator[str]:
    yield "# Keys of the board"
    yield ""
    yield from KEYS
    yield ""
    yield "| name | key | what it does |"
    yield "|---|---|---|"
    for key in CONFIGURABLE_KEYS:
        if key.id:
            shown = ", ".join(f"`{name}`" for name in key.keys.split(","))
            yield f"| `{key.id}` | {shown} | {key.description} |"


def _letters() -> Iterator[str]:
    yield "# Letters of the board"
    yield ""
    yield from LETTERS
    yield ""
    yield "| before the name | state | meaning |"
    yield "|---|---|---|"
    for state, text in LINK_STATE_TEXTS.items():
        yield f"| {f'`{state.letter}`' if state.letter else 'none'} | {text.name} | {text.meaning} |"
    yield ""
    yield "| flag | problem | meaning | severity |"
    yield "|---|---|---|---|"
    for code, flag in PROBLEM_FLAGS.items():
        severity = code.severity.name.lower()
        yield f"| `{flag.letter}` | {PROBLEM_TEXTS[code].title} | {flag.meaning} | {severity} |"
    yield ""
    yield "| flag | no problem, but worth knowing |"
    yield "|---|---|"
    for flag in FLAG_TEXTS.values():
        yield f"| `{flag.letter}` | {flag.meaning} |"
    yield ""
    yield "| behind the number | alarm |"
    yield "|---|---|"
    for sign, meaning in SIGN_MEANINGS:
        yield f"| `{sign}` | {meaning} |"


def _metrics() -> Iterator[str]:
    yield "# Metrics"
    yield ""
    yield from METRICS
    yield ""
    yield "| metric | type | labels | what it is |"
    yield "|---|---|---|---|"
    for family in FAMILIES:
        labels = ", ".join(f"`{label}`" for label in family.labels) or "–"
        yield f"| `{family.name}` | {family.type} | {labels} | {family.help} |"


def _description(key: str) -> str:
    *sections, name = key.split(".")
    fields = Settings.model_fields
    for section in sections:
        fields = type(fields[section].default).model_fields
    return fields[name].description or ""


if __name__ == "__main__":
    for file, text in pages().items():
        (REFERENCE / file).parent.mkdir(exist_ok=True)
        (REFERENCE / file).write_text(text, encoding="utf-8")
