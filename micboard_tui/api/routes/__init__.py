"""What can be asked for, one module a kind of record."""

from collections.abc import Sequence

from fastapi import APIRouter

from micboard_tui.api.routes import devices, documentation, health

ROUTERS: Sequence[APIRouter] = (devices.ROUTER, health.ROUTER, documentation.ROUTER)
"""All of them; OpenAPI has them in this order."""
