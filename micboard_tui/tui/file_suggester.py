"""Suggests how a path goes on while it is typed."""

import os
from collections.abc import Collection
from itertools import islice
from pathlib import Path

import anyio
from textual.suggester import Suggester

MAX_ENTRIES = 5000
"""So many of a directory are looked at."""


class FileSuggester(Suggester):
    """Suggests directories, and files with one of these suffixes."""

    def __init__(self, suffixes: Collection[str]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._suffixes = frozenset(suffixes)

    async def get_suggestion(self, value: str) -> str | None:
        return await anyio.to_thread.run_sync(find_completion, value, self._suffixes, abandon_on_cancel=True)


def find_completion(text: str, suffixes: Collection[str]) -> str | None:
    """The text with the first name that goes on so; None: there is none."""
    head, separator, start = text.rpartition("/")
    try:
        with os.scandir(Path(head + separator or ".").expanduser()) as entries:
            names = sorted(
                f"{entry.name}/" if entry.is_dir() else entry.name
                for entry in islice(entries, MAX_ENTRIES)
                if entry.name.startswith(start) and (start or not entry.name.startswith("."))
            )
    except OSError:
        return None
    fitting = (name for name in names if name.endswith("/") or Path(name).suffix.lower() in suffixes)
    found = next(fitting, None)
    return None if found is None else f"{head}{separator}{found}"
