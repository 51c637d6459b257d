"""The simulated server on the network: implements ``Equipment``."""

import asyncio
import logging
import ssl
from collections.abc import Sequence

from aiohttp import web

from micboard_tui.protocols.shure_system_api.messages import Event, Feature, ListedDevice, Value
from micboard_tui.protocols.shure_system_api.paths import Topic
from micboard_tui.simulator.rack.equipment import Order
from micboard_tui.simulator.shure.system_api.builder import stock
from micboard_tui.simulator.shure.system_api.faults import Faults
from micboard_tui.simulator.shure.system_api.models import API_KEY
from micboard_tui.simulator.shure.system_api.push_sockets import ACTIVITY_EVERY_S, Pushing
from micboard_tui.simulator.shure.system_api.rest_api import MAX_BODY, Desk, Handler
from micboard_tui.simulator.shure.system_api.server_certificate import show_new
from micboard_tui.simulator.shure.system_api.site_devices import Rack
from micboard_tui.simulator.stage.air import Air

MAX_LATE_S = 60.0
CLOSE_TIMEOUT_S = 0.5

# Handshakes that fail are the client's business: a changed certificate is one of the faults.
_QUIET = logging.getLogger("micboard_tui.simulator.shure.system_api")
_QUIET.addHandler(logging.NullHandler())
_QUIET.propagate = False


def build(order: Order) -> "SystemApiStation":
    rack, airs = stock(order)
    return SystemApiStation(rack, airs, order.host)


class SystemApiStation:
    """Moved by ``tick``; its connections are tasks of the HTTP server, which end with ``aclose``."""

    def __init__(self, rack: Rack, airs: Sequence[Air], host: str, api_key: str = API_KEY) -> None:
        self.rack = rack
        self.faults = Faults()
        self.fingerprint = ""
        """SHA-256 of the certificate that it shows, lower-case hex; empty before ``open``."""
        self._airs = tuple(airs)
        self._host = host
        self._desk = Desk(rack, self.faults, api_key)
        self.pushing = Pushing(self._desk, self.faults, rack.dice)
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
            middlewares=[self._noted, self._desk.at_the_door], client_max_size=MAX_BODY, logger=_QUIET
        )
        app.add_routes([*self.pushing.routes(), *self._desk.routes()])
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=CLOSE_TIMEOUT_S, logger=_QUIET)
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port, ssl_context=self._context).start()
        except OSError:
            await runner.cleanup()
            raise
        self._runner = runner
        self._said = self._values()
        self._listed = self._desk.listed()
        taken: int = runner.addresses[0][1]
        return taken

    async def tick(self, seconds: float) -> None:
        """Let time pass: work the switches, push what has changed, and the activity when it is due."""
        self.rack.step(seconds)
        await self._work_switches()
        listed, before = self._desk.listed(), self._listed
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
            topic: self.rack.units[topic.device_id].value(topic)
            for topic in self.rack.topics()
            if topic.feature is not Feature.ACTIVITY
        }

    async def _work_switches(self) -> None:
        if self.faults.take_cut():
            self.pushing.cut()
        if self.faults.take_certificate():
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


MAX_NOTED = 500
