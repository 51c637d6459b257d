"""Who may what, for each route that the application has: none is left out because it was forgotten."""

from collections.abc import AsyncGenerator, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

import anyio
import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, APIWebSocketRoute, iter_route_contexts
from starlette.types import Message

from micboard_tui.api.access import Requires
from micboard_tui.domain.user import Permission
from tests.api.conftest import CONTROL, UNHURRIED, WATCH, WRITE, Sent, ServedRig, make_rig, serve_rig

OPEN = {
    "GET /api/v1/session",
    "POST /api/v1/session",
    "DELETE /api/v1/session",
    "GET /api/health/",
    "GET /healthz",
    "GET /readyz",
    "GET /metrics",
    "GET /",
    "GET /page/{name}",
    "GET /api/docs/",
    "GET /api/docs/files/{name}",
    "GET /api/schema/",
}
"""Where one logs in, what says nothing of the rig, and what asks for itself who may read it."""
STREAMS = {"GET /api/v1/events/live"}
"""Their answer does not end."""
USERS: Mapping[Permission | None, Mapping[str, str]] = {
    None: {},
    Permission.WATCH: WATCH,
    Permission.WRITE: WRITE,
    Permission.CONTROL: CONTROL,
}
ELSEWHERE = "192.0.2.7"
"""Another computer, which needs a login to watch."""
ANSWER_LIMIT_S = 5.0


@pytest.fixture
async def served() -> AsyncGenerator[ServedRig]:
    """With all routes that can be switched on."""
    async with serve_rig(make_rig(), replace(UNHURRIED, with_micboard=True)) as served:
        yield served


class RouteUnderTest(NamedTuple):
    method: str
    path: str
    needs: Permission | None
    """None: none of the dependencies asks who it is."""

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def example(self) -> str:
        """Its path with a number where one is asked for, and otherwise what is not there."""
        return self.path.replace("{number}", "1").replace("{", "").replace("}", "")


def routes_of(served: ServedRig) -> Iterator[RouteUnderTest]:
    for found in iter_route_contexts(served.application.routes):
        route = found.original_route
        if isinstance(route, APIWebSocketRoute):
            continue
        needs = find_permission(route.dependant) if isinstance(route, APIRoute) else None
        for method in found.methods or ():
            if method != "HEAD":
                yield RouteUnderTest(method, found.path or "", needs)


def find_permission(dependant: Dependant) -> Permission | None:
    if isinstance(dependant.call, Requires):
        return dependant.call.permission
    needs = (find_permission(each) for each in dependant.dependencies)
    return next((each for each in needs if each is not None), None)


@pytest.mark.no_cover
async def test_every_route_says_who_may_use_it(served: ServedRig) -> None:
    routes = list(routes_of(served))
    assert {route.name for route in routes if route.needs is None} - OPEN == set()
    assert len(routes) > 40
    changing = {route.name for route in routes if route.method != "GET" and route.needs is Permission.WATCH}
    assert changing == set()


@pytest.mark.no_cover
async def test_each_role_may_what_it_includes_and_nothing_else(served: ServedRig) -> None:
    wrong: list[str] = []
    for number, route in enumerate(routes_of(served)):
        if route.needs is None:
            continue
        # So many tokens of one address would be too many.
        served.come_from(f"192.0.2.{number}")
        for permission, user in USERS.items():
            is_allowed = permission is not None and permission.includes(route.needs)
            if is_allowed and route.name in STREAMS:
                continue
            body: Sent = None if route.method == "GET" else {}
            answer = await served.client.request(route.method, route.example, json=body, headers=user)
            expected = 401 if permission is None else 403
            if (answer.status_code == expected) is is_allowed or answer.status_code >= 500:
                wrong.append(f"{route.name} by {permission}: {answer.status_code} {answer.text[:200]}")
    assert wrong == []


async def test_what_is_open_shows_nothing_of_the_rig(served: ServedRig) -> None:
    served.come_from(ELSEWHERE)
    # A test does not wait for the thread that makes it.
    served.application.openapi()
    for name in sorted(OPEN):
        method, path = name.split()
        if "{" not in path:
            answer = await served.client.request(method, path, json=None if method == "GET" else {})
            assert "Lectern" not in answer.text, name


@pytest.mark.no_cover
async def test_no_websocket_opens_without_a_login_or_for_a_page_of_another_host(served: ServedRig) -> None:
    paths = [
        found.path or ""
        for found in iter_route_contexts(served.application.routes)
        if isinstance(found.original_route, APIWebSocketRoute)
    ]
    assert {"/api/v1/live", "/ws"} <= set(paths)
    token = [(name.lower().encode(), value.encode()) for name, value in CONTROL.items()]
    for path in paths:
        for headers in ([], [*token, (b"origin", b"http://evil.example")]):
            messages = await open_socket(served, path, [(b"host", b"127.0.0.1:8642"), *headers])
            assert messages[-1]["type"] in {"websocket.close", "websocket.http.response.body"}, path
            assert not any(message["type"] == "websocket.send" for message in messages), path


async def open_socket(served: ServedRig, path: str, headers: list[tuple[bytes, bytes]]) -> list[Message]:
    """What is sent until the connection is closed."""
    sent: list[Message] = []
    is_asked = False

    async def receive() -> Message:
        nonlocal is_asked
        if not is_asked:
            is_asked = True
            return {"type": "websocket.connect"}
        await anyio.sleep_forever()
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "websocket",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "ws",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": headers,
        "client": (ELSEWHERE, 40_000),
        "server": ("127.0.0.1", 8642),
        "subprotocols": [],
        "extensions": {"websocket.http.response": {}},
    }
    with anyio.move_on_after(ANSWER_LIMIT_S):
        await served.application(scope, receive, send)
    return sent
