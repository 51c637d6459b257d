"""What Prometheus scrapes."""

from fastapi import APIRouter, Request, Response
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, choose_encoder
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST

from micboard_tui.api.accepted_encoding import takes_gzip
from micboard_tui.api.access import Scraper
from micboard_tui.api.context import Context
from micboard_tui.api.device_filters import find_locations
from micboard_tui.api.metrics.scrapes import ScrapeFormat
from micboard_tui.api.parameters import LocationFilter
from micboard_tui.api.published_schemas import NO_SUCH

ROUTER = APIRouter(tags=["metrics"])
_TEXT = {"schema": {"type": "string"}}
_TEXTS = {"text/plain": _TEXT, "application/openmetrics-text": _TEXT}


@ROUTER.get(
    "/metrics",
    # Of no type: the description of errors, which are JSON here, too, would else be text.
    response_class=Response,
    responses={200: {"description": "Successful Response", "content": _TEXTS}, **NO_SUCH},
    summary="All values for Prometheus",
)
async def get_metrics(
    request: Request, context: Context, _: Scraper, location: LocationFilter = None
) -> Response:
    """All values for Prometheus, a second old at most: docs/reference/metrics.md.

    What is unknown, past or overdue has no series. With `location`, devices and alarms of it alone.
    """
    _encode, content_type = choose_encoder(request.headers.get("accept", ""))
    is_openmetrics = content_type.startswith("application/openmetrics-text")
    is_compressed = takes_gzip(request.headers)
    body = await context.scrapes.read(
        find_locations(context.services.live, location), ScrapeFormat(is_openmetrics, is_compressed)
    )
    headers = {
        "Content-Type": CONTENT_TYPE_LATEST if is_openmetrics else CONTENT_TYPE_PLAIN_0_0_4,
        "Cache-Control": "no-cache",
        "Vary": "Accept, Accept-Encoding, Authorization, Cookie",
    }
    if is_compressed:
        headers["Content-Encoding"] = "gzip"
    return Response(body, headers=headers)
