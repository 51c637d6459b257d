"""The simulated server on the network."""

import asyncio
import logging
import ssl
from collections.abc import Sequence

from aiohttp import web

from micboard_tui.protocols.shure_system_api.messages import Event, Feature, ListedDevice, Value
from micboard_tui.protocols.shure_system_api.paths import Topic
from micboard_tui.simulator.shure.system_api.push_sockets import ACTIVITY_EVERY_S, PushSockets
from micboard_tui.simulator.shure.system_api.rest_api import MAX_BODY, Handler, RestApi
from micboard_tui.simulator.shure.system_api.server_certificate import show_new
from micboard_tui.simulator.shure.system_api.site_devices import Site
from micboard_tui.simulator.shure.system_api.system_api_faults import SystemApiFaults
from micboard_tui.simulator.stage.air import Air

MAX_LATE_S = 60.0
CLOSE_TIMEOUT_S = 0.5
MAX_NOTED = 500
"""Questions that are kept."""

# Handshakes that fail are the client's business: a changed certificate is one of the faults.
_QUIET = logging.getLogger("micboard_tui.simulator.shure.system_api")
_QUIET.addHandler(logging.NullHandler())
_QUIET.propagate = False


class SystemApiServer:
    """Implements ``SimulatedDevice``; connections are tasks of the HTTP server, which end with ``aclose``."""

    lapsed = 0

    def __init__(self, site: Site, airs: Sequence[Air], host: str, api_key: str) -> None:
        self.site = site
        self.faults = SystemApiFaults()
        self.fingerprint = ""
        """SHA-256 of the certificate that it shows, lower-case hex; empty before ``open``."""
        self._airs = tuple(airs)
        self._host = host
        self._rest_api = RestApi(site, self.faults, api_key)
        self.pushing = PushSockets(self._rest_api, self.faults, site.dice)
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._runner: web.AppRunner | None = None
        self._said: dict[Topic, Value] = {}
        self._listed: tuple[ListedDevice, ...] = ()
        self._activity_in_s = ACTIVITY_EVERY_S
        self.asked: list[str] = []
        """The last questions, method and path."""

    @property
    def airs(self) -> Sequence[Air]:
        return self._airs

    @property
    def connections(self) -> int:
        """Clients that are connected, with a WebSocket or without."""
        server = self._runner.server if self._runner is not None else None
        return len(server.connections) if server is not None else 0

    async def open(self, host: str, port: int) -> int:
        """Listen; answers with the port (0 takes any that is free). Raises OSError."""
        self.fingerprint = show_new(self._context, host)
        app = web.Application(
            middlewares=[self._noted, self._rest_api.at_the_door], client_max_size=MAX_BODY, logger=_QUIET
        )
        app.add_routes([*self.pushing.routes(), *self._rest_api.routes()])
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=CLOSE_TIMEOUT_S, logger=_QUIET)
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port, ssl_context=self._context).start()
        except OSError:
            await runner.cleanup()
            raise
        self._runner = runner
        self._said = self._values()
        self._listed = self._rest_api.listed()
        taken: int = runner.addresses[0][1]
        return taken

    async def tick(self, seconds: float) -> None:
        """Let time pass: work the switches, push what has changed, and the activity when it is due."""
        self.site.step(seconds)
        await self._work_switches()
        listed, before = self._rest_api.listed(), self._listed
        self._listed = listed
        for device_id in {device.id for device in {*listed} ^ {*before}}:
            await self.pushing.tell(Event(device_id))
        values, said = self._values(), self._said
        self._said = values
        for topic, value in values.items():
            if topic in said and said[topic] != value:
                await self.pushing.tell(Event(topic.device_id, topic.feature, topic.channel_id, value))
        self._activity_in_s -= seconds
        if self._activity_in_s <= 0:
            self._activity_in_s = ACTIVITY_EVERY_S
            await self.pushing.tell_activity()

    async def aclose(self) -> None:
        """Hang up on everybody and stop listening; nothing is left afterwards."""
        self.pushing.cut()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def _values(self) -> dict[Topic, Value]:
        """All that is told when it changes; activity comes by the clock."""
        return {
            topic: self.site.units[topic.device_id].value(topic)
            for topic in self.site.topics()
            if topic.feature is not Feature.ACTIVITY
        }

    async def _work_switches(self) -> None:
        if self.faults.cut_websockets.take() or self.faults.no_websocket:
            self.pushing.cut()
        if self.faults.change_certificate.take():
            self.fingerprint = show_new(self._context, self._host)
            self.pushing.cut()
            server = self._runner.server if self._runner is not None else None
            for each in list(server.connections) if server is not None else ():
                each.force_close()

    @web.middleware
    async def _noted(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        del self.asked[:-MAX_NOTED]
        self.asked.append(f"{request.method} {request.path}")
        if self.faults.late_s > 0:
            await asyncio.sleep(min(MAX_LATE_S, self.faults.late_s))
        if self.faults.garbage:
            return web.Response(body=b"\xff{[nonsense", content_type="application/json")
        return await handler(request)
