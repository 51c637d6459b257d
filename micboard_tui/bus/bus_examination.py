"""Connects once to the bus that is set, and asks its server what it is. Implements ``BusExamination``.

It comes in the name that the attachment is for: a user of the board, or a program of the fleet with its key.
"""

from collections.abc import Callable

import anyio
import anyio.to_thread

from micboard_tui.bus.connection import BusError
from micboard_tui.bus.nats_library import load_library
from micboard_tui.bus.wire.subjects import Subjects
from micboard_tui.config.attachment import Attachment
from micboard_tui.contracts.doctor_facts import BusFacts
from micboard_tui.contracts.errors import ErrorCode, ErrorInfo, MicboardError

NAME = "doctor"


class NatsExamination:
    def __init__(self, attachment: Attachment | None, steady: Callable[[], float]) -> None:
        """``attachment``: None: no bus is set."""
        self._attachment, self._steady = attachment, steady

    async def examine(self) -> BusFacts | None:
        attachment = self._attachment
        if attachment is None:
            return None
        await anyio.to_thread.run_sync(load_library)
        from micboard_tui.bus.attached_connection import attach_to  # noqa: PLC0415 - loads the library

        began = self._steady()
        try:
            connection = await attach_to(attachment, Subjects(attachment.site), NAME, self._steady)
        except MicboardError as error:
            return BusFacts(attachment.url, error.info)
        round_trip_s = self._steady() - began
        try:
            facts = await connection.ask_server()
        except BusError as error:
            return BusFacts(attachment.url, ErrorInfo(ErrorCode.BUS_LOST, str(error)))
        finally:
            with anyio.CancelScope(shield=True):
                await connection.close()
        return BusFacts(attachment.url, None, facts.version, attachment.has_tls, round_trip_s)
