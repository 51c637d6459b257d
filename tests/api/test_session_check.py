"""What a proxy learns of who wants to enter what it guards."""

from collections.abc import Mapping

import pytest

from micboard_tui.api.options import ApiOptions, RateLimits
from tests.api.conftest import CONTROL, WATCH, WRITE, ServedRig, as_user, make_rig, serve_rig

CHECK = "/api/v1/session/check"


@pytest.mark.parametrize(
    ("headers", "query", "status"),
    [
        ({}, "", 401),
        ({}, "?permission=watch", 401),
        (as_user("mb_9_wrong"), "", 401),
        (WATCH, "", 403),
        (WRITE, "", 403),
        (CONTROL, "", 204),
        (WATCH, "?permission=watch", 204),
        (WATCH, "?permission=write", 403),
        (CONTROL, "?permission=everything", 422),
        # Of the request that the proxy asks for.
        (CONTROL, "?width=80&fontsize=16", 204),
        ({"Cookie": "micboard_session=mb_3_control"}, "", 204),
        ({**CONTROL, "Origin": "http://127.0.0.1:8642"}, "", 204),
        ({**CONTROL, "Origin": "http://evil.example"}, "", 403),
        ({**CONTROL, "X-Forwarded-For": "203.0.113.9"}, "", 204),
    ],
)
@pytest.mark.no_cover
async def test_only_who_logged_in_on_our_own_page_may_enter(
    served: ServedRig, headers: Mapping[str, str], query: str, status: int
) -> None:
    answer = await served.client.get(f"{CHECK}{query}", headers=headers)
    assert answer.status_code == status
    assert (answer.content == b"") == (status == 204)


async def test_who_asks_too_often_is_asked_to_wait() -> None:
    async with serve_rig(make_rig(), ApiOptions(rates=RateLimits(reads_per_second=2))) as served:
        statuses = [(await served.client.get(CHECK, headers=CONTROL)).status_code for _ in range(3)]
    assert statuses == [204, 204, 429]
