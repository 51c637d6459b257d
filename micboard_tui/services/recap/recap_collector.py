"""Collects what a recap is made of.

Theory of operation. First the events of the span are read page by page, then what was recorded, a few
channels after others. Each piece is measured in a thread, and only its figures are kept: the event loop is
never busy with more than one page, memory does not grow with the span, and a recap that is cancelled ends
with the piece that is being read.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeAlias

import anyio.to_thread

from micboard_tui.contracts.events import EventQuery
from micboard_tui.contracts.recap import ProgressReport, RecapProgress
from micboard_tui.domain.event import MAX_EVENTS_KEPT, Event
from micboard_tui.domain.identity import ChannelRef, channel_label
from micboard_tui.domain.recap import Recap, RecapMaker, RecapSource
from micboard_tui.domain.recap_channel import ChannelTitle
from micboard_tui.domain.recap_comparison import compare_recaps
from micboard_tui.domain.recording.recorded_span import MAX_COLUMNS, RecordedSpan
from micboard_tui.services.error_translation import require_data
from micboard_tui.services.recap.recap_sources import NamedSpan, Sources

COLUMN_S = 10.0
"""Of the recording, so long that a show of some hours is given whole."""
SHORT_SPAN_S, SHORT_COLUMN_S = 600.0, 1.0
"""A shorter span is given in shorter columns."""
CHANNELS_AT_ONCE = 32
EVENTS_AT_ONCE = 1000
AddChannels: TypeAlias = Callable[[Sequence[ChannelTitle], Mapping[ChannelRef, RecordedSpan]], None]


class RecapCollector:
    """Makes one recap."""

    def __init__(self, sources: Sources, report: ProgressReport) -> None:
        self._sources, self._report = sources, report

    async def compare(self, recap: Recap, span: NamedSpan, earlier: NamedSpan) -> Recap:
        """What is more exact is measured again in columns as long as those of the other."""
        before = await self.measure(earlier)
        exact_s, exact_before_s = (
            max((channel.exact_s for channel in made.channels), default=0.0) for made in (recap, before)
        )
        now = recap
        if 0 < exact_s < exact_before_s:
            now = await self.measure(span, column_s=exact_before_s)
        elif 0 < exact_before_s < exact_s:
            before = await self.measure(earlier, column_s=exact_s)
        return replace(recap, comparison=await anyio.to_thread.run_sync(compare_recaps, now, before))

    async def measure(self, span: NamedSpan, *, with_curves: bool = False, column_s: float = 0.0) -> Recap:
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
        self._report(RecapProgress(0, len(titles)))
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
            self._report(RecapProgress(first + len(some), len(titles)))
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
