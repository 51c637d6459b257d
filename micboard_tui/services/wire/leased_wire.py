"""Lets drivers send only while the device is ours. Implements ``Wire``.

A process that was frozen, or lost its lease, must not say another word to a device that another process may
have by now. So every send is asked about, at the moment at which it happens. The first one that may not be
ends the connection, which ends the session; and where none is tried the connection is cut when the session
ends, without a goodbye.
"""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.wire import Dial, HttpLog, HttpPlay, Link, Listener, Wire


def not_held_error(address: str) -> DeviceError:
    """For what would have been sent to a device that is not ours."""
    return DeviceError(
        ErrorCode.DEVICE_NOT_HELD,
        f"{address} is not held by this collector, so nothing is sent to it",
        hint="Another collector of its zone has it, or takes it within seconds; try again then",
    )


class LeasedWire:
    """Of one device."""

    def __init__(self, wire: Wire, may_send: Callable[[], bool]) -> None:
        """``wire``: what comes between beside."""
        self._wire, self._may_send = wire, may_send

    def dial(self, host: str, port: int, dial: Dial) -> Dial:
        inner, address = self._wire.dial(host, port, dial), f"{host}:{port}"

        def dial_leased(listener: Listener) -> AbstractAsyncContextManager[Link]:
            return self._dial(address, listener, inner)

        return dial_leased

    def record_http(self, host: str, port: int) -> AbstractContextManager[HttpLog] | None:
        return self._wire.record_http(host, port)

    def play_http(self, host: str, port: int) -> AbstractAsyncContextManager[HttpPlay] | None:
        return self._wire.play_http(host, port)

    def check_http(self, host: str, port: int) -> None:
        if not self._may_send():
            raise not_held_error(f"{host}:{port}")

    @asynccontextmanager
    async def _dial(self, address: str, listener: Listener, dial: Dial) -> AsyncGenerator[Link]:
        if not self._may_send():
            raise not_held_error(address)
        async with dial(listener) as link:
            try:
                yield _LeasedLink(link, listener, self._may_send, address)
            finally:
                if not self._may_send():
                    link.cut()


class _LeasedLink:
    def __init__(self, link: Link, listener: Listener, may_send: Callable[[], bool], address: str) -> None:
        self._link, self._listener, self._may_send = link, listener, may_send
        self._address, self._is_cut = address, False

    def send(self, data: bytes) -> None:
        if self._is_cut:
            return
        if self._may_send():
            self._link.send(data)
        else:
            self.cut()
            self._listener.link_lost(not_held_error(self._address))

    def cut(self) -> None:
        self._is_cut = True
        self._link.cut()
