"""Tells systemd that the program is ready, and that it is still alive (``sd_notify(3)``)."""

import contextlib
import os
import socket
from collections.abc import Mapping

import structlog

log = structlog.get_logger(__name__)


class ServiceManager:
    """Who started us and wants to hear of us; outside of systemd that is no one, and nothing is sent."""

    def __init__(self, environment: Mapping[str, str] = os.environ, process: int | None = None) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        own = str(os.getpid() if process is None else process)
        microseconds = environment.get("WATCHDOG_USEC", "")
        is_for_us = environment.get("WATCHDOG_PID", own) == own
        self.watchdog_s = int(microseconds) / 1e6 if microseconds.isdecimal() and is_for_us else None
        """Seconds without a sign of life after which we are killed and started anew; None: never."""

    def tell_ready(self, status: str) -> None:
        """The start is done; ``status`` stands in ``systemctl status``."""
        self._send(f"READY=1\nSTATUS={status}")

    def tell_alive(self) -> None:
        """For the watchdog: more often than every ``watchdog_s``."""
        self._send("WATCHDOG=1")

    def tell_stopping(self) -> None:
        """The end has begun."""
        self._send("STOPPING=1")

    def _send(self, message: str) -> None:
        if not self._address:
            return
        # An address that begins with @ is an abstract one.
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with contextlib.closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as sender:
            sender.setblocking(False)  # noqa: FBT003 - its only argument
            try:
                sender.sendto(message.encode(), address)
            except OSError as error:
                log.warning("service_manager_not_reached", reason=error.strerror)
