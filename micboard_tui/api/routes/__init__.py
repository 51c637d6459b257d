"""What can be asked for, one module a kind of record."""

from collections.abc import Sequence

from fastapi import APIRouter

from micboard_tui.api.live import event_stream, websocket
from micboard_tui.api.routes import (
    alarm_changes,
    alarms,
    assignment_changes,
    audit,
    channels,
    control_plans,
    device_changes,
    devices,
    documentation,
    events,
    health,
    line_check_changes,
    location_changes,
    locations,
    lock,
    metrics,
    page,
    people,
    preparation,
    receivers,
    session,
    session_check,
    show_changes,
    shows,
    spares,
    undo_steps,
)

ROUTERS: Sequence[APIRouter] = (
    devices.ROUTER,
    spares.ROUTER,
    channels.ROUTER,
    receivers.ROUTER,
    device_changes.ROUTER,
    control_plans.ROUTER,
    websocket.ROUTER,
    event_stream.ROUTER,
    locations.ROUTER,
    location_changes.ROUTER,
    people.ROUTER,
    assignment_changes.ROUTER,
    undo_steps.ROUTER,
    alarms.ROUTER,
    alarm_changes.ROUTER,
    events.ROUTER,
    shows.ROUTER,
    show_changes.ROUTER,
    preparation.ROUTER,
    line_check_changes.ROUTER,
    audit.ROUTER,
    lock.ROUTER,
    session.ROUTER,
    session_check.ROUTER,
    health.ROUTER,
    metrics.ROUTER,
    documentation.ROUTER,
    page.ROUTER,
)
"""All of them; OpenAPI has them in this order."""
