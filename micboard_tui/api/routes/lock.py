"""The lock of the show."""

from fastapi import APIRouter, Request, Response

from micboard_tui.api.access import Watcher, Writer, address_of
from micboard_tui.api.answers import write_json
from micboard_tui.api.changed_answers import refusals
from micboard_tui.api.context import Context
from micboard_tui.api.errors import data_of
from micboard_tui.api.models.lock_models import LockAnswer, PinRequest
from micboard_tui.api.rate_limits import Rate
from micboard_tui.contracts.documents.show_lock import lock_document
from micboard_tui.domain.show_lock import ShowLock

ROUTER = APIRouter(prefix="/api/v1", tags=["lock"])


@ROUTER.get("/lock", response_model=LockAnswer)
async def get_lock(context: Context, _: Watcher) -> Response:
    """Whether the show is locked. While it is, what changes something is refused with `SHOW_LOCKED`."""
    return _answer(context.services.live.findings.show_lock)


@ROUTER.post("/lock", response_model=LockAnswer, responses=refusals())
async def lock_show(context: Context, caller: Writer, body: PinRequest) -> Response:
    """Lock the show. Nothing is changed until the PIN is given; control is armed for no user any more."""
    return _answer(data_of(await context.services.access.lock_show(body.pin, actor=caller.name)))


@ROUTER.post("/unlock", response_model=LockAnswer, responses=refusals())
async def unlock_show(request: Request, context: Context, caller: Writer, body: PinRequest) -> Response:
    """Unlock the show. After a wrong PIN none is taken for a while, which doubles each time."""
    context.access.limiter.check(Rate.LOGINS, f"address {address_of(request)}")
    data_of(await context.services.access.unlock_show(body.pin, actor=caller.name))
    return _answer(None)


def _answer(lock: ShowLock | None) -> Response:
    return Response(
        write_json(lock_document(lock)), headers={"Cache-Control": "no-store"}, media_type="application/json"
    )
