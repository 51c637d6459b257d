"""Writes the example of an environment file, from the settings themselves."""

import re
from collections.abc import Iterator

from micboard_tui.config.settings import PREFIX, commented_defaults

INTRODUCTION = (
    "# All settings of micboard-tui as variables of the environment: for a shell, a container (--env-file)",
    "# and systemd (EnvironmentFile=). Copy it, and take away the # in front of what you change. Values",
    "# stand without quotes and go to the end of the line.",
    "# Passwords of devices are no settings: docs/how-to/passwords-and-certificates.md.",
    "",
    "# One directory for settings, data, logs and cache.",
    f"#{PREFIX}HOME=/var/lib/micboard-tui",
    "",
)


def environment_file() -> str:
    """Every setting with its meaning and its default or an example, commented out."""
    return "\n".join([*INTRODUCTION, *_variables()]) + "\n"


def _variables() -> Iterator[str]:
    # The same as `config init` writes, but for the first lines and the sections.
    section = ""
    for line in commented_defaults().splitlines()[2:]:
        if match := re.fullmatch(r"\[(.+)\]", line):
            section = f"{match[1]}."
        elif match := re.fullmatch(r"#(\w+) = (.*)", line):
            name, value = f"{section}{match[1]}".upper().replace(".", "__"), match[2].strip('"')
            yield f"#{PREFIX}{name}={value}"
        else:
            yield line
