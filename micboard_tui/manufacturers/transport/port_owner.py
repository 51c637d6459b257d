"""Which program has a UDP port of this computer, where the system names it to this user."""

from collections.abc import Iterator
from contextlib import suppress
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
        if any(link in sockets for link in _list_links(process / "fd")):
            with suppress(OSError):
                name = (process / "comm").read_text(encoding="utf-8", errors="replace").strip()
                return f"{name}, process {process.name}"
    return ""


def _list_links(directory: Path) -> Iterator[str]:
    """What the open files of a process are; none where it has ended, or belongs to another user."""
    with suppress(OSError):
        for entry in directory.iterdir():
            # It may be closed meanwhile, as the one that lists them is.
            with suppress(OSError):
                yield str(entry.readlink())


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
