"""What can be asked for, one module a kind of record."""

from collections.abc import Sequence

from fastapi import APIRouter

from micboard_tui.api.routes import (
    alarms,
    channels,
    devices,
    documentation,
    events,
    health,
    locations,
    metrics,
    page,
    people,
    preparation,
    receivers,
    shows,
    spares,
)

ROUTERS: Sequence[APIRouter] = (
    devices.ROUTER,
    spares.ROUTER,
    channels.ROUTER,
    receivers.ROUTER,
    locations.ROUTER,
    people.ROUTER,
    alarms.ROUTER,
    events.ROUTER,
    shows.ROUTER,
    preparation.ROUTER,
    health.ROUTER,
    metrics.ROUTER,
    documentation.ROUTER,
    page.ROUTER,
)
"""All of them; OpenAPI has them in this order."""
