"""What a shift prepares, checks and leaves: battery plan, thresholds, line check, walks, notes, recaps."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from micboard_tui.api.access import Watcher
from micboard_tui.api.answers import answer, answer_written
from micboard_tui.api.context import Context
from micboard_tui.api.errors import data_of
from micboard_tui.api.models.preparation import Handover, LineCheckAnswer, PastShows, ThresholdTable, Walks
from micboard_tui.api.paging import Cursor, Paged, Paging
from micboard_tui.api.published_schemas import described_by
from micboard_tui.contracts.documents.handover import note_entry
from micboard_tui.contracts.documents.line_check import line_check_document
from micboard_tui.contracts.documents.past_shows import past_show_entry
from micboard_tui.contracts.documents.thresholds import thresholds_document
from micboard_tui.contracts.documents.walks import walk_entry

MAX_WALKS = 20
"""In one answer: a walk with 40 channels at 9 places has 360 results."""

ROUTER = APIRouter(prefix="/api/v1", tags=["preparation"])

WalkLimit = Annotated[int, Query(ge=1, le=MAX_WALKS, description="Walks in one answer at most.")]


@ROUTER.get("/plan", responses=described_by("Plan"), summary="The battery plan")
async def get_plan(request: Request, context: Context, _: Watcher) -> Response:
    """Which packs last for the show, until when others are to be changed, and against what.

    A second old at most. Minutes left are cautious: nine packs of ten last longer.
    """
    return await answer_written(request, await context.plan.read())


@ROUTER.get("/thresholds", response_model=ThresholdTable, summary="What channels are judged by")
async def get_thresholds(request: Request, context: Context, _: Watcher) -> Response:
    """The numbers of the settings, and what replaces them for whom."""
    thresholds = context.services.thresholds
    table = data_of(await thresholds.list_thresholds())
    titles = data_of(await thresholds.describe_scopes([each.scope for each in table.overrides]))
    return await answer(request, thresholds_document(table, titles))


@ROUTER.get("/line-check", response_model=LineCheckAnswer, summary="The line check")
async def get_line_check(request: Request, context: Context, _: Watcher) -> Response:
    """Whether every line was heard before the show: what was seen of each, and what is missing."""
    live = context.services.live
    return await answer(
        request, line_check_document(live.findings.line_check, context.documents.list_snapshots())
    )


@ROUTER.get("/walks", response_model=Walks, summary="Walk tests")
async def list_walks(
    request: Request, context: Context, _: Watcher, limit: WalkLimit = 10, cursor: Cursor = None
) -> Response:
    """The walk tests that are kept, with what was received at each place; the newest first."""
    walks = data_of(await context.services.walks.list_walks())
    page, next_cursor = Paging(limit, cursor).of(walks, [str(walk.id) for walk in walks])
    return await answer(request, {"next_cursor": next_cursor, "walks": [walk_entry(walk) for walk in page]})


@ROUTER.get("/handover", response_model=Handover, summary="Notes for the next shift")
async def list_notes(request: Request, context: Context, _: Watcher, paging: Paged) -> Response:
    """All notes that are kept, the newest first. Reading them here does not count as shown."""
    notes = data_of(await context.services.handover.list_notes())
    page, next_cursor = paging.of(notes, [f"{note.at!r} {note.actor}" for note in notes])
    return await answer(request, {"next_cursor": next_cursor, "notes": [note_entry(note) for note in page]})


@ROUTER.get("/recaps", response_model=PastShows, summary="Shows of which there can be a recap")
async def list_recaps(request: Request, context: Context, _: Watcher, paging: Paged) -> Response:
    """The shows that were started, as far back as events are kept, the newest first."""
    shows = await context.past_shows.read()
    page, next_cursor = paging.of(shows, [repr(show.start) for show in shows])
    return await answer(
        request, {"next_cursor": next_cursor, "recaps": [past_show_entry(show) for show in page]}
    )
