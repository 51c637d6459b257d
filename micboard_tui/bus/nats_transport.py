"""The TCP connection below the client of NATS, which ends also when TLS did not come about.

When the handshake has failed, nothing tells the writer below it that the connection has ended, for which the
client of the library then waits for ever: it would never connect again.
"""

import anyio
from nats.aio.transport import TcpTransport

END_LIMIT_S = 1.0


class EndingTransport(TcpTransport):
    """Given to a client before it connects."""

    def __bool__(self) -> bool:
        """A client makes one of its own in the place of what is false, as it is before it connects."""
        return True

    async def wait_closed(self) -> None:
        with anyio.move_on_after(END_LIMIT_S):
            await super().wait_closed()  # type: ignore[no-untyped-call] # of the library

    def close(self) -> None:
        super().close()  # type: ignore[no-untyped-call] # of the library
        if self._bare_io_writer is not None:
            self._bare_io_writer.close()
