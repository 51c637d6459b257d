"""An HTTP request of ours, and the text of it that people are shown. Pure."""

from typing import NamedTuple

import httpx


class Request(NamedTuple):
    method: str
    path: str
    json: object = None
    """The body; None: there is none."""

    def describe(self) -> str:
        """Method, path and body, as httpx encodes them: ``PUT /api/channel/0 {"mute":true}``."""
        request = httpx.Request(self.method, f"https://device{self.path}", json=self.json)
        head = f"{self.method} {request.url.raw_path.decode()}"
        body = request.content.decode() if self.json is not None else ""
        return f"{head} {body}".rstrip()
