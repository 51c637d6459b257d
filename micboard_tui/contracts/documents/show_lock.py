"""The lock of the show as JSON."""

from micboard_tui.contracts.documents.timestamp import format_timestamp
from micboard_tui.domain.show_lock import ShowLock


def lock_document(lock: ShowLock | None) -> dict[str, object]:
    """``lock`` is null while the show is not locked."""
    if lock is None:
        return {"lock": None}
    return {"lock": {"by": lock.locked_by, "at": format_timestamp(lock.locked_at)}}
