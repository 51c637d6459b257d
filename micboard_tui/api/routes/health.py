"""Whether the program is well, for people, systemd, load balancers and monitoring."""

from http import HTTPStatus

from fastapi import APIRouter, Request, Response

from micboard_tui.api.answers import answer
from micboard_tui.api.context import Context
from micboard_tui.api.errors import ApiError, data_of
from micboard_tui.api.models.health import Health, Liveness
from micboard_tui.contracts.documents.health import health_document

ROUTER = APIRouter(tags=["health"])


@ROUTER.get(
    "/api/health/",
    response_model=Health,
    responses={HTTPStatus.SERVICE_UNAVAILABLE: {"model": Health, "description": "A check failed"}},
)
async def get_health(request: Request, context: Context) -> Response:
    """The checks of `micboard-tui health`. A few seconds old at most; 503 when one failed.

    Without a login only whether all is well.
    """
    report = data_of(await context.health.check())
    document = health_document(report)
    try:
        await context.access.find_caller(request)
    except ApiError:
        document = {"healthy": report.healthy, "checks": None}
    status = HTTPStatus.OK if report.healthy else HTTPStatus.SERVICE_UNAVAILABLE
    return await answer(request, document, status=status)


@ROUTER.get("/healthz", response_model=Liveness)
async def get_liveness(request: Request) -> Response:
    """Whether the program answers at all. Asks nothing else."""
    return await answer(request, {"status": "ok"})


@ROUTER.get(
    "/readyz",
    response_model=Liveness,
    responses={HTTPStatus.SERVICE_UNAVAILABLE: {"model": Liveness, "description": "Not ready"}},
)
async def get_readiness(request: Request, context: Context) -> Response:
    """Whether it reads the devices and stores that, or hears who does."""
    services = context.services
    health = services.health.snapshot()
    if health.storage_fault is not None or health.task_fault is not None:
        status = "failed"
    elif services.live.findings.holder is not None:
        # Another process reads the devices.
        status = "waiting"
    elif (lost := services.live.findings.lost) is not None and not lost.is_partial:
        status = "lost"
    else:
        is_there = context.options.is_attached or services.synchronization.is_running
        status = "ok" if is_there else "starting"
    code = HTTPStatus.OK if status == "ok" else HTTPStatus.SERVICE_UNAVAILABLE
    return await answer(request, {"status": status}, status=code)
