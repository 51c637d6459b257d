"""The options of the board. Imports nothing heavy, so they can be made before Textual is loaded."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from micboard_tui.domain.board_defaults import DEFAULT_FPS, DEFAULT_THEME
from micboard_tui.domain.log_event import LogEvent
from micboard_tui.tui.terminal.desktop_notices import DesktopForm

START_DEMO = "demo"
"""What the board ends with when its user asks for the demo."""


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


class _NoViews:
    def load(self) -> Mapping[str, Any]:
        return {}

    def save(self, views: Mapping[str, Any]) -> str | None:
        del views
        return None


class _NoLog:
    count = 0

    def newest(self) -> Sequence[LogEvent]:
        return ()


NO_VIEWS = _NoViews()
"""Remembers no views."""
NO_LOG = _NoLog()
"""A log without any event."""


@dataclass(frozen=True, slots=True)
class BoardOptions:
    theme_files: tuple[Path, ...]
    theme: str = DEFAULT_THEME
    fps: int = DEFAULT_FPS
    """How often a second the board shows what has changed."""
    glyphs: str = "auto"
    has_16_colors: bool = False
    """Whether the terminal has no more than these."""
    demo: bool = False
    """Say in the header that nothing here is real."""
    wall_clock: Callable[[], datetime] = datetime.now
    """The time of day for the header."""
    frame_buffer: bool = True
    """Write only the cells that changed."""
    views: ViewStore = NO_VIEWS
    log: EventLog = NO_LOG
    operator: str = "operator"
    """Who acts with this board."""
    holds_sessions: bool = False
    """Whether nothing reads the devices any more when this board is left."""
    is_read_only: bool = False
    """Whether all that changes something is refused on this board."""
    bell: bool = False
    """Ring the terminal's bell for new alarms."""
    desktop: DesktopForm | None = None
    """How messages on the desktop are sent through the terminal; None: not at all."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Other keys than the default ones, by their ids."""
