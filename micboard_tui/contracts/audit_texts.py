"""How an entry of the audit is written for people."""

from micboard_tui.contracts.audit import AuditEntry
from micboard_tui.contracts.origin import FrontEnd, Origin


def describe_origin(origin: Origin) -> str:
    """From where it came, in a few words: ``board foh pts/3 from 10.0.0.7``."""
    front_end = "" if origin.front_end is FrontEnd.UNKNOWN else origin.front_end.value
    token = f"'{origin.token}'" if origin.token else ""
    address = f"from {origin.address}" if origin.address else ""
    return " ".join(part for part in (front_end, origin.host, origin.terminal, token, address) if part)


def describe_change(entry: AuditEntry) -> str:
    """What it was before and after; empty where neither is known."""
    if not entry.before and not entry.after:
        return ""
    return f"{entry.before or 'nothing'} -> {entry.after or 'nothing'}"
