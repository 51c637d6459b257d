"""Shows: their plans, and how far the current one is."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from micboard_tui.api.access import Watcher
from micboard_tui.api.answers import answer
from micboard_tui.api.context import Context
from micboard_tui.api.errors import data_of
from micboard_tui.api.models.shows import Progress, ShowDetail, Shows
from micboard_tui.api.paging import Paged
from micboard_tui.api.parameters import MAX_TEXT
from micboard_tui.api.published_schemas import NO_SUCH
from micboard_tui.contracts.documents.shows import listed_show_entry, plot_entry, progress_entry
from micboard_tui.contracts.live import LiveContract

ROUTER = APIRouter(prefix="/api/v1", tags=["shows"])

ShowName = Annotated[str, Path(max_length=MAX_TEXT, description="The name of a show; capitals are ignored.")]


@ROUTER.get("/shows", response_model=Shows, summary="The shows that are planned")
async def list_shows(request: Request, context: Context, _: Watcher, paging: Paged) -> Response:
    """All shows without their mic plots, by name."""
    services = context.services
    shows = data_of(await services.shows.list_shows())
    page, next_cursor = paging.of(shows, [show.name for show in shows])
    current = _current_show(services.live)
    entries = [listed_show_entry(show, current) for show in page]
    return await answer(request, {"next_cursor": next_cursor, "shows": entries})


@ROUTER.get(
    "/shows/{name}", response_model=ShowDetail, responses={**NO_SUCH}, summary="A show with its mic plot"
)
async def get_show(request: Request, context: Context, _: Watcher, name: ShowName) -> Response:
    """The plan of a show: scenes, who has which mic in them, and who hands which over."""
    services = context.services
    show = data_of(await services.shows.find_show(name))
    entry = listed_show_entry(show, _current_show(services.live))
    return await answer(request, {"show": entry, "plot": plot_entry(show.plot)})


@ROUTER.get("/show", response_model=Progress, summary="How far the current show is")
async def get_progress(request: Request, context: Context, _: Watcher) -> Response:
    """The state of the current show, its scene, and the minutes to the next break and to the end."""
    live = context.services.live
    progress = live.findings.show
    return await answer(
        request, {"progress": None if progress is None else progress_entry(progress, live.now())}
    )


def _current_show(live: LiveContract) -> str | None:
    progress = live.findings.show
    return None if progress is None else progress.show.name
