"""Every contract method that travels needs a right, the same one on the bus as by HTTP."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, get_type_hints

import pytest

from micboard_tui.contracts.call_rights import (
    PERMITTED_CALLS,
    RIGHTS,
    CallRight,
    describe_denial,
    find_needed_permission,
)
from micboard_tui.contracts.services import Services
from micboard_tui.domain.user import Permission
from tests.architecture.test_contracts import TRAVELLING, WITHOUT_ACTOR

ROUTES = Path(__file__).parents[2] / "micboard_tui" / "api" / "routes"
CALLED_BY_ROUTES = {
    "Watcher": Permission.WATCH,
    "Writer": Permission.WRITE,
    "Controller": Permission.CONTROL,
    "Armer": Permission.CONTROL,
    "Auditor": Permission.CONTROL,
}
"""What the parameter of a route for who asks demands."""
CALLED_BEYOND_SERVICES = {"SynchronizationContract.retry"}
"""Does not travel by itself, and is called all the same: it is about the sessions of the other process."""


class RouteCall(NamedTuple):
    route: str
    needed: Permission
    method: str
    """As "Contract.method"."""
    is_change: bool


def contract_names() -> dict[str, str]:
    """The contract of each property of ``Services``."""
    return {
        name: get_type_hints(value.fget)["return"].__name__
        for name, value in vars(Services).items()
        if isinstance(value, property)
    }


def calls_of(route: ast.AsyncFunctionDef) -> Iterator[RouteCall]:
    names = [ast.unparse(each.annotation) for each in route.args.args if each.annotation]
    needed = [CALLED_BY_ROUTES[name] for name in names if name in CALLED_BY_ROUTES]
    if not needed:
        return
    contracts = contract_names()
    for node in ast.walk(route):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        owner = node.func.value
        name = owner.attr if isinstance(owner, ast.Attribute) else ast.unparse(owner)
        if (contract := contracts.get(name)) is not None:
            method = f"{contract}.{node.func.attr}"
            yield RouteCall(route.name, needed[0], method, any(each.arg == "actor" for each in node.keywords))


ROUTE_CALLS = [
    call
    for file in sorted(ROUTES.glob("*.py"))
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    if isinstance(node, ast.AsyncFunctionDef)
    for call in calls_of(node)
]


def test_every_method_that_travels_has_a_right_and_no_other() -> None:
    assert set(RIGHTS) - CALLED_BEYOND_SERVICES == {member.title for member in TRAVELLING}


def test_what_changes_something_is_not_for_those_who_may_only_read() -> None:
    wrong = [
        member.title
        for member in TRAVELLING
        if RIGHTS[member.title] is CallRight.READ
        and ("actor" in get_type_hints(member.function, localns={"Recap": object}))
    ]
    assert wrong == []
    assert [title for title in WITHOUT_ACTOR if RIGHTS[title] is CallRight.READ] == []


def test_the_bus_demands_what_the_http_api_demands() -> None:
    assert {call.needed for call in ROUTE_CALLS if call.is_change} == {Permission.WRITE, Permission.CONTROL}
    for call in ROUTE_CALLS:
        contract = call.method.partition(".")[0]
        right = RIGHTS.get(call.method)
        needed = Permission.WATCH if right is None else find_needed_permission(contract, right)
        # Users are managed by the API alone.
        needed = needed or Permission.CONTROL
        assert call.needed is needed if call.is_change else call.needed.includes(needed), call


@pytest.mark.parametrize("permission", Permission)
def test_each_permission_includes_those_before_it(permission: Permission) -> None:
    for other in Permission:
        if permission.includes(other):
            assert set(PERMITTED_CALLS[permission]) >= set(PERMITTED_CALLS[other])


def test_who_may_not_is_told_which_role_is_needed_or_where_it_is_done() -> None:
    write = describe_denial("Ada", Permission.WATCH, "AssignmentContract", CallRight.WRITE)
    secret = describe_denial("Ada", None, "SecretContract", CallRight.SECRET)
    users = describe_denial("Ada", Permission.CONTROL, "UserContract", CallRight.SECRET)
    assert "--role write" in write.hint
    assert "--role control" in secret.hint
    assert users.hint == "Do it on the computer that reads the devices: micboard-tui users"


def test_no_user_manages_users() -> None:
    secret = [
        contract for right, contract in PERMITTED_CALLS[Permission.CONTROL] if right is CallRight.SECRET
    ]
    assert secret == ["SecretContract"]
    managing = ("add_user", "change_user", "remove_user", "make_token")
    assert all(RIGHTS[f"UserContract.{name}"] is CallRight.SECRET for name in managing)
