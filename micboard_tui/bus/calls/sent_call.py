"""One call where it was sent from: what has come of it so far, and waiting for more.

Handlers note what came and wake the one who waits, so that nothing is decided in them.
"""

from collections.abc import Callable

import anyio
import structlog

from micboard_tui.bus.calls.call_frames import FrameKind, unpack_frame
from micboard_tui.bus.calls.remote_method import RemoteMethod
from micboard_tui.bus.connection import Message
from micboard_tui.bus.wire.value_codec import WireError

log = structlog.get_logger(__name__)


class SentCall:
    def __init__(
        self,
        method: RemoteMethod,
        subject: str,
        user: str,
        inbox: str,
        report: Callable[[object], None] | None,
    ) -> None:
        self.method, self.subject, self.user, self.inbox = method, subject, user, inbox
        self.answer: bytes | None = None
        """As the codec of the method reads it; None: it has not come."""
        self.fault: str | None = None
        """Why a frame cannot be read; None: all could be."""
        self.taken_by: str | None = None
        """The program that took it and waits for the order to begin; None: none did."""
        self.is_heard = False
        """Whether anything came of it."""
        self.has_no_responders = self.is_denied = self.is_cut = False
        self.heard_at = anyio.current_time()
        """When the last frame came, or it was sent."""
        self._report = report
        self._news = anyio.Event()

    async def take(self, message: Message) -> None:
        """A message to the inbox."""
        if message.has_no_responders:
            self.has_no_responders = True
        else:
            self.heard_at, self.is_heard = anyio.current_time(), True
            try:
                self._take_frame(message.payload)
            except WireError as error:
                self.fault = str(error)
        self._news.set()

    def deny(self) -> None:
        """The server did not let us publish it."""
        self.is_denied = True
        self._news.set()

    def cut(self) -> None:
        """The connection was lost."""
        self.is_cut = True
        self._news.set()

    def wake(self) -> None:
        """Something else happened that the one who waits looks at."""
        self._news.set()

    async def wait_for_news(self, until: float) -> bool:
        """Wait until something came, or was noticed; False: nothing, until then."""
        with anyio.move_on_at(until):
            await self._news.wait()
        is_new = self._news.is_set()
        self._news = anyio.Event()
        return is_new

    def _take_frame(self, payload: bytes) -> None:
        frame = unpack_frame(payload)
        if frame.kind is FrameKind.ANSWER:
            self.answer = frame.content
        elif frame.kind is FrameKind.TAKEN and self.taken_by is None:
            self.taken_by = frame.content.decode(errors="replace")
        elif frame.kind is FrameKind.PROGRESS and self._report is not None:
            self._report(self.method.progress_codec.decode(frame.content))
