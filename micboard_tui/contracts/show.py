"""Shows: their plans, and what is called while one is on. The current one is in ``LiveContract.findings``."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol, TypeAlias

from micboard_tui.contracts.result import ServiceResult
from micboard_tui.domain.identity import ShowId
from micboard_tui.domain.mic_plot_table import PlotTable
from micboard_tui.domain.show import Show, ShowProgress, ShowRecord
from micboard_tui.domain.show_calls import ShowCall

MAX_PLOT_BYTES = 5_000_000
"""Of a file with a mic plot."""


class PlotFiles(Protocol):
    """Reads files with mic plots as other programs write them."""

    def read(self, content: bytes) -> PlotTable:
        """What was understood of it. Takes its time. Raises MicboardError INVALID_VALUE."""
        ...


class PlotPreview(NamedTuple):
    """What an import makes of a show."""

    name: str
    """Of the show."""
    is_new: bool
    """The show is not there yet."""
    table: PlotTable
    unknown_mics: tuple[str, ...] = ()
    """Mics that no channel has as its number."""
    is_same: bool = False
    """The show has this very plot already: an import changes nothing."""


class ShowContract(Protocol):
    """All answers are ServiceResults. ``actor`` is the name of the person who does it, or the program.

    Plans are changed by steps, which can be undone. What is called is no step:
    a break that has begun has begun.
    """

    async def list_shows(self) -> ServiceResult[Sequence[Show]]:
        """All shows, by name."""
        ...

    async def find_show(self, name: str) -> ServiceResult[Show]:
        """The show of that name, capitals ignored. SHOW_NOT_FOUND."""
        ...

    async def get_progress(self) -> ServiceResult[ShowProgress | None]:
        """Where the current show is, by what was stored; None: no show is current."""
        ...

    async def add_show(self, show: Show, *, actor: str) -> ServiceResult[Show]:
        """SHOW_EXISTS, INVALID_VALUE."""
        ...

    async def change_show(self, name: str, show: Show, *, actor: str) -> ServiceResult[Show]:
        """Replace the plan of the show called ``name``. Where it is on, it goes on by the new one.

        The scene stays where it was, by its act and number. SHOW_NOT_FOUND, SHOW_EXISTS, INVALID_VALUE.
        """
        ...

    async def remove_show(self, name: str, *, actor: str) -> ServiceResult[Show]:
        """SHOW_NOT_FOUND; SHOW_REFUSED while it is on."""
        ...

    async def use_show(self, name: str | None, *, actor: str) -> ServiceResult[ShowProgress | None]:
        """Make it the current one, from its beginning; None: no show is. SHOW_NOT_FOUND.

        SHOW_REFUSED while another one, or it, is on.
        """
        ...

    async def call(self, call: ShowCall, *, actor: str) -> ServiceResult[ShowProgress]:
        """Start, pause, go to a scene, and so on. NO_SHOW, SHOW_REFUSED when it cannot be done now."""
        ...

    async def preview_import(self, content: bytes, name: str) -> ServiceResult[PlotPreview]:
        """What a file with a mic plot holds, for the show called ``name``; nothing is written.

        INVALID_VALUE where it is none.
        """
        ...

    async def apply_import(self, content: bytes, name: str, *, actor: str) -> ServiceResult[PlotPreview]:
        """Give the show this plot, in one step; the show is added where it is not there yet."""
        ...

    async def export(self, name: str) -> ServiceResult[str]:
        """The plot of a show as CSV from which ``apply_import`` makes the same. SHOW_NOT_FOUND."""
        ...


class CurrentShow(NamedTuple):
    """The show that is current, and where it is."""

    id: ShowId
    progress: ShowProgress


ProgressChange: TypeAlias = Callable[[CurrentShow | None], CurrentShow | None]


class ShowRepository(Protocol):
    """Where shows are kept; they are changed by steps. Raises StorageError, answers domain values."""

    async def shows(self) -> Sequence[ShowRecord]:
        """All shows, in no order."""
        ...

    async def current(self) -> CurrentShow | None:
        """None: no show is current."""
        ...

    async def change_current(self, change: ProgressChange) -> CurrentShow | None:
        """Store what ``change`` makes of the current one; nothing comes between. What it raises is raised."""
        ...
