"""The simulated server on the network.

``open`` starts the HTTP server and remembers all values as pushed. Each ``tick`` lets the site's time pass,
works the switches, and compares the list of devices and all values with what was pushed last: what is
different goes to the WebSockets that subscribed to it. Activity is pushed by the clock instead, changed or
not.
"""

import asyncio
import logging
from collections.abc import Sequence
from http import HTTPStatus

from aiohttp import web

from micboard_tui.protocols.shure_system_api.messages import Event, Feature, ListedDevice, Value
from micboard_tui.protocols.shure_system_api.paths import Topic
from micboard_tui.simulator.device.fault_switchboard import flood_messages
from micboard_tui.simulator.device.self_signed_certificate import SelfSignedCertificate
from micboard_tui.simulator.shure.system_api.push_sockets import PushSockets
from micboard_tui.simulator.shure.system_api.rest_api import MAX_BODY, Handler, RestApi
from micboard_tui.simulator.shure.system_api.site_devices import Site
from micboard_tui.simulator.shure.system_api.system_api_faults import SystemApiFaults
from micboard_tui.simulator.stage.air import Air

CERTIFICATE_NAME = "Shure System API (simulated)"
MAX_CONNECTIONS = 64
MAX_LATE_S = 60.0
ACTIVITY_EVERY_S = 5.0
CLOSE_TIMEOUT_S = 0.5
MAX_LOGGED = 500
"""Requests that are kept."""

# Handshakes that fail are the client's business: a changed certificate is one of the faults.
_QUIET = logging.getLogger("micboard_tui.simulator.shure.system_api")
_QUIET.addHandler(logging.NullHandler())
_QUIET.propagate = False


class SystemApiServer:
    """Implements ``SimulatedDevice``; connections are tasks of the HTTP server, which end with ``aclose``."""

    lapsed = 0
    mac = None

    def __init__(self, site: Site, airs: Sequence[Air], host: str, api_key: str) -> None:
        self.site = site
        self.faults = SystemApiFaults()
        self._airs = tuple(airs)
        self._rest_api = RestApi(site, self.faults, api_key)
        self.push_sockets = PushSockets(self._rest_api, self.faults, site.dice)
        self.certificate = SelfSignedCertificate(CERTIFICATE_NAME, host)
        self._runner: web.AppRunner | None = None
        self._pushed_values: dict[Topic, Value] = {}
        self._pushed_devices: tuple[ListedDevice, ...] = ()
        self._activity_in_s = ACTIVITY_EVERY_S
        self._packs_in_use = False
        self.requests: list[str] = []
        """The last ones, method and path."""

    @property
    def fingerprint(self) -> str:
        return self.certificate.fingerprint

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
        app = web.Application(
            middlewares=[self._log_request, self._rest_api.check_request],
            client_max_size=MAX_BODY,
            logger=_QUIET,
        )
        app.add_routes([*self.push_sockets.routes(), *self._rest_api.routes()])
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=CLOSE_TIMEOUT_S, logger=_QUIET)
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port, ssl_context=self.certificate.context).start()
        except OSError:
            await runner.cleanup()
            raise
        self._runner = runner
        self._pushed_values = self._values()
        self._pushed_devices = self._rest_api.listed_devices()
        taken: int = runner.addresses[0][1]
        return taken

    async def tick(self, seconds: float) -> None:
        """Let time pass: work the switches, push what has changed, and the activity when it is due."""
        self.site.step(seconds)
        self._drop_connections()
        await self._work_switches()
        devices, pushed_devices = self._rest_api.listed_devices(), self._pushed_devices
        self._pushed_devices = devices
        for device_id in {device.id for device in {*devices} ^ {*pushed_devices}}:
            await self.push_sockets.push(Event(device_id))
        values, pushed = self._values(), self._pushed_values
        self._pushed_values = values
        for topic, value in values.items():
            if topic in pushed and pushed[topic] != value:
                await self.push_sockets.push(Event(topic.device_id, topic.feature, topic.channel_id, value))
        self._activity_in_s -= seconds
        if self._activity_in_s <= 0:
            self._activity_in_s = ACTIVITY_EVERY_S
            await self.push_sockets.push_activity()
        if self.faults.flood:
            self.push_sockets.flood(flood_messages(seconds))

    async def aclose(self) -> None:
        """Disconnect all clients and stop listening; nothing is left afterwards."""
        self.push_sockets.cut()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def _values(self) -> dict[Topic, Value]:
        """All that is pushed when it changes; activity comes by the clock."""
        return {
            topic: self.site.units[topic.device_id].value(topic)
            for topic in self.site.topics()
            if topic.feature is not Feature.ACTIVITY
        }

    async def _work_switches(self) -> None:
        if self.faults.cut_websockets.take() or self.faults.no_websocket:
            self.push_sockets.cut()
        self.site.set_clipping(clips=self.faults.clips)
        if self.faults.packs_in_use is not self._packs_in_use:
            self._packs_in_use = self.faults.packs_in_use
            self.site.move_packs(in_use=self._packs_in_use)
        if self.faults.change_certificate.take():
            self.certificate.renew()
            self.push_sockets.cut()
            server = self._runner.server if self._runner is not None else None
            for connection in list(server.connections) if server is not None else ():
                connection.force_close()

    def _drop_connections(self) -> None:
        """Break those that are too many, the newest."""
        server = self._runner.server if self._runner is not None else None
        for connection in server.connections[MAX_CONNECTIONS:] if server is not None else ():
            if connection.transport is not None:
                connection.transport.abort()

    @web.middleware
    async def _log_request(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        del self.requests[:-MAX_LOGGED]
        self.requests.append(f"{request.method} {request.path}")
        if self.faults.late_s > 0:
            await asyncio.sleep(min(MAX_LATE_S, self.faults.late_s))
        if self.faults.garbage:
            return web.Response(body=b"\xff{[nonsense", content_type="application/json")
        if self.faults.redirects:
            return web.Response(status=HTTPStatus.FOUND, headers={"Location": "/welcome"})
        return await handler(request)
