"""The page for a tablet or phone: files that load nothing from elsewhere and hold nothing of the rig.

Every client that reaches the address may read them; what they show comes by the API, with a
login where one is needed.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from fastapi import APIRouter, Request, Response

from micboard_tui.api.answers import answer_written
from micboard_tui.api.page_texts import write_page_texts
from micboard_tui.api.written_body import WrittenDocument

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
    "connection.js",
    "detail.js",
    "dom.js",
    "icon.png",
    "icon.svg",
    "lines.js",
    "manifest.webmanifest",
    "page.css",
    "page.js",
    "rig.js",
    "session.js",
    "texts.js",
]

ROUTER = APIRouter(include_in_schema=False)


@ROUTER.get("/")
async def get_page(request: Request) -> Response:
    """The page itself."""
    return await _answer(request, INDEX)


@ROUTER.get("/page/{name}")
async def get_file(request: Request, name: FileName) -> Response:
    """One of its files."""
    return await _answer(request, name)


@cache
def read_file(name: str) -> WrittenDocument:
    """Read once: the files of a release do not change while it runs."""
    return WrittenDocument(write_page_texts() if name == TEXTS else (FILES / name).read_bytes())


async def _answer(request: Request, name: str) -> Response:
    # Asked for each time, so that after an update no half of the page is old; mostly answered with 304.
    media_type = TYPES[Path(name).suffix]
    return await answer_written(request, read_file(name), media_type=media_type, vary="Accept-Encoding")
