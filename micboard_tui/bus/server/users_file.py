"""Who may come in at a NATS server that another program starts: a file that its configuration includes.

The hub writes it anew whenever users change in the database, and has the server read it by a signal.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from micboard_tui.bus.server.server_configuration import ServerUser, authorization_text
from micboard_tui.bus.server.site_users import UserList, server_users
from micboard_tui.bus.wire.subjects import Subjects
from micboard_tui.config.atomic_files import write_new
from micboard_tui.config.small_files import read_small
from micboard_tui.config.start_error import ConfigError

LOOK_S = 1.0
RELOAD = "nats-server --signal reload"
MAX_FILE = 4 * 1024 * 1024

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class UsersFileOptions:
    file: Path
    pid_file: Path | None
    """None: the server is not told, and a person has to do it."""
    fixed: Sequence[ServerUser]
    """Who comes in besides the users."""
    subjects: Subjects


class UsersFile:
    def __init__(self, options: UsersFileOptions, users: UserList, tell: Callable[[str], None]) -> None:
        """``tell`` gets what a person has to know or to do."""
        self._options, self._users, self._tell = options, users, tell
        self._fault = ""
        self._is_unread = False
        """The file was written, and the server has not been told."""

    async def follow(self) -> None:
        """Until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        """Let in who has a key now, with the rights that they have now. A failure is told once."""
        answer = await self._users.list_users()
        if not answer.success:
            log.debug("bus_users_unknown", reason=answer.error.message)
            return
        options = self._options
        text = authorization_text(server_users(options.fixed, answer.data, options.subjects))
        try:
            if await asyncio.to_thread(_write_changed, options.file, text):
                self._is_unread = True
            if self._is_unread:
                self._reload()
        except ConfigError as error:
            self._report(f"Who may attach could not be changed: {error}. {error.hint}")
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            self._report(
                f"{options.file} was written, and the NATS server could not be told ({reason}). Have it read"
                f" its configuration anew: {RELOAD}"
            )

    def _reload(self) -> None:
        """Raises OSError, ValueError."""
        # A server on Windows takes no signal.
        if (pid_file := self._options.pid_file) is None or sys.platform == "win32":
            self._is_unread, self._fault = False, ""
            self._tell(
                f"Who may attach has changed. Have the NATS server read {self._options.file}: {RELOAD}"
            )
            return
        os.kill(_read_pid(pid_file), signal.SIGHUP)
        self._is_unread, self._fault = False, ""
        log.info("bus_users_written", file=str(self._options.file))

    def _report(self, fault: str) -> None:
        # Once, however often it is tried.
        if fault != self._fault:
            self._fault = fault
            self._tell(fault)


def _read_pid(file: Path) -> int:
    pid = int(read_small(file, 100))
    if pid <= 1:
        raise ValueError(f"{file} has no process number")
    return pid


def _write_changed(file: Path, text: str) -> bool:
    """Whether it had to be written. Raises ConfigError."""
    try:
        if read_small(file, MAX_FILE) == text.encode():
            return False
    except (OSError, ValueError):
        pass
    write_new(file, text, force=True)
    return True
