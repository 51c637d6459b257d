"""The application over scripted devices on a socket of its own, in a thread: a browser asks from outside."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from tests.api.conftest import make_rig, serve_rig
from tests.tui.scripted_rig import ScriptedRig

LIMIT_S = 20.0


def leave_as_it_is(_: FastAPI) -> None:
    """What a test of the real routes does with them."""


class RunningApplication:
    """``prepare`` may change the application before it is served."""

    def __init__(self, prepare: Callable[[FastAPI], object] = leave_as_it_is) -> None:
        self.url = ""
        self.rig: ScriptedRig = make_rig()
        self._prepare = prepare
        self._started = threading.Event()
        self._loop: asyncio.AbstractEventLoop
        self._stopping: asyncio.Event

    def call(self, function: Callable[..., object], *arguments: object) -> None:
        """Have the thread call it soon."""
        self._loop.call_soon_threadsafe(function, *arguments)

    @contextmanager
    def running(self) -> Iterator[None]:
        thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="served application")
        thread.start()
        try:
            assert self._started.wait(LIMIT_S)
            yield
        finally:
            self.call(self._stopping.set)
            thread.join(LIMIT_S)

    async def _serve(self) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        async with serve_rig(self.rig, clock=time.monotonic, is_changed=True) as served:
            self._prepare(served.application)
            config = uvicorn.Config(served.application, log_config=None, ws="wsproto", lifespan="off")
            server = uvicorn.Server(config)
            serving = asyncio.create_task(server.serve([listener]))
            self._started.set()
            await self._stopping.wait()
            server.should_exit = server.force_exit = True
            await serving
