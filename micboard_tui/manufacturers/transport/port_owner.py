"""Which program has a UDP port of this computer, as far as the system tells this user."""

from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")
MAX_PROCESSES = 4096
_LOCAL_ADDRESS, _INODE = 1, 9
"""Columns of Linux's table of sockets."""


def find_udp_owner(port: int, proc: Path = PROC) -> str:
    """``wsm, process 12``; empty where it cannot be found, as for programs of others and beyond Linux."""
    sockets = {f"socket:[{inode}]" for inode in _find_inodes(port, proc)}
    if not sockets:
        return ""
    for process in _list_processes(proc):
        try:
            open_files = {str(entry.readlink()) for entry in (process / "fd").iterdir()}
            if open_files & sockets:
                name = (process / "comm").read_text(encoding="utf-8", errors="replace").strip()
                return f"{name}, process {process.name}"
        except OSError:
            # It has ended, or belongs to another user.
            continue
    return ""


def _find_inodes(port: int, proc: Path) -> Iterator[str]:
    for table in ("udp", "udp6"):
        try:
            rows = (proc / "net" / table).read_text(encoding="ascii").splitlines()[1:]
        except (OSError, ValueError):
            continue
        for row in rows:
            columns = row.split()
            if len(columns) > _INODE and int(columns[_LOCAL_ADDRESS].rpartition(":")[2], 16) == port:
                yield columns[_INODE]


def _list_processes(proc: Path) -> list[Path]:
    try:
        found = [entry for entry in proc.iterdir() if entry.name.isdecimal()]
    except OSError:
        return []
    return sorted(found, key=lambda entry: int(entry.name))[:MAX_PROCESSES]
