"""OpenAPI: made once, in a thread of its own, since that takes as long as the sessions may not wait."""

import json
from collections.abc import Callable
from typing import Any

import anyio
import anyio.to_thread

from micboard_tui.api.published_schemas import load_components
from micboard_tui.api.written_body import WrittenDocument


class OpenapiDocument:
    """What the framework makes of the routes, with the published schemas as components."""

    def __init__(self, make: Callable[[], dict[str, Any]]) -> None:
        self._make = make
        self._document: dict[str, Any] | None = None
        self._written: WrittenDocument | None = None
        self._lock = anyio.Lock()

    def __call__(self) -> dict[str, Any]:
        """The document; it takes a second or more the first time."""
        if self._document is None:
            self._document = self._make()
            components = self._document.setdefault("components", {}).setdefault("schemas", {})
            components.update(load_components())
        return self._document

    async def read(self) -> WrittenDocument:
        """The document as it is sent; nothing waits for it but who asks."""
        async with self._lock:
            if self._written is None:
                self._written = await anyio.to_thread.run_sync(self._write)
        return self._written

    def _write(self) -> WrittenDocument:
        return WrittenDocument(json.dumps(self(), ensure_ascii=False, separators=(",", ":")).encode())
