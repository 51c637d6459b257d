"""The audit in memory. The same tests hold for the real one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from micboard_tui.contracts.audit import AuditEntry, AuditQuery, ChainReport
from micboard_tui.contracts.errors import ErrorCode, StorageError


class InMemoryAudit:
    """Implements ``AuditRepository``; while ``is_full`` is set nothing can be stored."""

    def __init__(self) -> None:
        self.kept: list[AuditEntry] = []
        self.is_full = False

    async def append(self, entries: Sequence[AuditEntry]) -> None:
        if self.is_full:
            raise StorageError(ErrorCode.DISK_FULL, "The disk is full", hint="Make room")
        for entry in entries:
            self.kept.append(replace(entry, number=len(self.kept) + 1))

    async def list(self, query: AuditQuery) -> Sequence[AuditEntry]:
        found = [
            entry
            for entry in reversed(self.kept)
            if entry.at >= query.since
            and (query.until is None or entry.at <= query.until)
            and (query.before is None or entry.number < query.before)
            and query.actor in {None, entry.actor}
            and all(word in _text_of(entry) for word in query.text.casefold().split())
        ]
        return found[: query.limit]

    async def verify(self) -> ChainReport:
        return ChainReport(len(self.kept), len(self.kept))


async def find_no_titles(_: Collection[str]) -> Mapping[str, str]:
    """Where nothing is stored."""
    return {}


def _text_of(entry: AuditEntry) -> str:
    origin = entry.origin
    texts = (entry.text, entry.subject, entry.actor, entry.before, entry.after, entry.result)
    return " ".join(
        (*texts, origin.front_end.value, origin.host, origin.terminal, origin.token, origin.address)
    ).casefold()
