"""How an entry of the audit is chained to the one before: by a hash over both. Pure."""

import hashlib
import json

from micboard_tui.contracts.audit import AuditEntry

BEGINNING = "0" * 64
"""What the first entry is chained to."""


def chain(previous: str, entry: AuditEntry) -> str:
    """The hash of an entry with its number; ``previous`` is that of the one before."""
    origin = entry.origin
    fields = [
        entry.number,
        entry.at,
        entry.actor,
        origin.front_end.value,
        origin.host,
        origin.terminal,
        origin.token,
        origin.address,
        entry.call,
        entry.text,
        entry.subject,
        entry.before,
        entry.after,
        entry.result,
    ]
    canonical = json.dumps(fields, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{canonical}".encode()).hexdigest()
