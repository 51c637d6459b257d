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
from micboard_tui.protocols.sscv2.message import Json, read_json, read_paths, write_json
from micboard_tui.protocols.sscv2.path import IDENTITY, SUBSCRIPTIONS, VERSION, session
from micboard_tui.simulator.sennheiser.sscv2.authentication import Guard
from micboard_tui.simulator.sennheiser.sscv2.client_session import Session
from micboard_tui.simulator.sennheiser.sscv2.resource_tree import (
    BAD,
    NOT_ALLOWED,
    NOT_FOUND,
    NOT_POSSIBLE,
    Panel,
    RefusedError,
)
from micboard_tui.simulator.sennheiser.sscv2.sscv2_faults import Sscv2Faults

MAX_SESSIONS = 4
MAX_ASKED = 1000
OK, WRONG, LOCKED, CONFLICT = 200, 401, 403, 409
FROZEN_LOOK_S = 0.02


class Asked(NamedTuple):
    """One question that was heard."""

    method: str
    path: str
    has_secret: bool
    """Whether it said who was asking."""


class Service:
    """Answers for one device; ``asked`` is what it has been asked, the newest last."""

    def __init__(self, panel: Panel, guard: Guard, faults: Sscv2Faults, dice: Random) -> None:
        self.sessions: dict[str, Session] = {}
        self.asked: deque[Asked] = deque(maxlen=MAX_ASKED)
        self._panel = panel
        self._guard = guard
        self._faults = faults
        self._dice = dice

    def end_sessions(self) -> None:
        """Hang up on everybody."""
        for each in self.sessions.values():
            each.hang_up()
        self.sessions.clear()

    def step(self, seconds: float) -> None:
        """Tell all watchers what has changed; forget sessions whose stream broke long ago."""
        self._guard.step(seconds)
        for each in list(self.sessions.values()):
            if each.is_streaming:
                if not self._faults.silent:
                    each.tell()
                continue
            each.left_s -= seconds
            if each.left_s <= 0:
                del self.sessions[each.uuid]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """The handler of every path."""
        authorization = request.headers.get(hdrs.AUTHORIZATION)
        self.asked.append(Asked(request.method, request.path, authorization is not None))
        while self._faults.freeze:  # noqa: ASYNC110 - a switch that tests set, not an event
            await asyncio.sleep(FROZEN_LOOK_S)
        if request.method == hdrs.METH_GET and request.path in {VERSION, IDENTITY}:
            is_version = request.path == VERSION
            return _json(self._panel.version if is_version else self._panel.read(IDENTITY))
        if (shut := self._shut_out(authorization)) is not None:
            return shut
        if request.path == SUBSCRIPTIONS and request.method == hdrs.METH_GET:
            return await self._stream(request)
        try:
            return await self._resource(request)
        except RefusedError as error:
            return web.Response(status=error.status)
        except ProtocolError:
            return web.Response(status=BAD)

    def _shut_out(self, authorization: str | None) -> web.Response | None:
        if self._faults.locked or self._guard.is_locked:
            return web.Response(status=LOCKED)
        if not self._guard.admits(authorization):
            return web.Response(status=WRONG, headers={"WWW-Authenticate": 'Basic realm="SSCv2"'})
        return None

    async def _resource(self, request: web.Request) -> web.Response:
        if request.path.startswith(f"{SUBSCRIPTIONS}/"):
            uuid, _, change = request.path.removeprefix(f"{SUBSCRIPTIONS}/").partition("/")
            if uuid not in self.sessions:
                raise RefusedError(NOT_POSSIBLE)
            return await self._session(request, self.sessions[uuid], change)
        if request.method == hdrs.METH_GET:
            return _json(self._panel.read(request.path))
        if request.method != hdrs.METH_PUT:
            raise RefusedError(NOT_ALLOWED)
        fields = read_json(await request.read())
        if not isinstance(fields, dict):
            raise RefusedError(BAD)
        self._panel.write(request.path, fields)
        return web.Response()

    async def _session(self, request: web.Request, own: Session, change: str) -> web.Response:
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
            if path == self._faults.bad_path or not self._panel.knows(path):
                return _json({"path": path, "error": NOT_FOUND}, BAD)
            if self._faults.strict and not self._has_word(path):
                return _json({"path": path, "error": NOT_POSSIBLE}, NOT_POSSIBLE)
        return None

    def _has_word(self, path: str) -> bool:
        try:
            self._panel.read(path)
        except RefusedError:
            return False
        return True

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        if self._faults.full or len(self.sessions) >= MAX_SESSIONS:
            return web.Response(status=CONFLICT)
        own = Session(str(UUID(int=self._dice.getrandbits(128))), self._panel)
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
            # The client went without a goodbye.
            return response
        finally:
            own.is_streaming = False
        return response


def _json(value: Json, status: int = OK) -> web.Response:
    return web.Response(body=write_json(value), status=status, content_type="application/json")
