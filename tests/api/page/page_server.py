"""The application with live updates, logins and acknowledgements that a test scripts."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from fastapi import APIRouter, FastAPI, Request, WebSocket, WebSocketDisconnect
from fastapi.responses import JSONResponse

from tests.api.page.page_documents import Document, ago, snapshot
from tests.api.page.running_application import RunningApplication

PASSWORD = "correct horse"  # noqa: S105 - of a test
ALIVE_EVERY_S = 1.0
END_MESSAGE: Document = {"type": "end"}
END = json.dumps(END_MESSAGE)


class PageServer:
    """What it does from now on is set by its attributes; ``send`` reaches every page that is open."""

    def __init__(self) -> None:
        self.reset()
        self._sockets: dict[WebSocket, asyncio.Queue[str]] = {}
        self._application = RunningApplication(self._script)

    @property
    def url(self) -> str:
        return self._application.url

    def reset(self) -> None:
        """As before the first test."""
        self.snapshot = snapshot([])
        self.user: Mapping[str, str] | None = None
        self.lock: Mapping[str, str] | None = None
        self.permission = "write"
        self.may_watch = True
        self.is_silent = False
        self.received: list[Document] = []
        self.acknowledged: list[Document] = []
        self.connected = 0

    def send(self, message: Document) -> None:
        """Send it to every page."""
        text = json.dumps(message)
        for queue in list(self._sockets.values()):
            self._application.call(queue.put_nowait, text)

    def speak_again(self) -> None:
        """End all connections, and be silent no more."""
        self.is_silent = False
        self.send(END_MESSAGE)

    @contextmanager
    def running(self) -> Iterator["PageServer"]:
        with self._application.running():
            yield self

    def _script(self, application: FastAPI) -> None:
        scripted = FastAPI()
        scripted.include_router(self._router())
        # What is scripted goes before the routes of the same address.
        application.router.routes[:0] = scripted.router.routes

    def _router(self) -> APIRouter:
        router = APIRouter()
        router.add_api_websocket_route("/api/v1/live", self._live)
        router.add_api_route("/api/v1/session", self._session, methods=["GET"])
        router.add_api_route("/api/v1/lock", self._find_lock, methods=["GET"])
        router.add_api_route("/api/v1/session", self._log_in, methods=["POST"])
        router.add_api_route("/api/v1/session", self._log_out, methods=["DELETE"])
        router.add_api_route("/api/v1/alarms/ack", self._acknowledge, methods=["POST"])
        router.add_api_route("/api/v1/channels/{device_id}/{number}/spares", self._spares, methods=["GET"])
        return router

    async def _find_lock(self) -> Document:
        return {"schema": 1, "lock": self.lock}

    async def _live(self, websocket: WebSocket) -> None:
        await websocket.accept()
        self.connected += 1
        if self.user is None and not self.may_watch:
            await websocket.close(4401, "This needs a login")
            return
        queue: asyncio.Queue[str] = asyncio.Queue()
        self._sockets[websocket] = queue
        reading = asyncio.create_task(self._read(websocket))
        try:
            if not self.is_silent:
                hello = {"type": "hello", "schema": 1, "program": "2026.11.0", "fps": 2, "user": self.user}
                await websocket.send_text(json.dumps(hello))
                await websocket.send_text(json.dumps(self.snapshot))
            while not reading.done():
                await self._send_next(websocket, queue)
        except WebSocketDisconnect:
            pass
        finally:
            del self._sockets[websocket]
            reading.cancel()

    async def _send_next(self, websocket: WebSocket, queue: asyncio.Queue[str]) -> None:
        text = json.dumps({"type": "alive", "at": ago(0)})
        with suppress(TimeoutError):
            text = await asyncio.wait_for(queue.get(), ALIVE_EVERY_S)
        if text == END:
            await websocket.close()
            raise WebSocketDisconnect
        if not self.is_silent:
            await websocket.send_text(text)

    async def _read(self, websocket: WebSocket) -> None:
        with suppress(WebSocketDisconnect):
            while True:
                message = json.loads(await websocket.receive_text())
                self.received.append(message)
                if message["type"] == "snapshot":
                    self._sockets[websocket].put_nowait(json.dumps(self.snapshot))

    async def _session(self) -> Mapping[str, Any]:
        return {"user": self.user, "may_watch": self.user is not None or self.may_watch}

    async def _log_in(self, request: Request) -> JSONResponse:
        body = await request.json()
        if body["password"] != PASSWORD:
            return refuse(401, "LOGIN_REFUSED", "The name or the password is not right", "Try again")
        self.user = {"name": body["name"], "permission": self.permission}
        return JSONResponse({"user": self.user, "may_watch": True})

    async def _log_out(self) -> Mapping[str, Any]:
        self.user = None
        return {"user": None, "may_watch": self.may_watch}

    async def _acknowledge(self, request: Request) -> JSONResponse:
        if self.user is None:
            return refuse(401, "LOGIN_REFUSED", "This needs a login", "Log in")
        self.acknowledged += (await request.json())["alarms"]
        return JSONResponse({"alarms": []})

    async def _spares(self) -> Mapping[str, Any]:
        return {"spares": [{"name": "Spare 1", "is_ready": True, "reasons": ["live", "battery 6:45"]}]}


def refuse(status: int, code: str, message: str, hint: str) -> JSONResponse:
    error = {"code": code, "message": message, "hint": hint, "details": {}}
    return JSONResponse({"error": error}, status)
