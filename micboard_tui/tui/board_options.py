"""How the board is to look and behave; imports nothing heavy, so it can be made before Textual is loaded."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from micboard_tui.domain.event import LogEvent

DEFAULT_THEME = "stage"
DEFAULT_FPS = 10
SLOW_FPS = 4
"""What a slow line takes."""


class ViewStore(Protocol):
    """Where views are kept between two starts."""

    def load(self) -> Mapping[str, Any]:
        """Every view by its key; what cannot be read is left out."""
        ...

    def save(self, views: Mapping[str, Any]) -> str | None:
        """Keep all of them; the reason when that is not possible."""
        ...


class EventLog(Protocol):
    """The newest events of the log."""

    @property
    def count(self) -> int:
        """How many there have been; grows with every event."""
        ...

    def newest(self) -> Sequence[LogEvent]:
        """Those that are kept, the newest first."""
        ...


@dataclass(frozen=True, slots=True)
class BoardOptions:
    theme_files: tuple[Path, ...]
    theme: str = DEFAULT_THEME
    fps: int = DEFAULT_FPS
    """How often a second the board looks at the present."""
    glyphs: str = "auto"
    demo: bool = False
    """Say in the header that nothing here is real."""
    wall_clock: Callable[[], datetime] = datetime.now
    """The time of day for the header."""
    frame_buffer: bool = True
    """Write only the cells that changed."""
    views: ViewStore | None = None
    """None: nothing is remembered."""
    log: EventLog | None = None
    """None: there is no log to show."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Other keys than the usual ones, by the name of what they do."""
