"""What is done about alarms."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Path, Response

from micboard_tui.api.access import Writer
from micboard_tui.api.changed_answers import answer_change, changes
from micboard_tui.api.context import ApiContext, Context
from micboard_tui.api.errors import ApiError, data_of
from micboard_tui.api.models.alarm_requests import AlarmNoteRequest, AlarmsRequest, ShelveRequest
from micboard_tui.api.repeated_requests import RepeatableRoute
from micboard_tui.contracts.documents.alarms import alarm_entry
from micboard_tui.contracts.errors import ErrorCode, ErrorInfo
from micboard_tui.contracts.result import ServiceResult
from micboard_tui.domain.alarm import Alarm
from micboard_tui.domain.alarm_rules import AlarmKey
from micboard_tui.domain.shelf_end import ShelfEnd

MAX_ALARM_ID = 300

ROUTER = APIRouter(prefix="/api/v1", tags=["alarms"], route_class=RepeatableRoute)

AlarmIdPath = Annotated[
    str,
    Path(
        max_length=MAX_ALARM_ID,
        description="`cause~device_id~channel~part~location_id`; what is null or 0 is empty, and the empty"
        " ones at the end are left out: `rf_lost~3f9a0c21~2`.",
    ),
]
_CHANGES = changes("alarms", is_list=True, refuses=(404, 409))


@ROUTER.post("/alarms/ack", responses=_CHANGES)
async def acknowledge(context: Context, caller: Writer, body: AlarmsRequest) -> Response:
    """Acknowledge alarms. Those that cleared leave the list. Answers those that were new."""
    keys = [alarm.key for alarm in body.alarms]
    return _answer(context, await context.services.alarms.acknowledge(keys, actor=caller.name))


@ROUTER.post("/alerts/{alarm_id}/ack", responses=_CHANGES)
async def acknowledge_one(context: Context, caller: Writer, alarm_id: AlarmIdPath) -> Response:
    """Acknowledge one alarm, by the older word."""
    alarms = context.services.alarms
    listed = data_of(await alarms.list_alarms()).alarms
    keys = [alarm.key for alarm in listed if format_alarm_id(alarm.key) == alarm_id]
    if not keys:
        raise ApiError(
            ErrorInfo(
                ErrorCode.ALARM_NOT_FOUND,
                "No alarm that is listed has that id",
                hint="/api/v1/alarms lists them all",
            )
        )
    return _answer(context, await alarms.acknowledge(keys, actor=caller.name))


@ROUTER.post("/alarms/shelve", responses=_CHANGES)
async def shelve(context: Context, caller: Writer, body: ShelveRequest) -> Response:
    """Put alarms aside: they make no noise until then. 4 hours, or until the end of the show, at most."""
    services, moment = context.services, body.moment
    until = None if body.until is None else body.until.timestamp()
    if body.minutes is not None:
        until = services.live.now() + body.minutes * 60.0
    profile = None
    if moment is ShelfEnd.PROFILE:
        profile, moment = data_of(await services.thresholds.list_thresholds()).profile, None
    result = await services.alarms.shelve(
        [alarm.key for alarm in body.alarms], until=until, profile=profile, moment=moment, actor=caller.name
    )
    return _answer(context, result)


@ROUTER.post("/alarms/unshelve", responses=_CHANGES)
async def unshelve(context: Context, caller: Writer, body: AlarmsRequest) -> Response:
    """Take alarms back from the shelf; they are as they were before."""
    keys = [alarm.key for alarm in body.alarms]
    return _answer(context, await context.services.alarms.unshelve(keys, actor=caller.name))


@ROUTER.post("/alarms/note", responses=changes("alarm", refuses=(404, 409)))
async def note(context: Context, caller: Writer, body: AlarmNoteRequest) -> Response:
    """Write down what others have to know about an alarm."""
    services = context.services
    result = await services.alarms.note(body.alarm.key, body.text, actor=caller.name)
    return answer_change({"alarm": alarm_entry(data_of(result), services.live)}, result.warning)


@ROUTER.post("/alarms/undo", responses=_CHANGES)
async def undo_alarm_act(context: Context, caller: Writer) -> Response:
    """Take back what this user did last about alarms: an acknowledgement, a shelf, a note."""
    return _answer(context, await context.services.alarms.undo(actor=caller.name))


def format_alarm_id(key: AlarmKey) -> str:
    """An alarm as one part of an address."""
    parts = (key.cause.value, key.device_id, key.channel, key.part or None, key.location_id)
    return "~".join("" if part is None else str(part) for part in parts).rstrip("~")


def _answer(context: ApiContext, result: ServiceResult[Sequence[Alarm]]) -> Response:
    entries = [alarm_entry(alarm, context.services.live) for alarm in data_of(result)]
    return answer_change({"alarms": [*entries]}, result.warning)
