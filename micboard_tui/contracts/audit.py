"""The audit: who changed what from where, or tried to, in a chain in which no entry can be changed unseen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from micboard_tui.contracts.origin import Origin
from micboard_tui.contracts.result import ServiceResult

DONE, CANCELLED, CRASHED = "done", "cancelled", "crashed"
"""Results; all others are error codes."""
MAX_AUDIT_ENTRIES = 100_000
"""So many are kept: some 40 MB on the disk."""
MAX_AUDIT_PAGE = 500
"""So many are answered at once."""
MAX_AUDIT_TEXT = 400
"""Characters of each text of an entry."""
MAX_VERIFIED = 20_000
"""So many of the newest entries are looked at each time that the chain is verified, for about a second."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One call that changed something, or was to. No password, PIN or text of a token is in it."""

    at: float
    """When it ended, in seconds since the epoch."""
    actor: str
    """Who acted; empty: it was not found out who logs in."""
    origin: Origin
    call: str
    """The method of the contract, as "Contract.method"."""
    text: str
    """What was done, or was to be done, in plain words."""
    subject: str = ""
    """The device, channel or person that it was about, as it was called then; empty: none is known."""
    before: str = ""
    """What it was before and after; empty: it is not known, or there was nothing."""
    after: str = ""
    result: str = DONE
    """``DONE``, ``CANCELLED``, ``CRASHED``, or the code of the error."""
    number: int = 0
    """Its place in the chain, from 1; 0: it is not stored yet."""


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """Which entries."""

    text: str = ""
    """A part of what was done, of what it was about, of who acted or from where; capitals are ignored."""
    actor: str | None = None
    """None: of all."""
    since: float = 0.0
    """Seconds since the epoch."""
    until: float | None = None
    """None: no end."""
    before: int | None = None
    """Only those with a lower number: what comes next for those who read backwards."""
    limit: int = MAX_AUDIT_PAGE


class AuditContract(Protocol):
    """What was changed, or was to be, is written by the guard around all contracts; here it is read."""

    async def list_entries(self, query: AuditQuery) -> ServiceResult[Sequence[AuditEntry]]:
        """The newest entries first, ``MAX_AUDIT_PAGE`` at most. DATABASE_*."""
        ...


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What became of the chain."""

    entries: int
    """So many there are."""
    verified: int
    """So many of the newest were looked at."""
    broken_at: int | None = None
    """The number of the first entry that is not what it was, or is missing; None: all are as they were."""


class AuditRepository(Protocol):
    """Where entries are kept, one after the other. Raises StorageError."""

    async def append(self, entries: Sequence[AuditEntry]) -> None:
        """Keep them in one transaction, chained to the newest one of any process; the oldest are deleted."""
        ...

    async def list(self, query: AuditQuery) -> Sequence[AuditEntry]:
        """The newest first."""
        ...

    async def verify(self) -> ChainReport:
        """Look whether the newest ``MAX_VERIFIED`` entries are as they were written."""
        ...
