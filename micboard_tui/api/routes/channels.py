"""Channels by themselves, and what was recorded of each."""

import math
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from micboard_tui.api.access import Watcher
from micboard_tui.api.answers import answer, answer_written
from micboard_tui.api.channel_filters import ALL_CHANNELS, BatteryFilter, ChannelFilter
from micboard_tui.api.context import ApiContext, Context
from micboard_tui.api.device_filters import find_locations
from micboard_tui.api.errors import ApiError, data_of
from micboard_tui.api.models.channel_history import ChannelHistory
from micboard_tui.api.paging import LongPaged
from micboard_tui.api.parameters import LocationFilter, PerformerFilter
from micboard_tui.api.published_schemas import LIVE, NO_SUCH, PLACED_CHANNEL, lists
from micboard_tui.api.rack_queries import ChannelPath
from micboard_tui.api.time_span import Since, TimeSpan, Until, read_span
from micboard_tui.contracts.documents.channel_history import channel_history_document
from micboard_tui.contracts.documents.json_value import JsonObject
from micboard_tui.contracts.errors import ErrorCode, ErrorInfo
from micboard_tui.contracts.events import EventQuery
from micboard_tui.domain.event import EventKind
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.recording.recorded_span import MAX_COLUMNS

HOUR_S = 3600.0
USUAL_COLUMNS = 600
MIN_STEP_S = 1.0
MAX_STEP_S = 86_400.0

ROUTER = APIRouter(prefix="/api/v1/channels", tags=["channels"])
_ANSWERS = lists("channels", PLACED_CHANNEL, LIVE)

LinkStateFilter = Annotated[
    list[LinkState] | None,
    Query(max_length=len(LinkState), description="Only in these link states; can be repeated."),
]
ProblemFilter = Annotated[
    list[ProblemCode] | None,
    Query(
        max_length=len(ProblemCode),
        description="Only those that have any of these in `warnings`; can be repeated.",
    ),
]
LowBatteryFilter = Annotated[
    bool | None,
    Query(
        description="Only those whose battery is known to be low, or is known not to be: by minutes where the"
        " pack tells them, else by percent, else by bars. Unknown is neither."
    ),
]
Threshold = Annotated[
    int | None,
    Query(
        ge=0,
        le=100,
        description="With `low_battery`: what is low for packs that tell percent. None: as set for each.",
    ),
]
Unknown = Annotated[
    bool, Query(description="With `low_battery`: also those with a pack of which it is not known.")
]
Step = Annotated[
    float | None,
    Query(
        ge=MIN_STEP_S,
        le=MAX_STEP_S,
        description="The length of a column in seconds; 2,000 columns at most. None: some 600 columns.",
    ),
]


async def read_battery_filter(
    low_battery: LowBatteryFilter = None,
    threshold: Threshold = None,
    unknown: Unknown = False,  # noqa: FBT002 - FastAPI gives it by name
) -> BatteryFilter | None:
    """What is asked of batteries; None: they do not matter."""
    return None if low_battery is None else BatteryFilter(low_battery, threshold, unknown)


async def read_filter(
    context: Context,
    battery: Annotated[BatteryFilter | None, Depends(read_battery_filter)],
    link_state: LinkStateFilter = None,
    problem: ProblemFilter = None,
    performer: PerformerFilter = None,
    location: LocationFilter = None,
) -> ChannelFilter:
    """Which channels are asked for. Raises ApiError LOCATION_NOT_FOUND."""
    locations = find_locations(context.services.live, location)
    return ChannelFilter(link_state or (), problem or (), performer, locations, battery)


@ROUTER.get("", responses={**_ANSWERS, **NO_SUCH}, summary="Channels")
async def list_channels(
    request: Request,
    context: Context,
    _: Watcher,
    wanted: Annotated[ChannelFilter, Depends(read_filter)],
    paging: LongPaged,
) -> Response:
    """All channels in rack order, or those that fit every filter; a second old at most."""
    everything = await context.documents.read_in_parts()
    found = await everything.list_channels()
    if wanted != ALL_CHANNELS:
        found = {key: channel for key, channel in found.items() if wanted.takes(channel)}
    page, next_cursor = paging.of(list(found.values()), list(found))
    return await answer_written(request, await everything.page("channels", page, next_cursor))


@ROUTER.get(
    "/{device_id}/{number}",
    responses={**_ANSWERS, **NO_SUCH},
    summary="One channel",
)
async def get_channel(request: Request, context: Context, _: Watcher, channel: ChannelPath) -> Response:
    """All that is known of a channel, as a list with one entry; a second old at most."""
    everything = await context.documents.read_in_parts()
    if (found := everything.find_channel(channel)) is None:
        raise _missing_channel()
    return await answer_written(request, await everything.page("channels", [found]))


@ROUTER.get(
    "/{device_id}/{number}/history",
    response_model=ChannelHistory,
    responses={**NO_SUCH},
    summary="What was recorded of a channel",
)
async def get_history(
    request: Request,
    context: Context,
    _: Watcher,
    channel: ChannelPath,
    since: Since = None,
    until: Until = None,
    step: Step = None,
) -> Response:
    """Lowest, mean and highest levels in columns of equal length; without `since` of an hour.

    The beginning is moved back to a whole number of columns. Recordings reach back 90 days, the older the
    coarser. With who had the channel before, and how its link changed.
    """
    if context.services.live.channel(channel) is None:
        raise _missing_channel()
    span = read_span(since, until, context.services.live.now(), HOUR_S)
    columns, start = _divide(span, step)
    async with context.histories:
        document = await _read_history(context, channel, TimeSpan(start, span.end), columns)
    return await answer(request, document)


async def _read_history(context: ApiContext, ref: ChannelRef, span: TimeSpan, columns: int) -> JsonObject:
    services = context.services
    summaries = data_of(await services.recorder.summaries([ref], span.start, span.end, columns))
    past = data_of(await services.assignments.list_history(ref))
    query = EventQuery(span.start, span.end, (EventKind.LINK,), (ref,))
    links = data_of(await services.events.list_events(query))
    return channel_history_document(ref, summaries[ref], past, links)


def _divide(span: TimeSpan, step_s: float | None) -> tuple[int, float]:
    """How many columns a span has, and where the first begins. Raises ApiError INVALID_VALUE."""
    if step_s is None:
        step_s = max(MIN_STEP_S, math.ceil(span.length_s / USUAL_COLUMNS))
    columns = math.ceil(span.length_s / step_s)
    if columns > MAX_COLUMNS:
        least_s = math.ceil(span.length_s / MAX_COLUMNS)
        raise ApiError(
            ErrorInfo(
                ErrorCode.INVALID_VALUE,
                f"{columns} columns are more than {MAX_COLUMNS}",
                {"step": "too short"},
                f"For this span the step is {least_s} s at least",
            )
        )
    return columns, span.end - columns * step_s


def _missing_channel() -> ApiError:
    return ApiError(
        ErrorInfo(
            ErrorCode.CHANNEL_NOT_FOUND,
            "No registered device has that channel",
            hint="/api/v1/channels lists them all",
        )
    )
