"""Who changed what from where."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from micboard_tui.api.access import Caller, Requires
from micboard_tui.api.answers import answer
from micboard_tui.api.context import Context
from micboard_tui.api.errors import data_of
from micboard_tui.api.models.audit_models import AuditPage
from micboard_tui.api.parameters import MAX_TEXT
from micboard_tui.api.rate_limits import Rate
from micboard_tui.api.time_span import Since, Until, read_span
from micboard_tui.contracts.audit import MAX_AUDIT_PAGE, AuditQuery
from micboard_tui.contracts.documents.audit import audit_entry
from micboard_tui.domain.user import MAX_USER_NAME, Permission

MONTHS_S = 90 * 86_400.0

ROUTER = APIRouter(prefix="/api/v1", tags=["audit"])

Auditor = Annotated[Caller, Depends(Requires(Permission.CONTROL, Rate.READS))]
"""Who may read it; no device is asked, so that it does not count as a command."""
TextFilter = Annotated[
    str, Query(max_length=MAX_TEXT, description="Words that an entry has, wherever; capitals are ignored.")
]
ActorFilter = Annotated[str | None, Query(max_length=MAX_USER_NAME, description="Only what this one did.")]
PageLimit = Annotated[int, Query(ge=1, le=MAX_AUDIT_PAGE, description="Entries in one answer at most.")]
Before = Annotated[
    int | None,
    Query(ge=1, le=2**31, description="`next_cursor` of the answer before; none: from the newest."),
]


@ROUTER.get("/audit", response_model=AuditPage)
async def list_audit(  # noqa: PLR0913, PLR0917 - one parameter a filter
    request: Request,
    context: Context,
    _: Auditor,
    since: Since = None,
    until: Until = None,
    text: TextFilter = "",
    actor: ActorFilter = None,
    limit: PageLimit = 100,
    cursor: Before = None,
) -> Response:
    """Who changed what from where, and what was refused, the newest first; without `since` of 90 days."""
    services = context.services
    begin, end = read_span(since, until, services.live.now(), MONTHS_S)
    query = AuditQuery(text, actor, begin, end, cursor, limit)
    entries = data_of(await services.audit.list_entries(query))
    following = str(entries[-1].number) if len(entries) == limit else None
    return await answer(
        request, {"next_cursor": following, "entries": [audit_entry(each) for each in entries]}
    )
