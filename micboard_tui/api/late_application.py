"""An application that answers until the services of the site are found, and then stands before the real one.

Meanwhile each request is answered at once with the error that names what is missing. The process is alive
and not ready: ``/healthz`` is 200 and ``/readyz`` is 503.
"""

from http import HTTPStatus

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from micboard_tui.api.answers import JSON, write_json
from micboard_tui.api.errors import ApiError, write_error
from micboard_tui.api.middleware import HeadAnswers, SecurityHeaders
from micboard_tui.contracts.errors import ErrorInfo

TRY_AGAIN_LATER = 1013


class LateApplication:
    """``missing``: the error of all requests meanwhile."""

    def __init__(self, missing: ErrorInfo) -> None:
        self._missing = missing
        self._current: ASGIApp = HeadAnswers(SecurityHeaders(self._answer))

    def use(self, application: ASGIApp) -> None:
        """It is there now."""
        self._current = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI is called."""
        await self._current(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            # Before it is accepted, so that the browser tries again.
            await send({"type": "websocket.close", "code": TRY_AGAIN_LATER})
            return
        statuses = {
            "/healthz": (HTTPStatus.OK, "ok"),
            "/readyz": (HTTPStatus.SERVICE_UNAVAILABLE, "starting"),
        }
        if (found := statuses.get(scope["path"])) is None:
            await write_error(ApiError(self._missing, HTTPStatus.SERVICE_UNAVAILABLE))(scope, receive, send)
            return
        code, status = found
        await Response(write_json({"status": status}), code, media_type=JSON)(scope, receive, send)
