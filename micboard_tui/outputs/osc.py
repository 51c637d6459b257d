"""Open Sound Control: each notice is one UDP message ``/micboard/alarm``, for show control and consoles.

Its arguments: kind, priority (1 is now), cause, mic number, name, place, title, cure; all but the priority
are texts, empty where nothing is known. UDP has no answer: whether it arrived is not known.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

from micboard_tui.config.output_addresses import split_address
from micboard_tui.contracts.alarm_outputs import AlarmNotice, OutputError, SendNotice

PATH = "/micboard/alarm"
NOT_INSTALLED = "python-osc is not installed: pip install 'micboard-tui[osc]'"


class OscOutput:
    """Implements ``AlarmOutput``."""

    name = "osc"

    def __init__(self, address: str) -> None:
        self._host, self._port = split_address(address)

    @asynccontextmanager
    async def open(self, standing: Sequence[AlarmNotice]) -> AsyncGenerator[SendNotice]:
        del standing  # Nothing of it is kept at the other end.
        try:
            from pythonosc.osc_message_builder import OscMessageBuilder  # noqa: PLC0415 - an extra
        except ImportError as error:
            raise OutputError(NOT_INSTALLED) from error
        loop = asyncio.get_running_loop()
        try:
            transport, _ = await loop.create_datagram_endpoint(
                asyncio.DatagramProtocol, remote_addr=(self._host, self._port)
            )
        except OSError as error:
            raise OutputError(f"{self._host} has no address: {error}") from error

        async def send(notice: AlarmNotice) -> None:
            alarm, text = notice.alarm, notice.text
            message = OscMessageBuilder(PATH)
            for argument in (
                notice.kind.value,
                int(alarm.priority),
                alarm.key.cause.value,
                text.number,
                text.name,
                text.place,
                text.title,
                text.cure,
            ):
                message.add_arg(argument)
            transport.sendto(message.build().dgram)

        try:
            yield send
        finally:
            transport.close()
