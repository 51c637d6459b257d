"""Whether somebody is logged in, for a proxy that guards something else with the same login."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from micboard_tui.api.access import check_page, check_permission, login_needed, token_of
from micboard_tui.api.context import Context
from micboard_tui.api.rate_limits import Rate
from micboard_tui.domain.user import Permission

ROUTER = APIRouter(tags=["session"])

NeededPermission = Annotated[
    Permission, Query(description="What the user has to be allowed: everything by default.")
]


@ROUTER.get("/api/v1/session/check", status_code=HTTPStatus.NO_CONTENT)
async def check_session(
    request: Request, context: Context, permission: NeededPermission = Permission.CONTROL
) -> Response:
    """204 for a user with that permission, 401 without a login, 403 for others and for pages of another host.

    For `auth_request` of nginx and `forward_auth` of Caddy. A login is needed on this computer, too.
    """
    check_page(request)
    if token_of(request) is None:
        raise login_needed()
    caller = await context.access.find_caller(request)
    check_permission(caller, permission)
    context.access.limiter.check(Rate.READS, caller.key)
    return Response(status_code=HTTPStatus.NO_CONTENT)
