"""A parameter that a route does not have is refused.

Left out in silence, one that is misspelled would give all receivers to a client that asks for some of them.
"""

from fastapi.dependencies.utils import get_flat_params
from fastapi.params import Query
from fastapi.routing import APIRoute
from starlette.requests import HTTPConnection

from micboard_tui.api.errors import ApiError
from micboard_tui.contracts.errors import ErrorCode, ErrorInfo

MAX_SHOWN = 40
"""Characters of a name in a message."""
_CHECKED = ("/api/", "/metrics")
_UNCHECKED = {"/api/v1/session/check"}
"""A proxy asks there for another request, and Caddy passes on the parameters of that one."""


async def refuse_unknown_parameters(connection: HTTPConnection) -> None:
    """For every route. Raises ApiError INVALID_VALUE, with the parameters that the route has."""
    route = connection.scope.get("route")
    if not connection.query_params or not isinstance(route, APIRoute):
        return
    if not route.path.startswith(_CHECKED) or route.path in _UNCHECKED:
        return
    known = parameters_of(route)
    unknown = sorted(connection.query_params.keys() - known)
    if unknown:
        name = unknown[0][:MAX_SHOWN]
        hint = f"The parameters are: {', '.join(sorted(known))}" if known else "There are no parameters here"
        raise ApiError(
            ErrorInfo(
                ErrorCode.INVALID_VALUE,
                f"There is no parameter {name!r} here",
                {f"query.{name}": "no such parameter"},
                hint,
            )
        )


def parameters_of(route: APIRoute) -> frozenset[str]:
    """The names of all parameters in the query of a route, those of its dependencies included."""
    fields = get_flat_params(route.dependant)
    return frozenset(field.alias for field in fields if isinstance(field.field_info, Query))
