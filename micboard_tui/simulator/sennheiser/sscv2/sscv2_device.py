"""One simulated SSCv2 device on the network: its server, its certificate and its faults.

The server runs from ``open`` to ``aclose``; its listening site comes and goes with reboots and refusals,
which each ``tick`` looks after. Connections are those of the HTTP server; sessions are the device's own and
outlive them.
"""

from collections.abc import Sequence
from random import Random

from aiohttp import web

from micboard_tui.simulator.device.self_signed_certificate import SelfSignedCertificate
from micboard_tui.simulator.sennheiser.sscv2.authentication import PASSWORD, Authenticator
from micboard_tui.simulator.sennheiser.sscv2.http_service import HttpService, ReceivedRequest
from micboard_tui.simulator.sennheiser.sscv2.resource_tree import Resources
from micboard_tui.simulator.sennheiser.sscv2.sscv2_faults import Sscv2Faults
from micboard_tui.simulator.stage.air import Air

BACKLOG = 64
MAX_REQUEST_BYTES = 64 * 1024
MAX_CONNECTIONS = 64
"""More are hung up on."""
KEEP_ALIVE_S = 15.0
SHUTDOWN_S = 0.5


class Sscv2Device:
    """Implements ``SimulatedDevice``."""

    lapsed = 0
    mac = None

    def __init__(self, resources: Resources, name: str, dice: Random) -> None:
        self.resources = resources
        self.faults = Sscv2Faults()
        self.authenticator = Authenticator(resources.user, PASSWORD)
        self._service = HttpService(resources, self.authenticator, self.faults, dice)
        self._certificate = SelfSignedCertificate(name, str(dice.getrandbits(64)))
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None
        self._at = ("", 0)
        self._down_s = 0.0

    @property
    def fingerprint(self) -> str:
        return self._certificate.fingerprint

    @property
    def airs(self) -> Sequence[Air]:
        return self.resources.airs

    @property
    def requests(self) -> Sequence[ReceivedRequest]:
        """The requests so far, the newest last."""
        return self._service.requests

    @property
    def sessions(self) -> int:
        """How many count, those included whose stream broke."""
        return len(self._service.sessions)

    @property
    def connections(self) -> int:
        return sum(session.is_streaming for session in self._service.sessions.values())

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
        self.resources.warns = faults.warns
        password = PASSWORD if faults.password is None else faults.password
        if self.authenticator.password != password:
            self.authenticator.password = password
            self._service.end_sessions()
        if faults.cut.take():
            for session in self._service.sessions.values():
                session.cut()
        if faults.forget_sessions.take():
            self._service.sessions.clear()
        if faults.change_certificate.take():
            self._certificate.renew()
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
            site = web.TCPSite(
                self._runner, host, port, ssl_context=self._certificate.context, backlog=BACKLOG
            )
            await site.start()
            self._site = site

    def _hang_up(self) -> None:
        self._service.end_sessions()
        if self._runner is not None:
            self._drop_connections(self._runner)

    @staticmethod
    def _drop_connections(runner: web.AppRunner, keeping: int = 0) -> None:
        """Break them, as when the power goes."""
        if runner.server is not None:
            for connection in runner.server.connections[keeping:]:
                if connection.transport is not None:
                    connection.transport.abort()
