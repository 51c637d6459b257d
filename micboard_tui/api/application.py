"""The application: routes, errors, security headers and OpenAPI. It opens no socket; `server` does."""

import re
from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from micboard_tui import __version__
from micboard_tui.api.addresses import read_networks
from micboard_tui.api.context import ApiContext
from micboard_tui.api.crash_answers import CrashAnswers
from micboard_tui.api.errors import answer_error, answer_http_error, answer_invalid
from micboard_tui.api.known_parameters import refuse_unknown_parameters
from micboard_tui.api.micboard.micboard_routes import make_router
from micboard_tui.api.middleware import HeadAnswers, SecurityHeaders
from micboard_tui.api.models.errors import ErrorAnswer
from micboard_tui.api.openapi_document import OpenapiDocument
from micboard_tui.api.proxied_clients import ProxiedClients
from micboard_tui.api.request_body import RequestBodies
from micboard_tui.api.routes import ROUTERS
from micboard_tui.contracts.errors import MicboardError

DESCRIPTION = """\
Receivers of wireless microphones, their channels, batteries, RF and audio, as they are now; who wears what;
alarms and shows.

Unknown is `null`, never 0. Moments are RFC 3339 in UTC. Every answer has `schema`; a property may be added to
it, none is taken away or gets another meaning. Errors: `{"error": {"code", "message", "hint", "details"}}`.

What changes something is a step or an event of its user. A POST with an `Idempotency-Key` is carried out once
in ten minutes, however often it comes; `If-Match` changes a record only as it was read. Commands to devices
need `/api/v1/control/arm` first.

Programs send a token as `Authorization: Bearer mb_…`; `micboard-tui users token NAME` makes one.
"""
_REFUSALS: dict[int | str, dict[str, Any]] = {
    401: {"model": ErrorAnswer, "description": "No login, or one that ended"},
    403: {"model": ErrorAnswer, "description": "The user may not do that"},
    422: {"model": ErrorAnswer, "description": "A value is not possible"},
    429: {"model": ErrorAnswer, "description": "Asked too often; `Retry-After` says when to come again"},
    503: {"model": ErrorAnswer, "description": "The database does not answer"},
}


def build_application(context: ApiContext) -> FastAPI:
    """The application over the services of ``context``."""
    application = FastAPI(
        title="micboard-tui",
        version=__version__,
        description=DESCRIPTION,
        # The framework would make it while all else waits; its pages load their scripts from another host.
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        responses=_REFUSALS,
    )
    application.state.context = context
    application.add_exception_handler(MicboardError, answer_error)
    application.add_exception_handler(RequestValidationError, answer_invalid)
    application.add_exception_handler(HTTPException, answer_http_error)
    # Each stands around those before.
    application.add_middleware(CrashAnswers)
    application.add_middleware(RequestBodies)
    application.add_middleware(HeadAnswers)
    application.add_middleware(SecurityHeaders)
    if proxies := read_networks(context.options.proxies):
        application.add_middleware(ProxiedClients, proxies=proxies)
    for router in ROUTERS:
        _summarize_routes(router)
        application.include_router(router, dependencies=[Depends(refuse_unknown_parameters)])
    if context.options.with_micboard:
        application.include_router(make_router(context))
    application.openapi = OpenapiDocument(application.openapi)  # type: ignore[method-assign] # the way that FastAPI documents
    _prepare_routes(application)
    return application


def _summarize_routes(router: APIRouter) -> None:
    """A route without a summary is summarized by its first sentence, not by the name of its function."""
    for route in router.routes:
        if isinstance(route, APIRoute) and route.summary is None:
            route.summary = re.split(r"[.:;]\s", f"{route.description} ", maxsplit=1)[0]


def _prepare_routes(application: FastAPI) -> None:
    """Have the framework prepare its routes now: the first request would keep the loop for half a second."""
    scope = {"type": "http", "method": "GET", "path": "/", "root_path": "", "headers": []}
    for route in application.routes:
        route.matches(scope)
