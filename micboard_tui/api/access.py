"""Who asks, and whether they may.

A program shows a token in ``Authorization: Bearer``, the page a session in a cookie. Who shows neither may
watch where the options say so. A browser sends along where a request comes from (``Origin``): what changes
something and each WebSocket is taken only from our own pages, so that no other page can act in the session of
a user.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Query, Request, Security
from fastapi.security import APIKeyCookie, HTTPBearer
from starlette.requests import HTTPConnection

from micboard_tui.api.addresses import is_within, read_networks
from micboard_tui.api.errors import ApiError
from micboard_tui.api.options import ApiOptions
from micboard_tui.api.rate_limits import Rate, RateLimiter
from micboard_tui.api.recent_logins import NOT_CHECKED, RecentLogins
from micboard_tui.config.output_addresses import is_loopback
from micboard_tui.contracts.errors import ErrorCode, ErrorInfo
from micboard_tui.contracts.origin import FrontEnd, Origin, set_origin
from micboard_tui.contracts.permission_texts import describe_refusal
from micboard_tui.contracts.users import UserContract
from micboard_tui.domain.user import Login, Permission, Token

SESSION_COOKIE = "micboard_session"
BEARER = "bearer "
MAX_TOKEN = 200
"""Characters; more is no token of ours."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")

