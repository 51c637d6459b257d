"""What the user last saw on the board, and the views kept on the number keys: one small JSON file."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from micboard_tui.config.atomic_files import write_new
from micboard_tui.config.small_files import read_small
from micboard_tui.config.start_error import ConfigError


class ViewFile:
    """Implements ``ViewStore``. Knows nothing of what a view is made of."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def load(self) -> Mapping[str, Any]:
        """Every view by its key; none when there is no file, or one that is no JSON, which is moved aside."""
        try:
            content = json.loads(read_small(self._file))
        except OSError:
            return {}
        except (ValueError, RecursionError):
            self._set_aside()
            return {}
        return content if isinstance(content, dict) else {}

    def save(self, views: Mapping[str, Any]) -> str | None:
        """Write all of them. Answers with the reason when they could not be written, else None."""
        try:
            write_new(self._file, json.dumps(views, indent=2, ensure_ascii=False) + "\n", force=True)
        except ConfigError as error:
            return f"{error}. {error.hint}"
        return None

    def _set_aside(self) -> None:
        try:
            self._file.replace(self._file.with_suffix(".broken"))
        except OSError:
            return
