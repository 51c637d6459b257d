"""From host names to addresses, so that a name server that hangs holds up nothing but names.

An address is never looked up: it is parsed at once, in the caller's task. Names are looked up by a few
threads that do nothing else, so that neither the database nor another device waits for them. They are
daemons: the C library cannot be interrupted, and leaving the program waits for none of them. A lookup whose
caller has given up is skipped when its turn comes. Remembered between calls are the threads and the queue
of lookups.
"""

import asyncio
import queue
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, TypeAlias

import anyio

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.manufacturers.transport.link import resolution_error

THREADS = 4
"""As many names can hang at once before others wait for them."""
MAX_WAITING = 256
"""Lookups that wait for a thread; while so many do, further names count as not answered."""
NAME_TIMEOUT_S = 3.0

Address: TypeAlias = tuple[int, int, int, str, Any]
"""Family, kind, protocol, canonical name and socket address, as ``socket.getaddrinfo`` gives them."""
Addresses: TypeAlias = Sequence[Address]
Lookup: TypeAlias = Callable[[str, int, int], Addresses]


@dataclass(frozen=True, slots=True)
class _Question:
    host: str
    port: int
    kind: int
    answer: asyncio.Future[Addresses]


class NameResolver:
    """Looks names up in a few threads of its own."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._questions: queue.Queue[_Question] = queue.Queue(MAX_WAITING)
        self._threads = 0

    async def find_addresses(
        self, host: str, port: int, kind: int, timeout_s: float = NAME_TIMEOUT_S
    ) -> Addresses:
        """The addresses of a host, at least one.

        Raises DeviceError HOST_NOT_RESOLVED, NAME_SERVICE_SILENT.
        """
        try:
            if is_literal(host):
                return socket.getaddrinfo(host, port, type=kind, flags=socket.AI_NUMERICHOST)
            with anyio.fail_after(min(timeout_s, NAME_TIMEOUT_S)):
                found = await self._ask(host, port, kind)
        except TimeoutError as error:
            raise silence_error(host) from error
        except (OSError, UnicodeError) as error:
            # A name with a label that is too long is not even asked for.
            raise resolution_error(host) from error
        if not found:
            raise resolution_error(host)
        return found

    async def _ask(self, host: str, port: int, kind: int) -> Addresses:
        if self._threads < THREADS:
            self._threads += 1
            threading.Thread(target=self._answer_questions, name="names", daemon=True).start()
        answer: asyncio.Future[Addresses] = asyncio.get_running_loop().create_future()
        try:
            self._questions.put_nowait(_Question(host, port, kind, answer))
        except queue.Full:
            raise TimeoutError from None
        return await answer

    def _answer_questions(self) -> None:
        while True:
            question = self._questions.get()
            if question.answer.cancelled():
                continue
            try:
                found: Addresses | Exception = self._lookup(question.host, question.port, question.kind)
            except (OSError, ValueError) as error:  # Raised in the caller's task; the thread goes on.
                found = error
            # The event loop may be closed meanwhile; then nothing waits for the answer.
            with suppress(RuntimeError):
                question.answer.get_loop().call_soon_threadsafe(_settle, question.answer, found)


def is_literal(host: str) -> bool:
    """Whether ``host`` is an address and no name."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def silence_error(host: str) -> DeviceError:
    return DeviceError(
        ErrorCode.NAME_SERVICE_SILENT,
        f"The name service does not answer for {host}",
        hint="Register the device by the address from its network menu, or check the network's name server",
    )


def _look_up(host: str, port: int, kind: int) -> Addresses:
    return socket.getaddrinfo(host, port, type=kind)


def _settle(answer: asyncio.Future[Addresses], found: Addresses | Exception) -> None:
    if answer.done():
        return
    if isinstance(found, Exception):
        answer.set_exception(found)
    else:
        answer.set_result(found)


NAMES = NameResolver(_look_up)
"""For the whole program: the threads are few, however many devices have names."""


async def resolve(host: str) -> None:
    """Ask the name service about a host. Raises DeviceError HOST_NOT_RESOLVED, NAME_SERVICE_SILENT."""
    await NAMES.find_addresses(host, 0, socket.SOCK_STREAM)


async def addresses_of(host: str) -> Sequence[str]:
    """The addresses that the name service knows of a host; none when it does not."""
    try:
        found = await NAMES.find_addresses(host, 0, socket.SOCK_STREAM)
    except DeviceError:
        return ()
    return [str(address[0]) for *_, address in found]
