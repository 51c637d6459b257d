"""OpenAPI, and Swagger UI from files of ours: no request leaves this host."""

from pathlib import Path
from typing import Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse

from micboard_tui.api.answers import answer_written
from micboard_tui.api.openapi_document import OpenapiDocument

FILES = Path(__file__).parent.parent / "swagger"
# Swagger UI sets styles and shows pictures that stand in its own files.
POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"

ROUTER = APIRouter(prefix="/api", include_in_schema=False)


@ROUTER.get("/schema/")
async def get_schema(request: Request) -> Response:
    """OpenAPI."""
    document: OpenapiDocument = request.app.openapi
    return await answer_written(request, await document.read())


@ROUTER.get("/docs/")
async def get_documentation() -> Response:
    """The page that shows OpenAPI and tries it."""
    return FileResponse(FILES / "index.html", headers={"Content-Security-Policy": POLICY})


@ROUTER.get("/docs/files/{name}")
async def get_file(name: Literal["swagger-ui-bundle.js", "swagger-ui.css", "start.js"]) -> Response:
    """One of its files."""
    return FileResponse(FILES / name, headers={"Cache-Control": "max-age=86400"})
