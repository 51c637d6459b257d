"""Where the bus of this user's ``serve`` is, for their other programs on this computer.

``serve`` writes a file, and holds a lock as long as it runs, however it ends. So a file that was left behind
is recognized: its lock is free. Each process of a fleet on this data writes one of its own, by its role.
"""

import json
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from micboard_tui.config.atomic_files import write_new
from micboard_tui.config.file_locks import try_lock
from micboard_tui.config.fleet_settings import Role
from micboard_tui.config.paths import Paths
from micboard_tui.config.small_files import read_small
from micboard_tui.config.start_error import not_written

PRIVATE = 0o600
RACK = ""
"""The process that is all there is on this data; those of a fleet are named by their roles."""
_PROCESSES: Sequence[str] = (RACK, *Role)
_LOOKERS_S, _TRY_AGAIN_S = 0.5, 0.01
"""Who looks whether a file is believed holds its lock, and not for so long."""


@dataclass(frozen=True, slots=True)
class BusEndpoint:
    """How a program on this computer attaches."""

    url: str
    """``nats://host:port``, or ``tls://host:port``."""
    site: str
    key_file: Path | None
    """Holds the secret half of the key that lets us in, for this user only; None: no key is asked for."""
    certificate: Path | None = None
    """What the server shows, for it alone is trusted; None: see ``ca``."""
    ca: Path | None = None
    """What signed its certificate; None: the usual ones, where it is reached by TLS."""
    pid: int = field(default_factory=os.getpid)
    """The process of ``serve``."""


@contextmanager
def published_endpoint(paths: Paths, endpoint: BusEndpoint, process: str = RACK) -> Iterator[None]:
    """Let other programs find it. Raises ConfigError: DISK_FULL, DIRECTORY_NOT_WRITABLE.

    ``process``: ``RACK``, or the role of this process. Where another with the same one is found already, it
    stays that one.
    """
    values = {
        "url": endpoint.url,
        "site": endpoint.site,
        "key_file": _text(endpoint.key_file),
        "certificate": _text(endpoint.certificate),
        "ca": _text(endpoint.ca),
        "pid": endpoint.pid,
    }
    file = _endpoint_file(paths, process)
    try:
        lock = os.open(file.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, PRIVATE)
    except OSError as error:
        raise not_written(f"{file.with_suffix('.lock')} cannot be opened", error) from error
    try:
        if not _acquire(lock):
            yield
            return
        file.unlink(missing_ok=True)
        write_new(file, json.dumps(values), force=True)
        try:
            yield
        finally:
            with suppress(OSError):
                file.unlink(missing_ok=True)
    finally:
        os.close(lock)


def find_endpoint(paths: Paths) -> BusEndpoint | None:
    """The bus of a ``serve`` that runs on this data; None: there is none."""
    for process in _PROCESSES:
        file = _endpoint_file(paths, process)
        if _is_held(file.with_suffix(".lock")):
            with suppress(OSError, ValueError, KeyError, TypeError):
                return _read(json.loads(read_small(file)))
    return None


def _acquire(lock: int) -> bool:
    """Whether the lock is ours; another process may have it to its end."""
    until = time.monotonic() + _LOOKERS_S
    while not try_lock(lock, shared=False):
        if time.monotonic() > until:
            return False
        time.sleep(_TRY_AGAIN_S)
    return True


def _path(text: str | None) -> Path | None:
    return None if text is None else Path(text)


def _text(path: Path | None) -> str | None:
    """As other programs find it, wherever they are started."""
    return None if path is None else str(path.absolute())


def _read(values: dict[str, Any]) -> BusEndpoint:
    return BusEndpoint(
        str(values["url"]),
        str(values["site"]),
        _path(values["key_file"]),
        _path(values["certificate"]),
        _path(values["ca"]),
        int(values["pid"]),
    )


def _is_held(file: Path) -> bool:
    try:
        lock = os.open(file, os.O_RDONLY)
    except OSError:
        return False
    try:
        return not try_lock(lock, shared=True)
    except OSError:
        # A file system without locks: nothing is known.
        return False
    finally:
        os.close(lock)


def _endpoint_file(paths: Paths, process: str) -> Path:
    file = paths.bus_endpoint_file
    return file.with_stem(f"{file.stem}-{process}") if process else file
