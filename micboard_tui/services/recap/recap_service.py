"""Makes recaps: implements ``RecapContract``.

Theory of operation. The span is chosen by what is stored of the show; then the events are read page by page,
and what was recorded a few channels after others. Each piece is measured in a thread, and only its figures
are kept: the event loop is never busy with more than one page, memory does not grow with the span, and a
recap that is cancelled ends with the piece that is being read.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple, TypeAlias

import anyio.to_thread

from micboard_tui.contracts.device import DeviceContract
from micboard_tui.contracts.errors import ErrorCode, MicboardError, invalid_value_error
from micboard_tui.contracts.events import EventContract, EventQuery
from micboard_tui.contracts.handover import HandoverContract
from micboard_tui.contracts.live import LiveContract
from micboard_tui.contracts.recap import (
    WITHOUT_SHOW_S,
    RecapFormat,
    RecapProgress,
    RecapQuery,
)
from micboard_tui.contracts.recorder import RecorderContract
from micboard_tui.contracts.result import ServiceResult, Success
from micboard_tui.contracts.show import ShowContract
from micboard_tui.domain.event import MAX_EVENTS_KEPT, Event, EventKind
from micboard_tui.domain.identity import ChannelRef, channel_label
from micboard_tui.domain.recap import Recap, RecapMaker, RecapSource
from micboard_tui.domain.recap_channel import ChannelTitle
from micboard_tui.domain.recap_comparison import compare_recaps
from micboard_tui.domain.recap_shows import PastShow, find_shows
from micboard_tui.domain.recording.recorded_span import MAX_COLUMNS, RecordedSpan
from micboard_tui.domain.show import ShowProgress
from micboard_tui.services.error_translation import require_data, translate_errors
from micboard_tui.services.recap.recap_writer import write_recap

COLUMN_S = 10.0
"""Of the recording, so long that a show of some hours is given whole."""
SHORT_SPAN_S, SHORT_COLUMN_S = 600.0, 1.0
"""A shorter span is given in shorter columns."""
CHANNELS_AT_ONCE = 32
EVENTS_AT_ONCE = 1000
SHOW_EVENTS_READ = 2000
"""The newest, among which each scene is one: those of some twenty shows."""
SHORTEST_S = 1.0
"""Of a show that has just begun."""


AddChannels: TypeAlias = Callable[[Sequence[ChannelTitle], Mapping[ChannelRef, RecordedSpan]], None]


class Sources(NamedTuple):
    """Where the facts come from."""

    live: LiveContract
    shows: ShowContract
    devices: DeviceContract
    recorder: RecorderContract
    events: EventContract
    handover: HandoverContract


class NamedSpan(NamedTuple):
    start: float
    end: float
    show: str | None = None
    """The name of the show; None: it is a span of time."""


class RecapService:
    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._progress: RecapProgress | None = None

    @property
    def progress(self) -> RecapProgress | None:
        return self._progress

    @translate_errors
    async def list_shows(self) -> ServiceResult[Sequence[PastShow]]:
        return Success(await self._read_shows())

    @translate_errors
    async def find_earlier(self, query: RecapQuery) -> ServiceResult[RecapQuery]:
        span = await self._choose(query)
        for show in await self._read_shows():
            if show.end is not None and show.end <= span.start:
                return Success(RecapQuery(show.start, show.end, show.name or "A show"))
        raise MicboardError(
            ErrorCode.SHOW_NOT_FOUND,
            "No show is known that ended before that",
            hint="Compare with a span: --compare-since and --compare-until",
        )

    @translate_errors
    async def make_recap(self, query: RecapQuery, earlier: RecapQuery | None = None) -> ServiceResult[Recap]:
        return Success(await self._make(query, earlier, with_curves=False))

    @translate_errors
    async def write_report(
        self, query: RecapQuery, form: RecapFormat, earlier: RecapQuery | None = None
    ) -> ServiceResult[str]:
        recap = await self._make(query, earlier, with_curves=form is RecapFormat.HTML)
        return Success(await anyio.to_thread.run_sync(write_recap, recap, form))

    async def _read_shows(self) -> Sequence[PastShow]:
        query = EventQuery(kinds=(EventKind.SHOW,), limit=SHOW_EVENTS_READ)
        return find_shows(require_data(await self._sources.events.list_events(query)))

    async def _choose(self, query: RecapQuery) -> NamedSpan:
        progress = require_data(await self._sources.shows.get_progress())
        return choose_span(progress, query, self._sources.live.now())

    async def _make(self, query: RecapQuery, earlier: RecapQuery | None, *, with_curves: bool) -> Recap:
        span = await self._choose(query)
        try:
            recap = await self._measure(span, with_curves=with_curves)
            if earlier is None:
                return recap
            return await self._compare(recap, span, await self._choose(earlier))
        finally:
            self._progress = None

    async def _compare(self, recap: Recap, span: NamedSpan, earlier: NamedSpan) -> Recap:
        """What is more exact is measured again in columns as long as those of the other."""
        before = await self._measure(earlier)
        exact_s, exact_before_s = (
            max((channel.exact_s for channel in each.channels), default=0.0) for each in (recap, before)
        )
        now = recap
        if 0 < exact_s < exact_before_s:
            now = await self._measure(span, column_s=exact_before_s)
        elif 0 < exact_before_s < exact_s:
            before = await self._measure(earlier, column_s=exact_s)
        return replace(recap, comparison=await anyio.to_thread.run_sync(compare_recaps, now, before))

    async def _measure(self, span: NamedSpan, *, with_curves: bool = False, column_s: float = 0.0) -> Recap:
        # A board shows the present; a command that holds no sessions reads what was stored.
        devices = self._sources.live.snapshot() or require_data(await self._sources.devices.list_devices())
        titles = [
            ChannelTitle(
                channel.ref,
                channel_label(device.title, channel.number),
                channel.mic_number,
                channel.display_name or "",
            )
            for device in devices
            for channel in device.channels
        ]
        self._progress = RecapProgress(0, len(titles))
        source = RecapSource(
            span.start,
            span.end,
            {device.device.id: device.title for device in devices},
            await self._read_events(span),
            span.show,
            require_data(await self._sources.handover.list_notes()),
        )
        maker = await anyio.to_thread.run_sync(RecapMaker, source)
        add = partial(maker.add, with_curves=with_curves, column_s=column_s)
        fault = await self._add_channels(add, titles, span)
        return await anyio.to_thread.run_sync(maker.finish, fault)

    async def _add_channels(
        self, add: AddChannels, titles: Sequence[ChannelTitle], span: NamedSpan
    ) -> str | None:
        """Why the recorder could not be read; None: it was."""
        fault: str | None = None
        columns = count_columns(span.end - span.start)
        for first in range(0, len(titles), CHANNELS_AT_ONCE):
            some = titles[first : first + CHANNELS_AT_ONCE]
            refs = [title.ref for title in some]
            answer = await self._sources.recorder.summaries(refs, span.start, span.end, columns)
            if not answer.success:
                fault = answer.error.message
            spans = answer.data if answer.success else {}
            await anyio.to_thread.run_sync(add, some, spans)
            self._progress = RecapProgress(first + len(some), len(titles))
        return fault

    async def _read_events(self, span: NamedSpan) -> Sequence[Event]:
        """All of the span, oldest first."""
        events: list[Event] = []
        since, known = span.start, set[int | None]()
        while len(events) < MAX_EVENTS_KEPT:
            query = EventQuery(since, span.end, limit=EVENTS_AT_ONCE, is_from_start=True)
            page = require_data(await self._sources.events.list_events(query))
            fresh = [event for event in page if event.id not in known]
            events += fresh
            if len(page) < EVENTS_AT_ONCE or not fresh:
                break
            # The next page begins with those of the same moment, of which some are known.
            since = page[-1].at
            known = {event.id for event in page if event.at == since}
        return events


def count_columns(span_s: float) -> int:
    """In so many columns a span is read."""
    column_s = SHORT_COLUMN_S if span_s <= SHORT_SPAN_S else COLUMN_S
    return min(MAX_COLUMNS, max(1, round(span_s / column_s)))


def choose_span(progress: ShowProgress | None, query: RecapQuery, now: float) -> NamedSpan:
    """From when to when, and the name of the show where it is that. Raises MicboardError INVALID_VALUE."""
    since, until, name = query
    started_at = None if progress is None else progress.started_at
    if since is not None or progress is None or started_at is None:
        end = now if until is None else until
        start = end - WITHOUT_SHOW_S if since is None else since
        if end <= start:
            raise invalid_value_error("The end has to be after the start", "Choose a later end")
        return NamedSpan(start, end, name)
    if until is not None and until <= started_at:
        raise invalid_value_error(
            f"{progress.show.name} had not started then", "Give a later --until, or --since as well"
        )
    end = until if until is not None else now if progress.ended_at is None else progress.ended_at
    return NamedSpan(started_at, max(end, started_at + SHORTEST_S), progress.show.name)
