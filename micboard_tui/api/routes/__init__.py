"""What can be asked for, one module a kind of record."""

from collections.abc import Sequence

from fastapi import APIRouter

from micboard_tui.api.routes import (
    alarms,
    devices,
    documentation,
    events,
    health,
    locations,
    metrics,
    people,
    preparation,
    shows,
)

ROUTERS: Sequence[APIRouter] = (
    devices.ROUTER,
    locations.ROUTER,
    people.ROUTER,
    alarms.ROUTER,
    events.ROUTER,
    shows.ROUTER,
    preparation.ROUTER,
    health.ROUTER,
    metrics.ROUTER,
    documentation.ROUTER,
)
"""All of them; OpenAPI has them in this order."""
