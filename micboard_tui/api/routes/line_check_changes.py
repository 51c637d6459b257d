"""The line check: started, ticked by hand, ended."""

from collections.abc import Sequence

from fastapi import APIRouter, Response

from micboard_tui.api.access import Writer
from micboard_tui.api.changed_answers import answer_change, refusals
from micboard_tui.api.context import ApiContext, Context
from micboard_tui.api.errors import ApiError, data_of
from micboard_tui.api.models.line_check_models import ChangedLineCheckAnswer
from micboard_tui.api.models.request_model import ChannelsRequest, refs_of
from micboard_tui.api.models.show_requests import LineCheckRequest
from micboard_tui.api.record_documents import require_channel
from micboard_tui.api.repeated_requests import RepeatableRoute
from micboard_tui.contracts.documents.line_check import line_entry
from micboard_tui.contracts.errors import ErrorCode, ErrorInfo
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.line_check import LineCheck, count_good, lines_to_check

ROUTER = APIRouter(prefix="/api/v1/line-check", tags=["line check"], route_class=RepeatableRoute)


@ROUTER.post("/start", response_model=ChangedLineCheckAnswer, responses=refusals(409))
async def start_line_check(context: Context, caller: Writer, body: LineCheckRequest) -> Response:
    """Begin a line check: nothing is ticked, and from now on what is seen and heard ticks."""
    line_check = context.services.line_check
    current = data_of(await line_check.get_check())
    if current is not None and current.lines and not body.anew:
        raise ApiError(
            ErrorInfo(
                ErrorCode.INVALID_VALUE,
                f"A line check of {current.started_by} is on",
                hint='Send {"anew": true} to forget what was seen and ticked in it',
            )
        )
    return _answer(context, data_of(await line_check.start(actor=caller.name)), ())


@ROUTER.post("/end", response_model=ChangedLineCheckAnswer, responses=refusals(409))
async def end_line_check(context: Context, caller: Writer) -> Response:
    """End the line check. Answers how many lines were good in the one that was."""
    ended = data_of(await context.services.line_check.end(actor=caller.name))
    return _answer(context, ended, (), is_on=False)


@ROUTER.post("/tick", response_model=ChangedLineCheckAnswer, responses=refusals(404, 409))
async def tick_lines(context: Context, caller: Writer, body: ChannelsRequest) -> Response:
    """Tick lines as good. Also where parts were not seen."""
    refs = _find_lines(context, body)
    return _answer(context, data_of(await context.services.line_check.tick(refs, actor=caller.name)), refs)


@ROUTER.post("/untick", response_model=ChangedLineCheckAnswer, responses=refusals(404, 409))
async def untick_lines(context: Context, caller: Writer, body: ChannelsRequest) -> Response:
    """Take back ticks by hand; what was seen stays."""
    refs = _find_lines(context, body)
    return _answer(context, data_of(await context.services.line_check.untick(refs, actor=caller.name)), refs)


def _find_lines(context: ApiContext, body: ChannelsRequest) -> Sequence[ChannelRef]:
    refs = refs_of(body.channels)
    for ref in refs:
        require_channel(context.services.live, ref)
    return refs


def _answer(
    context: ApiContext, check: LineCheck, refs: Sequence[ChannelRef], *, is_on: bool = True
) -> Response:
    live = context.services.live
    devices = live.snapshot()
    titles = {device.device.id: device.title for device in devices}
    good, count = count_good(check, lines_to_check(devices))
    asked = [state for ref in refs if (state := live.channel(ref)) is not None]
    return answer_change(
        {
            "started": {"at": check.started_at, "by": check.started_by} if is_on else None,
            "good": good,
            "count": count,
            "lines": [line_entry(state, check.line(state.ref), titles[state.device_id]) for state in asked],
        }
    )
