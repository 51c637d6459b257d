"""Connects once to the bus that is set, and asks what it is. Implements ``BusExamination``.

The server says what it is, and the signs of life of the site what its clock shows. It comes in the name that
the attachment is for: a user of the board, or a program of the fleet with its key.
"""

from collections.abc import Callable

import anyio
import anyio.to_thread

from micboard_tui.bus.connection import BusError, Connection, Message
from micboard_tui.bus.nats_library import load_library
from micboard_tui.bus.wire.sign_of_life import HUB, RACK, SILENT_AFTER_S, SignOfLife, decode_sign
from micboard_tui.bus.wire.subjects import Subjects
from micboard_tui.bus.wire.value_codec import WireError
from micboard_tui.config.attachment import Attachment
from micboard_tui.contracts.doctor_facts import BusFacts
from micboard_tui.contracts.errors import ErrorCode, ErrorInfo, MicboardError

NAME = "doctor"


class NatsExamination:
    def __init__(
        self, attachment: Attachment | None, steady: Callable[[], float], wall: Callable[[], float]
    ) -> None:
        """``attachment``: None: no bus is set. ``wall``: the clock of this computer."""
        self._attachment, self._steady, self._wall = attachment, steady, wall

    async def examine(self) -> BusFacts | None:
        attachment = self._attachment
        if attachment is None:
            return None
        await anyio.to_thread.run_sync(load_library)
        from micboard_tui.bus.attached_connection import attach_to  # noqa: PLC0415 - loads the library

        began, subjects = self._steady(), Subjects(attachment.site)
        try:
            connection = await attach_to(attachment, subjects, NAME, self._steady)
        except MicboardError as error:
            return BusFacts(attachment.url, error.info)
        round_trip_s = self._steady() - began
        try:
            facts = await connection.ask_server()
            heard = await self.hear_clock(connection, subjects)
        except BusError as error:
            return BusFacts(attachment.url, ErrorInfo(ErrorCode.BUS_LOST, str(error)))
        finally:
            with anyio.CancelScope(shield=True):
                await connection.close()
        return BusFacts(attachment.url, None, facts.version, attachment.has_tls, round_trip_s, *heard)

    async def hear_clock(self, connection: Connection, subjects: Subjects) -> tuple[str, float | None]:
        """Which computer has the clock of the site, and how far it is ahead of ours; None: no sign came.

        It is that of the hub, or of the only program. Raises BusError.
        """
        heard: list[tuple[str, float]] = []
        has_come = anyio.Event()

        async def take(message: Message) -> None:
            try:
                sign: SignOfLife = decode_sign(message.payload)
            except WireError:
                return
            if sign.role in (HUB, RACK):
                heard.append((sign.host, sign.now - self._wall()))
                has_come.set()

        signs = await connection.subscribe(subjects.signs_of_life, take)
        with anyio.move_on_after(SILENT_AFTER_S):
            await has_come.wait()
        await signs.end()
        return heard[-1] if heard else ("", None)