_bearer = HTTPBearer(auto_error=False, description="A token of `micboard-tui users token NAME`.")
_cookie = APIKeyCookie(name=SESSION_COOKIE, auto_error=False, description="The session of the page.")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks."""

    name: str
    """Stands as the actor beside what they do."""
    permission: Permission
    key: str
    """What their requests are counted by: the number of the token, or the address."""


class Access:
    """Finds out who asks. ``users`` check tokens; ``options`` say who may watch without one.

    ``clock`` gives seconds that only grow.
    """

    def __init__(
        self, users: UserContract, options: ApiOptions, limiter: RateLimiter, clock: Callable[[], float]
    ) -> None:
        self._users, self._options, self.limiter = users, options, limiter
        self._recent = RecentLogins(clock)
        self._scrapers = read_networks(options.metrics_from)

    async def find_caller(self, connection: HTTPConnection) -> Caller:
        """Who asks. Raises ApiError LOGIN_REFUSED, NOT_ALLOWED for a page that is not ours."""
        check_origin(connection)
        set_origin(Origin(FrontEnd.API, address=address_of(connection)))
        if (token := token_of(connection)) is not None:
            self.limiter.check(Rate.TOKENS, address_of(connection))
            login = await self._check(token, may_be_recent=is_reading(connection))
            set_origin(_origin_of(connection, login.token))
            return Caller(login.user.name, login.user.permission, login.token.id)
        if self.may_watch_without_login(connection):
            return Caller("anyone", Permission.WATCH, address_of(connection))
        raise login_needed()

    def may_scrape(self, connection: HTTPConnection) -> bool:
        """Whether it comes from an address that reads metrics without a login, and through no proxy."""
        return not is_forwarded(connection) and is_within(address_of(connection), self._scrapers)

    def may_watch_without_login(self, connection: HTTPConnection) -> bool:
        """Whether who shows neither token nor session may watch from where this comes from."""
        options = self._options
        return options.watch_without_login and (not options.is_loopback or is_local(connection))

    async def _check(self, token: str, *, may_be_recent: bool) -> Login:
        """Who shows a token; ``may_be_recent``: as it was checked lately, where it cannot be checked now."""
        result = await self._users.check_token(token)
        if result.success:
            self._recent.keep(token, result.data)
            return result.data
        if result.error.code in NOT_CHECKED:
            if may_be_recent and (login := self._recent.find(token)) is not None:
                return login
        else:
            self._recent.forget(token)
        raise ApiError(result.error)

    async def check_login(self, connection: HTTPConnection) -> None:
        """Look whether a login that was found still holds. Raises ApiError LOGIN_REFUSED when it ended.

        What lasts goes on while the database does not answer.
        """
        if (token := token_of(connection)) is None:
            return
        try:
            await self._check(token, may_be_recent=True)
        except ApiError as error:
            if error.code is ErrorCode.LOGIN_REFUSED:
                raise


def login_needed() -> ApiError:
    """The answer to who shows nothing."""
    return ApiError(
        ErrorInfo(
            ErrorCode.LOGIN_REFUSED,
            "This needs a login",
            hint="Send a token of `micboard-tui users token NAME` as Authorization: Bearer, or log in",
        ),
        headers={"WWW-Authenticate": "Bearer"},
    )


def token_of(connection: HTTPConnection) -> str | None:
    """The token or session that is shown; a token goes before."""
    header = connection.headers.get("authorization", "")
    shown = (
        header[len(BEARER) :] if header.lower().startswith(BEARER) else connection.cookies.get(SESSION_COOKIE)
    )
    return shown[:MAX_TOKEN] if shown else None


def _origin_of(connection: HTTPConnection, token: Token) -> Origin:
    front_end = FrontEnd.PAGE if token.is_session else FrontEnd.API
    return Origin(front_end, token=token.label or token.id, address=address_of(connection))


def address_of(connection: HTTPConnection) -> str:
    """Where a request comes from."""
    return connection.client.host if connection.client else "unknown"


def is_local(connection: HTTPConnection) -> bool:
    """Whether a program on this computer asks, and asks this computer: no proxy, no page of another host."""
    host = urlsplit(f"//{connection.headers.get('host', '')}").hostname
    is_here = is_loopback(address_of(connection)) and is_loopback(host)
    return is_here and not is_forwarded(connection)


def is_forwarded(connection: HTTPConnection) -> bool:
    """Whether a proxy passes on the request of another client."""
    return any(name in connection.headers for name in _FORWARDED)


def is_reading(connection: HTTPConnection) -> bool:
    """Whether it changes nothing: no WebSocket does."""
    return connection.scope["type"] != "http" or connection.scope["method"] in SAFE_METHODS


def check_origin(connection: HTTPConnection) -> None:
    """Raise ApiError NOT_ALLOWED when a page of another host asks for a WebSocket or a change."""
    if connection.scope["type"] != "http" or not is_reading(connection):
        check_page(connection)


def check_page(connection: HTTPConnection) -> None:
    """Raise ApiError NOT_ALLOWED when a page of another host asks for anything."""
    origin = connection.headers.get("origin")
    if origin is None:
        return
    if urlsplit(origin).netloc.lower() != connection.headers.get("host", "").lower():
        raise ApiError(
            ErrorInfo(
                ErrorCode.NOT_ALLOWED,
                "A page of another host asks, and may not",
                hint="Open the page of micboard-tui itself; programs send no Origin",
            )
        )


class Requires:
    """A dependency of a route: who asks has ``permission``, and has not asked too often. Gives the Caller."""

    def __init__(self, permission: Permission, rate: Rate) -> None:
        self.permission, self.rate = permission, rate

    async def __call__(
        self,
        request: Request,
        _token: Annotated[object, Security(_bearer)],
        _session: Annotated[object, Security(_cookie)],
    ) -> Caller:
        """Raises ApiError LOGIN_REFUSED, NOT_ALLOWED, TOO_MANY_REQUESTS."""
        return await self.check(request, self.permission)

    async def check(self, request: Request, permission: Permission) -> Caller:
        """The Caller, who has ``permission``; raises the same."""
        access: Access = request.app.state.context.access
        caller = await access.find_caller(request)
        check_permission(caller, permission)
        access.limiter.check(self.rate, caller.key)
        return caller


class RequiresScrape(Requires):
    """The same for metrics, which some addresses read without a login. A proxy is none of them."""

    async def __call__(
        self,
        request: Request,
        _token: Annotated[object, Security(_bearer)],
        _session: Annotated[object, Security(_cookie)],
    ) -> Caller:
        """Raises ApiError LOGIN_REFUSED, NOT_ALLOWED, TOO_MANY_REQUESTS."""
        access: Access = request.app.state.context.access
        if token_of(request) is None and access.may_scrape(request):
            address = address_of(request)
            access.limiter.check(self.rate, address)
            return Caller("anyone", Permission.WATCH, address)
        return await super().__call__(request, _token, _session)


class RequiresLogin(Requires):
    """The same where a login is needed on this computer, too; the request names the permission."""

    async def __call__(
        self,
        request: Request,
        _token: Annotated[object, Security(_bearer)],
        _session: Annotated[object, Security(_cookie)],
        permission: Annotated[
            Permission, Query(description="What the user has to be allowed: everything by default.")
        ] = Permission.CONTROL,
    ) -> Caller:
        """Raises ApiError LOGIN_REFUSED, NOT_ALLOWED also for any page of another host, TOO_MANY_REQUESTS."""
        check_page(request)
        if token_of(request) is None:
            raise login_needed()
        return await self.check(request, permission)


def check_permission(caller: Caller, needed: Permission) -> None:
    """Raise ApiError NOT_ALLOWED when the caller may not do what ``needed`` allows."""
    if not caller.permission.includes(needed):
        raise ApiError(describe_refusal(caller.name, caller.permission, needed))


LoggedIn = Annotated[Caller, Depends(RequiresLogin(Permission.CONTROL, Rate.READS))]
"""A parameter of the route that a proxy asks."""
Scraper = Annotated[Caller, Depends(RequiresScrape(Permission.WATCH, Rate.READS))]
"""A parameter of the route that Prometheus asks."""
Watcher = Annotated[Caller, Depends(Requires(Permission.WATCH, Rate.READS))]
"""A parameter of a route that reads."""
Writer = Annotated[Caller, Depends(Requires(Permission.WRITE, Rate.WRITES))]
"""A parameter of a route that changes what people arrange."""
Controller = Annotated[Caller, Depends(Requires(Permission.CONTROL, Rate.COMMANDS))]
"""A parameter of a route that changes a device."""
