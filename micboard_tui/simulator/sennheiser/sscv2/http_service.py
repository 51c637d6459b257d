"""What a simulated device answers over HTTP, and its sessions.

Source: docs/reference/protocols/sennheiser.md 6.1, 6.2.
"""

import asyncio
from collections import deque
from random import Random
from typing import NamedTuple
from uuid import UUID

from aiohttp import hdrs, web

from micboard_tui.protocols.errors import ProtocolError
from micboard_tui.protocols.sscv2.message import Json, News, read_json, read_paths, write_event, write_json
from micboard_tui.protocols.sscv2.path import IDENTITY, SCHEMA, SUBSCRIPTIONS, VERSION, session
from micboard_tui.simulator.device.fault_switchboard import flood_messages
from micboard_tui.simulator.sennheiser.sscv2.authentication import Authenticator
from micboard_tui.simulator.sennheiser.sscv2.client_session import ClientSession
from micboard_tui.simulator.sennheiser.sscv2.resource_tree import (
    BAD,
    NOT_ALLOWED,
    NOT_FOUND,
    NOT_POSSIBLE,
    RefusedError,
    Resources,
)
from micboard_tui.simulator.sennheiser.sscv2.sscv2_faults import Sscv2Faults

MAX_SESSIONS = 4
MAX_LOGGED = 1000
OK, WRONG, LOCKED, CONFLICT = 200, 401, 403, 409
FROZEN_LOOK_S = 0.02


class ReceivedRequest(NamedTuple):
    """One request that came in."""

    method: str
    path: str
    has_secret: bool
    """Whether it had credentials."""


class HttpService:
    """Answers for one device; ``requests`` are those so far, the newest last."""

    def __init__(
        self, resources: Resources, authenticator: Authenticator, faults: Sscv2Faults, dice: Random
    ) -> None:
        self.sessions: dict[str, ClientSession] = {}
        self.requests: deque[ReceivedRequest] = deque(maxlen=MAX_LOGGED)
        self._resources = resources
        self._authenticator = authenticator
        self._faults = faults
        self._dice = dice

    def end_sessions(self) -> None:
        """End all streams."""
        for own in self.sessions.values():
            own.hang_up()
        self.sessions.clear()

    def step(self, seconds: float) -> None:
        """Send all clients what has changed; forget sessions whose stream broke long ago."""
        self._authenticator.step(seconds)
        for own in list(self.sessions.values()):
            if own.is_streaming:
                # First, since it waits for who does not read.
                if (flood := self._flood(seconds)) is not None:
                    own.send_if_read(flood)
                if not self._faults.silent:
                    own.send_changes()
                continue
            own.left_s -= seconds
            if own.left_s <= 0:
                del self.sessions[own.uuid]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """The handler of every path."""
        authorization = request.headers.get(hdrs.AUTHORIZATION)
        self.requests.append(ReceivedRequest(request.method, request.path, authorization is not None))
        while self._faults.freeze:  # noqa: ASYNC110 - a switch that tests set, not an event
            await asyncio.sleep(FROZEN_LOOK_S)
        if request.method == hdrs.METH_GET and request.path in {VERSION, IDENTITY}:
            is_version = request.path == VERSION
            return _json(self._resources.version if is_version else self._resources.read(IDENTITY))
        if (refusal := self._refuse_access(authorization)) is not None:
            return refusal
        if request.path == SUBSCRIPTIONS and request.method == hdrs.METH_GET:
            return await self._stream(request)
        try:
            return await self._resource(request)
        except RefusedError as error:
            return web.Response(status=error.status)
        except ProtocolError:
            return web.Response(status=BAD)

    def _flood(self, seconds: float) -> bytes | None:
        if self._faults.flood_lines:
            return b": nothing\n" * flood_messages(seconds)
        if not self._faults.flood:
            return None
        return write_event(News(((VERSION, self._resources.version),))) * flood_messages(seconds)

    def _refuse_access(self, authorization: str | None) -> web.Response | None:
        if self._faults.locked or self._authenticator.is_locked:
            return web.Response(status=LOCKED)
        if not self._authenticator.admits(authorization):
            return web.Response(status=WRONG, headers={"WWW-Authenticate": 'Basic realm="SSCv2"'})
        return None

    async def _resource(self, request: web.Request) -> web.Response:
        if request.path.startswith(f"{SUBSCRIPTIONS}/"):
            uuid, _, change = request.path.removeprefix(f"{SUBSCRIPTIONS}/").partition("/")
            if uuid not in self.sessions:
                raise RefusedError(NOT_POSSIBLE)
            return await self._session(request, self.sessions[uuid], change)
        if request.method == hdrs.METH_GET and request.path == SCHEMA:
            body = write_json(_describe(self._resources))
            return web.Response(body=body, content_type="application/openapi+json")
        if request.method == hdrs.METH_GET:
            return _json(self._resources.read(request.path))
        if request.method != hdrs.METH_PUT:
            raise RefusedError(NOT_ALLOWED)
        fields = read_json(await request.read())
        if not isinstance(fields, dict):
            raise RefusedError(BAD)
        self._resources.write(request.path, fields)
        return web.Response()

    async def _session(self, request: web.Request, own: ClientSession, change: str) -> web.Response:
        match request.method, change:
            case hdrs.METH_GET, "":
                return _json(list(own.paths))
            case hdrs.METH_DELETE, "":
                own.hang_up()
                del self.sessions[own.uuid]
                return web.Response()
            case hdrs.METH_PUT, "" | "add" | "remove":
                paths = read_paths(await request.read())
                if (refused := self._refused(paths)) is not None:
                    return refused
                if change != "add":
                    own.unsubscribe(paths if change else list(own.paths))
                if change != "remove":
                    own.subscribe(paths)
                return web.Response()
            case _:
                raise RefusedError(NOT_FOUND)

    def _refused(self, paths: list[str]) -> web.Response | None:
        """A single bad path has the whole list refused (docs/reference/protocols/sennheiser.md 6.1)."""
        for path in paths:
            if path == self._faults.bad_path or not self._resources.knows(path):
                return _json({"path": path, "error": NOT_FOUND}, BAD)
            if self._faults.strict and not self._has_value(path):
                return _json({"path": path, "error": NOT_POSSIBLE}, NOT_POSSIBLE)
        return None

    def _has_value(self, path: str) -> bool:
        try:
            self._resources.read(path)
        except RefusedError:
            return False
        return True

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        if self._faults.full or len(self.sessions) >= MAX_SESSIONS:
            return web.Response(status=CONFLICT)
        own = ClientSession(str(UUID(int=self._dice.getrandbits(128))), self._resources)
        own.streams_over(request.transport)
        self.sessions[own.uuid] = own
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Content-Location": session(own.uuid)}
        )
        try:
            await response.prepare(request)
            while (frame := await own.next_frame()) is not None:
                await response.write(frame)
        except ConnectionError:
            # The client closed the connection.
            return response
        finally:
            own.is_streaming = False
        return response


def _describe(resources: Resources) -> Json:
    """Only what there is, not how each of it looks (docs/reference/protocols/sennheiser.md 6.1)."""
    version = resources.version
    schema = version.get("schema") if isinstance(version, dict) else None
    return {
        "openapi": "3.0.3",
        "info": {"title": "SSCv2", "version": schema},
        "paths": {path: {"get": {"responses": {"200": {"description": ""}}}} for path in resources.paths},
    }


def _json(value: Json, status: int = OK) -> web.Response:
    return web.Response(body=write_json(value), status=status, content_type="application/json")
