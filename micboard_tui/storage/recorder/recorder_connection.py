"""What the recorder needs of a connection: SQLite's own has it, and that of a server is made to.

Statements are those that both understand, with ``?`` for a parameter. Whole numbers are compared with whole
numbers only: a server that compares them with fractions uses no index.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol


class Rows(Protocol):
    """What a statement answers."""

    def fetchone(self) -> Any: ...  # noqa: ANN401 - a row, or None

    def fetchall(self) -> list[Any]: ...

    def __iter__(self) -> Iterator[Any]: ...


class RecorderConnection(Protocol):
    """Used by one thread at a time; every method raises what the database raises."""

    def execute(self, statement: str, parameters: Sequence[Any] = (), /) -> Rows: ...

    def executemany(self, statement: str, parameters: Iterable[Sequence[Any]], /) -> object: ...
