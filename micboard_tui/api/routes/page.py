"""The page for a tablet or phone: files that load nothing from elsewhere and hold nothing of the rig.

Whoever reaches the address may read them; what they show comes by the API, which asks who is there.
"""

import gzip
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Literal, NamedTuple

from fastapi import APIRouter, Request, Response

from micboard_tui.api.answers import GZIP_FROM_BYTES, etag_of, has_tag
from micboard_tui.api.page_texts import write_page_texts

FILES = Path(__file__).parent.parent / "page"
INDEX, TEXTS = "index.html", "texts.js"
TYPES: Mapping[str, str] = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}
FileName = Literal[
    "awake.js",
    "board.js",
    "clock.js",
    "connection.js",
    "detail.js",
    "icon.png",
    "icon.svg",
    "lines.js",
    "manifest.webmanifest",
    "memory.js",
    "page.css",
    "page.js",
    "rig.js",
    "session.js",
    "texts.js",
]

ROUTER = APIRouter(include_in_schema=False)


class PageFile(NamedTuple):
    """A file as it is sent."""

    body: bytes
    compressed: bytes
    etag: str
    media_type: str


@ROUTER.get("/")
async def get_page(request: Request) -> Response:
    """The page itself."""
    return _answer(request, INDEX)


@ROUTER.get("/page/{name}")
async def get_file(request: Request, name: FileName) -> Response:
    """One of its files."""
    return _answer(request, name)


@cache
def read_file(name: str) -> PageFile:
    """Read once: the files of a release do not change while it runs."""
    body = write_page_texts() if name == TEXTS else (FILES / name).read_bytes()
    return PageFile(body, gzip.compress(body, mtime=0), etag_of(body), TYPES[Path(name).suffix])


def _answer(request: Request, name: str) -> Response:
    file = read_file(name)
    # Asked for each time, so that after an update no half of the page is old; mostly answered with 304.
    headers = {"ETag": file.etag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    if has_tag(request.headers.get("if-none-match"), file.etag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    body = file.body
    if len(body) >= GZIP_FROM_BYTES and "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        body = file.compressed
    return Response(body, headers=headers, media_type=file.media_type)
