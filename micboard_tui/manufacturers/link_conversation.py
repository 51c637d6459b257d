"""A conversation over one link, and how a driver opens sessions and probes over links.

``LinkConversation`` is the ``Listener`` of its link: the link calls ``data_received`` and at last
``link_lost``, the session sends and waits inside ``hold``. A link that is lost cancels what runs inside
``hold``, which then raises the error of the link. ``LinkSessions`` connects anew for each session and
remembers between them only whether the device ever spoke (``Contact``), since that tells a device that
refuses controllers from one that is gone.
"""

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from enum import Enum, auto
from typing import Protocol, TypeAlias

import anyio

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import Report
from micboard_tui.manufacturers.session_driver import DeviceSession
from micboard_tui.manufacturers.session_timing import Clock
from micboard_tui.manufacturers.transport.link import Dial, Link


class LinkConversation(ABC):
    """Implements ``Listener``."""

    def __init__(self, clock: Clock, pace_s: float) -> None:
        """``pace_s``: at least between two sends, since devices drop what comes too fast."""
        self._clock = clock
        self._pace_s = pace_s
        self._turn = anyio.Lock()
        self._link: Link | None = None
        self._next_send_at = 0.0
        self._lost: DeviceError | None = None
        self._scope: anyio.CancelScope | None = None
        self.messages = 0
        """So many were understood."""
        self.heard_at = clock()

    @abstractmethod
    def data_received(self, data: bytes) -> None:
        """Take what arrived. Must not wait and must not raise."""

    def link_lost(self, error: DeviceError) -> None:
        self._lost = error
        if self._scope is not None:
            self._scope.cancel()

    @asynccontextmanager
    async def hold(self, link: Link) -> AsyncGenerator[None]:
        """Send over ``link`` within this context. Raises DeviceError when the link is lost."""
        self._link = link
        if self._lost is None:
            with anyio.CancelScope() as self._scope:
                yield
        if self._lost is not None:
            raise self._lost

    @property
    def is_lost(self) -> bool:
        """Whether what is sent no longer arrives."""
        return self._lost is not None

    @property
    def is_linked(self) -> bool:
        """Whether a link was opened and the peer has not ended it."""
        return self._link is not None and self._lost is None

    @property
    def silence_s(self) -> float:
        """Since the last message."""
        return self._clock() - self.heard_at

    def now(self) -> float:
        return self._clock()

    async def _send_paced(self, data: bytes) -> None:
        """Only while holding ``_turn``."""
        wait_s = self._next_send_at - self._clock()
        if wait_s > 0:
            await anyio.sleep(wait_s)
        self._next_send_at = self._clock() + self._pace_s
        if self._link is None:
            raise DeviceError(
                ErrorCode.DEVICE_UNREACHABLE, "There is no connection", hint="Wait until it is back"
            )
        self._link.send(data)


class Contact(Enum):
    """Whether a device was ever heard."""

    NEVER = auto()
    BEFORE = auto()
    """In an earlier session of this driver, and not in this one."""
    NOW = auto()


Explain: TypeAlias = Callable[[DeviceError, Contact], DeviceError]
"""What an error of the link means for this kind of device."""


class LinkSession(DeviceSession, Protocol):
    """A session that is a conversation over a link."""

    @property
    def conversation(self) -> LinkConversation: ...


def keep_error(error: DeviceError, _: Contact) -> DeviceError:
    """An ``Explain`` that has nothing to add."""
    return error


class LinkSessions:
    """Opens the sessions of one driver."""

    def __init__(
        self, dial: Dial, start: Callable[[Report], LinkSession], explain: Explain = keep_error
    ) -> None:
        """``start`` makes a session whose link is not open yet."""
        self._dial = dial
        self._start = start
        self._explain = explain
        self._has_spoken = False

    @asynccontextmanager
    async def connect(self, report: Report) -> AsyncGenerator[DeviceSession]:
        """Implements ``Connect``."""
        session = self._start(report)
        conversation = session.conversation
        try:
            async with self._dial(conversation) as link, conversation.hold(link):
                yield session
        except DeviceError as error:
            explained = self._explain(error, self._contact(conversation))
            if explained is error:
                raise
            raise explained from error
        finally:
            self._has_spoken = self._has_spoken or conversation.messages > 0

    def _contact(self, conversation: LinkConversation) -> Contact:
        if conversation.messages:
            return Contact.NOW
        return Contact.BEFORE if self._has_spoken else Contact.NEVER


async def probe_link(
    dial: Dial, conversation: LinkConversation, ask: Callable[[], Awaitable[None]], timeout_s: float
) -> bool:
    """Connect and ask within ``timeout_s``. False when nothing was understood, or the link was lost."""
    try:
        with anyio.move_on_after(timeout_s):
            async with dial(conversation) as link, conversation.hold(link):
                await ask()
    except DeviceError:
        return False
    return conversation.messages > 0
