"""What all routes work with, and how they get it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from micboard_tui.api.access import Access
from micboard_tui.api.device_documents import DeviceDocuments
from micboard_tui.api.health_reports import HealthReports
from micboard_tui.api.options import ApiOptions
from micboard_tui.api.rate_limits import RateLimiter
from micboard_tui.contracts.services import Services


@dataclass(frozen=True, slots=True)
class ApiContext:
    """Made once, when serving begins."""

    services: Services
    access: Access
    options: ApiOptions
    documents: DeviceDocuments
    health: HealthReports


def context_of(connection: HTTPConnection) -> ApiContext:
    """The context of the application that a request or a WebSocket came to."""
    context = connection.app.state.context
    assert isinstance(context, ApiContext)  # noqa: S101 - the application sets it
    return context


Context = Annotated[ApiContext, Depends(context_of)]
"""A parameter of a route."""


def make_context(
    services: Services, options: ApiOptions, clock: Callable[[], float] = time.monotonic
) -> ApiContext:
    """The context over ``services``; ``clock`` gives seconds that only grow."""
    return ApiContext(
        services,
        Access(services.users, options, RateLimiter(options.rates)),
        options,
        DeviceDocuments(services.live, clock),
        HealthReports(services.health, clock),
    )
