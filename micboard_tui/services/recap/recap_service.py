"""Makes recaps: implements ``RecapContract``. The span is chosen by what is stored of the show."""

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING

import anyio.to_thread

from micboard_tui.contracts.errors import ErrorCode, MicboardError
from micboard_tui.contracts.events import EventQuery
from micboard_tui.contracts.recap import ProgressReport, RecapFormat, RecapQuery, ignore_progress
from micboard_tui.contracts.result import ServiceResult, Success
from micboard_tui.domain.event import EventKind
from micboard_tui.domain.recap_shows import PastShow, find_shows
from micboard_tui.services.error_translation import require_data, translate_errors
from micboard_tui.services.recap.recap_sources import NamedSpan, Sources, choose_span

if TYPE_CHECKING:
    from micboard_tui.domain.recap import Recap

COLLECTOR = "micboard_tui.services.recap.recap_collector"
SHOW_EVENTS_READ = 2000
"""The newest, among which each scene is one: those of some twenty shows."""


class RecapService:
    def __init__(self, sources: Sources) -> None:
        self._sources = sources

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
    async def make_recap(
        self,
        query: RecapQuery,
        earlier: RecapQuery | None = None,
        *,
        report: ProgressReport = ignore_progress,
    ) -> "ServiceResult[Recap]":
        return Success(await self._make(query, earlier, report, with_curves=False))

    @translate_errors
    async def write_report(
        self,
        query: RecapQuery,
        form: RecapFormat,
        earlier: RecapQuery | None = None,
        *,
        report: ProgressReport = ignore_progress,
    ) -> ServiceResult[str]:
        recap = await self._make(query, earlier, report, with_curves=form is RecapFormat.HTML)
        from micboard_tui.services.recap.recap_writer import write_recap  # noqa: PLC0415 - as the collector

        return Success(await anyio.to_thread.run_sync(write_recap, recap, form))

    async def _read_shows(self) -> Sequence[PastShow]:
        query = EventQuery(kinds=(EventKind.SHOW,), limit=SHOW_EVENTS_READ)
        return find_shows(require_data(await self._sources.events.list_events(query)))

    async def _choose(self, query: RecapQuery) -> NamedSpan:
        progress = require_data(await self._sources.shows.get_progress())
        return choose_span(progress, query, self._sources.live.now())

    async def _make(
        self, query: RecapQuery, earlier: RecapQuery | None, report: ProgressReport, *, with_curves: bool
    ) -> "Recap":
        # The start of the program waits for none of what makes a recap.
        await anyio.to_thread.run_sync(import_module, COLLECTOR)
        from micboard_tui.services.recap.recap_collector import RecapCollector  # noqa: PLC0415 - see above

        span = await self._choose(query)
        collector = RecapCollector(self._sources, report)
        recap = await collector.measure(span, with_curves=with_curves)
        if earlier is None:
            return recap
        return await collector.compare(recap, span, await self._choose(earlier))
