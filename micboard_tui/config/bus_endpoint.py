"""Where the bus of this user's ``serve`` is, for their other programs on this computer.

``serve`` writes a file, and holds a lock as long as it runs, however it ends. So a file that was left behind
is recognized: its lock is free.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from micboard_tui.config.atomic_files import write_new
from micboard_tui.config.paths import Paths
from micboard_tui.config.small_files import read_small
from micboard_tui.config.start_error import not_written

PRIVATE = 0o600


@dataclass(frozen=True, slots=True)
class BusEndpoint:
    """How a program on this computer attaches."""

    url: str
    """``nats://host:port``, or ``tls://host:port``."""
    site: str
    key_file: Path
    """Holds the secret half of the key that lets us in; for this user only."""
    certificate: Path | None = None
    """What the server shows, for it alone is trusted; None: it is reached without TLS."""
    pid: int = field(default_factory=os.getpid)
    """The process of ``serve``."""


@contextmanager
def published_endpoint(paths: Paths, endpoint: BusEndpoint) -> Iterator[None]:
    """Let other programs find it. Raises ConfigError: DISK_FULL, DIRECTORY_NOT_WRITABLE."""
    values = {
        "url": endpoint.url,
        "site": endpoint.site,
        "key_file": str(endpoint.key_file),
        "certificate": None if endpoint.certificate is None else str(endpoint.certificate),
        "pid": endpoint.pid,
    }
    try:
        lock = os.open(_lock_file(paths), os.O_RDWR | os.O_CREAT, PRIVATE)
    except OSError as error:
        raise not_written(f"{_lock_file(paths)} cannot be opened", error) from error
    try:
        # Only a program that looks at this moment holds it, too, and not for long.
        fcntl.flock(lock, fcntl.LOCK_EX)
        paths.bus_endpoint_file.unlink(missing_ok=True)
        write_new(paths.bus_endpoint_file, json.dumps(values), force=True)
        yield
    finally:
        with suppress(OSError):
            paths.bus_endpoint_file.unlink(missing_ok=True)
        os.close(lock)


def find_endpoint(paths: Paths) -> BusEndpoint | None:
    """The bus of a ``serve`` that runs on this data; None: there is none."""
    if not _is_held(_lock_file(paths)):
        return None
    try:
        return _read(json.loads(read_small(paths.bus_endpoint_file)))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _read(values: dict[str, Any]) -> BusEndpoint:
    certificate = values["certificate"]
    return BusEndpoint(
        str(values["url"]),
        str(values["site"]),
        Path(values["key_file"]),
        None if certificate is None else Path(certificate),
        int(values["pid"]),
    )


def _is_held(file: Path) -> bool:
    try:
        lock = os.open(file, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        # A file system without locks: nothing is known.
        return False
    finally:
        os.close(lock)
    return False


def _lock_file(paths: Paths) -> Path:
    return paths.bus_endpoint_file.with_suffix(".lock")
