"""One simulated SSCv2 device on the network: its server, its certificate and its faults."""

import ssl
from collections.abc import Sequence
from random import Random

from aiohttp import web

from micboard_tui.simulator.sennheiser.sscv2.authentication import PASSWORD, Guard
from micboard_tui.simulator.sennheiser.sscv2.device_certificate import serve_with
from micboard_tui.simulator.sennheiser.sscv2.http_service import Asked, Service
from micboard_tui.simulator.sennheiser.sscv2.resource_tree import Panel
from micboard_tui.simulator.sennheiser.sscv2.sscv2_faults import Sscv2Faults
from micboard_tui.simulator.stage.air import Air

BACKLOG = 64
MAX_REQUEST_BYTES = 64 * 1024
MAX_CONNECTIONS = 64
"""Whoever comes on top is hung up on."""
KEEP_ALIVE_S = 15.0
SHUTDOWN_S = 0.5


class Sscv2Device:
    """Implements ``SimulatedDevice``."""

    lapsed = 0

    def __init__(self, panel: Panel, name: str, dice: Random) -> None:
        self.panel = panel
        self.faults = Sscv2Faults()
        self.guard = Guard(panel.user, PASSWORD)
        self._service = Service(panel, self.guard, self.faults, dice)
        self._name = name
        self._seed = str(dice.getrandbits(64))
        self._certificates = 0
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.fingerprint = self._new_certificate()
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None
        self._at = ("", 0)
        self._down_s = 0.0

    @property
    def airs(self) -> Sequence[Air]:
        return self.panel.airs

    @property
    def asked(self) -> Sequence[Asked]:
        """What it has been asked, the newest last."""
        return self._service.asked

    @property
    def sessions(self) -> int:
        """How many count, those included whose stream broke."""
        return len(self._service.sessions)

    @property
    def connections(self) -> int:
        return sum(each.is_streaming for each in self._service.sessions.values())

    async def open(self, host: str, port: int) -> int:
        app = web.Application(client_max_size=MAX_REQUEST_BYTES)
        app.router.add_route("*", "/{path:.*}", self._service.answer)
        self._runner = web.AppRunner(
            app,
            access_log=None,
            handler_cancellation=True,
            shutdown_timeout=SHUTDOWN_S,
            keepalive_timeout=KEEP_ALIVE_S,
        )
        await self._runner.setup()
        self._at = (host, port)
        try:
            await self._listen()
        except OSError:
            await self.aclose()
            raise
        address: tuple[str, int] = self._runner.addresses[0]
        self._at = (host, address[1])
        return address[1]

    async def tick(self, seconds: float) -> None:
        await self._work_switches(seconds)
        if self._runner is not None:
            self._drop_connections(self._runner, MAX_CONNECTIONS)
        self._service.step(seconds)

    async def aclose(self) -> None:
        self._service.end_sessions()
        runner, self._runner, self._site = self._runner, None, None
        if runner is not None:
            self._drop_connections(runner)
            await runner.cleanup()

    async def _work_switches(self, seconds: float) -> None:
        faults = self.faults
        password = PASSWORD if faults.password is None else faults.password
        if self.guard.password != password:
            self.guard.password = password
            self._service.end_sessions()
        if faults.cut.take():
            for each in self._service.sessions.values():
                each.cut()
        if faults.forget_sessions.take():
            self._service.sessions.clear()
        if faults.change_certificate.take():
            self.fingerprint = self._new_certificate()
            self._hang_up()
        if (down_s := faults.reboot.take()) is not None:
            self._down_s = down_s
            self._hang_up()
        await self._open_or_close(seconds)

    async def _open_or_close(self, seconds: float) -> None:
        self._down_s = max(0.0, self._down_s - seconds)
        is_open = self._down_s == 0.0 and not self.faults.refuse
        if is_open and self._site is None:
            await self._listen()
        elif not is_open and self._site is not None:
            site, self._site = self._site, None
            await site.stop()

    async def _listen(self) -> None:
        if self._runner is not None:
            host, port = self._at
            site = web.TCPSite(self._runner, host, port, ssl_context=self._context, backlog=BACKLOG)
            await site.start()
            self._site = site

    def _hang_up(self) -> None:
        self._service.end_sessions()
        if self._runner is not None:
            self._drop_connections(self._runner)

    @staticmethod
    def _drop_connections(runner: web.AppRunner, keeping: int = 0) -> None:
        """Without a word, as when the power goes."""
        if runner.server is not None:
            for each in runner.server.connections[keeping:]:
                if each.transport is not None:
                    each.transport.abort()

    def _new_certificate(self) -> str:
        self._certificates += 1
        return serve_with(self._context, self._name, f"{self._seed} {self._certificates}")
