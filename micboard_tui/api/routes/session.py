"""The login of a browser, and whether its user may give commands to devices now."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from micboard_tui.api.access import MAX_TOKEN, SESSION_COOKIE, Caller, Requires, address_of, check_origin
from micboard_tui.api.answers import write_json
from micboard_tui.api.changed_answers import refusals
from micboard_tui.api.context import ApiContext, Context
from micboard_tui.api.errors import ApiError, data_of
from micboard_tui.api.models.session_models import ArmRequest, LoginRequest, SessionAnswer
from micboard_tui.api.rate_limits import Rate
from micboard_tui.api.recent_logins import NOT_CHECKED
from micboard_tui.contracts.documents.timestamp import format_timestamp
from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.contracts.users import SESSION_LIFETIME_S
from micboard_tui.domain.safe_text import fold_name
from micboard_tui.domain.user import Permission

ROUTER = APIRouter(prefix="/api/v1", tags=["session"])

Armer = Annotated[Caller, Depends(Requires(Permission.CONTROL, Rate.WRITES))]
"""Who may control; no device is asked, so that it does not count as a command."""


@ROUTER.get("/session", response_model=SessionAnswer)
async def get_session(request: Request, context: Context) -> Response:
    """Who is logged in, by the session of the page or by a token; and whether watching needs a login."""
    caller = await _find_user(request, context)
    response = await _answer(request, context, caller)
    if caller is None and SESSION_COOKIE in request.cookies:
        # It ended, and would be refused where none is needed.
        _remove_cookie(request, context, response)
    return response


@ROUTER.post("/session", response_model=SessionAnswer, responses=refusals())
async def log_in(request: Request, context: Context, body: LoginRequest) -> Response:
    """Log in with a password: the session is in a cookie. A session that this browser had before ends."""
    check_origin(request)
    limiter, users = context.access.limiter, context.services.users
    limiter.check(Rate.LOGINS, f"address {address_of(request)}")
    limiter.check(Rate.LOGINS, f"name {fold_name(body.name)}")
    session = data_of(await users.log_in(body.name, body.password))
    await _end_session(request, context)
    login = data_of(await users.check_token(session.text))
    response = await _answer(request, context, Caller(login.user.name, login.user.permission, login.token.id))
    response.set_cookie(
        SESSION_COOKIE,
        session.text,
        max_age=int(SESSION_LIFETIME_S),
        secure=_is_secure(request, context),
        httponly=True,
        samesite="strict",
    )
    return response


@ROUTER.delete("/session", response_model=SessionAnswer)
async def log_out(request: Request, context: Context) -> Response:
    """End the session of this browser. Control is armed for its user no more."""
    check_origin(request)
    await _end_session(request, context)
    response = await _answer(request, context, None)
    _remove_cookie(request, context, response)
    return response


@ROUTER.post("/control/arm", response_model=SessionAnswer, responses=refusals())
async def arm_control(request: Request, context: Context, caller: Armer, body: ArmRequest) -> Response:
    """Arm control. This user may send commands to devices for so many minutes from now on."""
    data_of(await context.services.users.arm_control(body.minutes, actor=caller.name))
    return await _answer(request, context, caller)


@ROUTER.post("/control/disarm", response_model=SessionAnswer, responses=refusals())
async def disarm_control(request: Request, context: Context, caller: Armer) -> Response:
    """Disarm control. This user may send no commands until control is armed again."""
    data_of(await context.services.users.disarm_control(actor=caller.name))
    return await _answer(request, context, caller)


async def _find_user(request: Request, context: ApiContext) -> Caller | None:
    """Who is logged in; None: no user is. Raises ApiError LOGIN_REFUSED for a token that is not known."""
    has_header = "authorization" in request.headers
    if not has_header and SESSION_COOKIE not in request.cookies:
        return None
    try:
        return await context.access.find_caller(request)
    except ApiError as error:
        if has_header or error.code is not ErrorCode.LOGIN_REFUSED:
            raise
        return None


async def _end_session(request: Request, context: ApiContext) -> None:
    """End the session in the cookie, where there is one. Raises ApiError where that cannot be stored."""
    if (cookie := request.cookies.get(SESSION_COOKIE)) is None:
        return
    context.access.limiter.check(Rate.TOKENS, address_of(request))
    data_of(await context.services.users.log_out(cookie[:MAX_TOKEN]))


async def _answer(request: Request, context: ApiContext, caller: Caller | None) -> Response:
    end = None if caller is None else await _find_armed_end(context, caller)
    document = {
        "user": None if caller is None else {"name": caller.name, "permission": caller.permission.value},
        "may_watch": caller is not None or context.access.may_watch_without_login(request),
        "armed_until": None if end is None else format_timestamp(end),
    }
    return Response(
        write_json(document), headers={"Cache-Control": "no-store"}, media_type="application/json"
    )


async def _find_armed_end(context: ApiContext, caller: Caller) -> float | None:
    """Until when commands may be sent; None: none may, or none can be, since what would take them is away."""
    end = await context.services.users.find_armed_end(caller.name)
    return None if not end.success and end.error.code in NOT_CHECKED else data_of(end)


def _remove_cookie(request: Request, context: ApiContext, response: Response) -> None:
    response.delete_cookie(
        SESSION_COOKIE, secure=_is_secure(request, context), httponly=True, samesite="strict"
    )


def _is_secure(request: Request, context: ApiContext) -> bool:
    """Whether the browser came by HTTPS, so that it may send the cookie by HTTPS only."""
    return context.options.is_secure or request.url.scheme == "https"
