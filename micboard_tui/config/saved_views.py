"""What the user last saw on the board, and the views kept on the number keys: one small JSON file."""

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from micboard_tui.config.atomic_files import write_new
from micboard_tui.config.small_files import read_small
from micboard_tui.config.start_error import ConfigError

log = logging.getLogger(__name__)


class ViewFile:
    """Implements ``ViewStore``. Knows nothing of what a view is made of."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def load(self) -> Mapping[str, Any]:
        """Every view by its key; none without a file. One that cannot be read is moved aside."""
        try:
            content = json.loads(read_small(self._file))
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except OSError as error:
            return self._set_aside(error.strerror)
        except RecursionError:
            return self._set_aside("it is nested too deep")
        except ValueError:
            return self._set_aside("it is no JSON")
        return content if isinstance(content, dict) else self._set_aside("it holds no views")

    def save(self, views: Mapping[str, Any]) -> str | None:
        """Write all of them. Answers with the reason when they could not be written, else None."""
        try:
            write_new(self._file, json.dumps(views, indent=2, ensure_ascii=False) + "\n", force=True)
        except ConfigError as error:
            return f"{error}. {error.hint}"
        return None

    def _set_aside(self, reason: str | None) -> Mapping[str, Any]:
        """Keep the file under another name, since saving would replace it. No view is left."""
        other = self._file.with_suffix(".broken")
        try:
            self._file.replace(other)
        except OSError:
            log.warning("The views in %s cannot be read (%s)", self._file, reason)
        else:
            log.warning("The views in %s cannot be read (%s); the file is now %s", self._file, reason, other)
        return {}
