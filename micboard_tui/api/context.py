"""What all routes work with, and how they get it."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Annotated

import anyio
from fastapi import Depends
from starlette.requests import HTTPConnection

from micboard_tui.api.access import Access
from micboard_tui.api.answers import write_json
from micboard_tui.api.device_documents import DeviceDocuments
from micboard_tui.api.errors import data_of
from micboard_tui.api.health_reports import HealthReports
from micboard_tui.api.live.live_connections import LiveConnections
from micboard_tui.api.live.live_feed import LiveFeed
from micboard_tui.api.metrics.scrapes import Scrapes
from micboard_tui.api.options import ApiOptions
from micboard_tui.api.rate_limits import RateLimiter
from micboard_tui.api.repeated_requests import KeptAnswers
from micboard_tui.api.shared_reading import SharedReading
from micboard_tui.api.written_body import WrittenDocument
from micboard_tui.contracts.documents.plan import plan_document
from micboard_tui.contracts.live import LiveContract
from micboard_tui.contracts.recap import RecapContract
from micboard_tui.contracts.services import Services
from micboard_tui.domain.battery_plan import make_plan
from micboard_tui.domain.recap_shows import PastShow

PLAN_MAX_AGE_S = 1.0
HISTORIES_AT_A_TIME = 2
PAST_SHOWS_MAX_AGE_S = 10.0


@dataclass(frozen=True, slots=True)
class ApiContext:
    """Made once, when serving begins."""

    services: Services
    access: Access
    options: ApiOptions
    documents: DeviceDocuments
    health: HealthReports
    plan: SharedReading[WrittenDocument]
    """The battery plan: to make it looks at every channel several times."""
    histories: anyio.CapacityLimiter
    """Taken while a recording is read, so that those of many readers leave time for the rig."""
    past_shows: SharedReading[Sequence[PastShow]]
    """They are read from all events of months."""
    scrapes: Scrapes
    feed: LiveFeed
    """What all clients of live updates share."""
    connections: LiveConnections
    clock: Callable[[], float]
    """Seconds that only grow."""
    kept_answers: KeptAnswers
    changing: anyio.Lock = field(default_factory=anyio.Lock)
    """Held from the comparison by ``If-Match`` to the change."""


def context_of(connection: HTTPConnection) -> ApiContext:
    """The context of the application that a request or a WebSocket came to."""
    context = connection.app.state.context
    assert isinstance(context, ApiContext)  # noqa: S101 - build_application sets it
    return context


async def _provide_context(connection: HTTPConnection) -> ApiContext:
    """As a coroutine, since FastAPI calls a plain function in a thread."""
    return context_of(connection)


Context = Annotated[ApiContext, Depends(_provide_context)]
"""A parameter of a route."""


def make_context(
    services: Services, options: ApiOptions, clock: Callable[[], float] = time.monotonic
) -> ApiContext:
    """The context over ``services``; ``clock`` gives seconds that only grow."""
    documents = DeviceDocuments(services.live, clock)
    access = Access(services.users, options, RateLimiter(options.rates), clock)
    return ApiContext(
        services,
        access,
        options,
        documents,
        HealthReports(services.health, clock),
        SharedReading(partial(_make_plan, services.live), clock, PLAN_MAX_AGE_S),
        anyio.CapacityLimiter(HISTORIES_AT_A_TIME),
        SharedReading(partial(_list_past_shows, services.recaps), clock, PAST_SHOWS_MAX_AGE_S),
        Scrapes(services, clock),
        LiveFeed(services.live, documents),
        LiveConnections(options.rates.live_connections),
        clock,
        KeptAnswers(access, clock),
    )


async def _make_plan(live: LiveContract) -> WrittenDocument:
    findings, now = live.findings, live.now()
    plan = make_plan(live.snapshot(), findings.forecasts, findings.show, now)
    return WrittenDocument(write_json(plan_document(plan, now)))


async def _list_past_shows(recaps: RecapContract) -> Sequence[PastShow]:
    return data_of(await recaps.list_shows())
