"""A loop of several processes, in virtual time, of which each can be frozen as by SIGSTOP."""

import asyncio
import contextvars
from collections import deque
from collections.abc import Callable
from typing import TypeVarTuple, Unpack

from tests.fakes.virtual_time import VirtualTimeLoop

Ts = TypeVarTuple("Ts")
PROCESS: contextvars.ContextVar[str] = contextvars.ContextVar("PROCESS", default="")
"""Tasks belong to the process that this names where they are made."""


class FreezingLoop(VirtualTimeLoop):
    _ready: "deque[asyncio.Handle]"

    def __init__(self) -> None:
        super().__init__()
        self._frozen: dict[str, list[asyncio.Handle]] = {}

    def call_soon(
        self,
        callback: Callable[[Unpack[Ts]], object],
        *args: *Ts,
        context: contextvars.Context | None = None,
    ) -> asyncio.Handle:
        context = contextvars.copy_context() if context is None else context
        waiting = self._frozen.get(context.get(PROCESS, ""))
        if waiting is None:
            return super().call_soon(callback, *args, context=context)
        waiting.append(handle := asyncio.Handle(callback, args, self, context))
        return handle

    def freeze(self, process: str) -> None:
        """Run no step of its tasks, until it is thawed."""
        waiting = self._frozen.setdefault(process, [])
        ready = list(self._ready)
        self._ready.clear()
        for handle in ready:
            is_of_process = handle._context.get(PROCESS, "") == process  # type: ignore[attr-defined]
            (waiting if is_of_process else self._ready).append(handle)

    def thaw(self, process: str) -> None:
        self._ready.extend(self._frozen.pop(process, ()))
