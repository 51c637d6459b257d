"""Whether a user is logged in, for a proxy that guards something else with the same login."""

from http import HTTPStatus

from fastapi import APIRouter, Response

from micboard_tui.api.access import LoggedIn

ROUTER = APIRouter(tags=["session"])


@ROUTER.get("/api/v1/session/check", status_code=HTTPStatus.NO_CONTENT)
async def check_session(_: LoggedIn) -> Response:
    """Check a login for a proxy. 204 for a user with that permission.

    401 without a login, 403 for others and for pages of another host.
    For `auth_request` of nginx and `forward_auth` of Caddy. A login is needed on this computer, too.
    """
    return Response(status_code=HTTPStatus.NO_CONTENT)
