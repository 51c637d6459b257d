"""Lists in pages: the parameters of all routes that list, and the page that they ask for."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends, Query

from micboard_tui.api.errors import ApiError
from micboard_tui.contracts.errors import ErrorCode, ErrorInfo

MAX_PAGE = 1000
MAX_CURSOR = 300

Entry = TypeVar("Entry")

Limit = Annotated[int, Query(ge=1, le=MAX_PAGE, description="Entries in one answer at most.")]
"""A parameter of a route that lists."""
Cursor = Annotated[
    str | None,
    Query(max_length=MAX_CURSOR, description="`next_cursor` of the answer before; none: from the beginning."),
]
"""A parameter of a route that lists."""


@dataclass(frozen=True, slots=True)
class Paging:
    """Which page a request asks for."""

    limit: int
    cursor: str | None

    def of(self, entries: Sequence[Entry], keys: Sequence[str]) -> tuple[Sequence[Entry], str | None]:
        """The page, and the cursor of the next one; None when this is the last.

        ``keys`` name the entries. The cursor is the key of the last entry that was given, so entries that
        come and go between two pages move none of the others. Raises ApiError INVALID_VALUE for one that is
        not there.
        """
        start = 0
        if self.cursor is None and len(entries) <= self.limit:
            return entries, None
        if self.cursor is not None:
            if self.cursor not in keys:
                raise ApiError(
                    ErrorInfo(
                        ErrorCode.INVALID_VALUE,
                        "There is no entry after which to go on",
                        {"cursor": "not known"},
                        "Read the list again from its beginning",
                    )
                )
            start = keys.index(self.cursor) + 1
        page = entries[start : start + self.limit]
        is_last = start + self.limit >= len(entries)
        return page, None if is_last else keys[start + len(page) - 1]


def _paging(usual: int) -> Callable[..., Awaitable[Paging]]:
    async def read(limit: Limit = usual, cursor: Cursor = None) -> Paging:
        return Paging(limit, cursor)

    return read


Paged = Annotated[Paging, Depends(_paging(200))]
"""The parameters of a route that lists records."""
LongPaged = Annotated[Paging, Depends(_paging(MAX_PAGE))]
"""The same of one that lists what is in memory: all of most racks by default."""
