"""What became of a show, or of a span of time: the figures, and a report of them as a file."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias

from micboard_tui.contracts.result import ServiceResult
from micboard_tui.domain.recap_shows import PastShow

if TYPE_CHECKING:
    # It is large, and the start of the program waits for what contracts load.
    from micboard_tui.domain.recap import Recap

WITHOUT_SHOW_S = 3 * 3600.0
"""So long before its end a span begins where no show is current."""


class RecapFormat(StrEnum):
    """What a report is written as."""

    MARKDOWN = "markdown"
    CSV = "csv"
    JSON = "json"
    HTML = "html"


class RecapQuery(NamedTuple):
    """Of which span. Moments are seconds since the epoch."""

    since: float | None = None
    """None: from the start of the current show, else of the last hours (``WITHOUT_SHOW_S``)."""
    until: float | None = None
    """None: until the end of that show, or until now."""
    show: str | None = None
    """The name of the show whose span it is; of no use with ``since`` None."""


class RecapProgress(NamedTuple):
    """How far it is: so many channels of all have been read."""

    channels: int
    of: int


ProgressReport: TypeAlias = Callable[[RecapProgress], None]


def ignore_progress(_: RecapProgress) -> None:
    """For a recap whose progress is not shown."""


class RecapContract(Protocol):
    """All answers are ServiceResults. INVALID_VALUE: the span ends before it begins.

    ``report`` is called while a recap is made, at first with 0 channels; it must not wait.
    """

    async def list_shows(self) -> ServiceResult[Sequence[PastShow]]:
        """The shows that were started, as far back as events are kept, the newest first."""
        ...

    async def find_earlier(self, query: RecapQuery) -> ServiceResult[RecapQuery]:
        """The span of the last show that had ended when the span began. SHOW_NOT_FOUND: there is none."""
        ...

    async def make_recap(
        self,
        query: RecapQuery,
        earlier: RecapQuery | None = None,
        *,
        report: ProgressReport = ignore_progress,
    ) -> "ServiceResult[Recap]":
        """All figures of the span, compared with those of an earlier one where that is given.

        It takes a while with many channels, and can be cancelled.
        """
        ...

    async def write_report(
        self,
        query: RecapQuery,
        form: RecapFormat,
        earlier: RecapQuery | None = None,
        *,
        report: ProgressReport = ignore_progress,
    ) -> ServiceResult[str]:
        """The same as the text of a file."""
        ...
