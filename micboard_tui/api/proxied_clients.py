"""Who asks through a proxy: only a proxy that the settings name is believed.

It has to set ``X-Forwarded-For`` and ``X-Forwarded-Proto`` itself; of several addresses it added the last.
Without this all who come through it were one client: they would share its rate limits, and five wrong
passwords of one would keep all others from logging in.
"""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from micboard_tui.api.addresses import Networks, is_within, read_networks

_SECURE = {"http": "https", "ws": "wss"}
_EVERYWHERE = read_networks("0.0.0.0/0, ::/0")


class ProxiedClients:
    """Puts the address and the scheme of the client into the scope of what comes from ``proxies``."""

    def __init__(self, app: ASGIApp, proxies: Networks) -> None:
        self._app, self._proxies = app, proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on everything."""
        if scope["type"] in {"http", "websocket"} and is_within(_address_of(scope), self._proxies):
            scope = {**scope, **_read_forwarded(scope)}
        await self._app(scope, receive, send)


def _address_of(scope: Scope) -> str:
    client = scope.get("client")
    return client[0] if client else ""


def _read_forwarded(scope: Scope) -> Scope:
    headers = Headers(scope=scope)
    client = ",".join(headers.getlist("x-forwarded-for")).rpartition(",")[2].strip()
    is_secure = headers.get("x-forwarded-proto", "").strip().lower() == "https"
    changed: Scope = {"scheme": _SECURE.get(scope["scheme"], scope["scheme"])} if is_secure else {}
    if is_within(client, _EVERYWHERE):
        changed["client"] = (client, 0)
    return changed
