"""Names the data of this user on this computer, so that a process can tell its own former self from others.

The name is a number that is made once and kept beside the data, with the computer and the directory: a copy
of the data elsewhere has another name.
"""

import platform
from contextlib import suppress
from uuid import uuid4

from micboard_tui.config.paths import Paths
from micboard_tui.config.small_files import read_small

PRIVATE = 0o600


def find_home(paths: Paths) -> str:
    """The name of the home; another one each time where nothing can be written."""
    file = paths.data / "home-id"
    try:
        number = read_small(file).decode("ascii").strip()
    except (OSError, ValueError):
        number = ""
    if not number:
        number = uuid4().hex
        with suppress(OSError):
            file.touch(PRIVATE)
            file.write_text(number)
    return f"{number} {platform.node()} {paths.data}"
