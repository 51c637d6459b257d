"""While logins cannot be checked, those that were checked lately go on reading, and nothing else."""

import pytest

from micboard_tui.api.access import SESSION_COOKIE
from micboard_tui.api.recent_logins import KEPT_S, MAX_KEPT, RecentLogins
from micboard_tui.contracts import bus_errors
from micboard_tui.contracts.errors import ErrorCode, ErrorInfo
from micboard_tui.domain.user import Login, Token
from tests.api.conftest import CONTROL, UNHURRIED, WATCH, WRITE, ServedRig, make_rig, serve_rig
from tests.fakes.users import PASSWORD, WALTER
from tests.services.stage import Clock

DEVICES = "/api/v1/devices"
LOST = bus_errors.describe_lost_connection()


@pytest.fixture
def remote(served: ServedRig) -> ServedRig:
    """Asked from another computer, where each needs a login."""
    served.come_from("192.0.2.7")
    return served


@pytest.mark.parametrize(
    "fault",
    [
        LOST,
        bus_errors.describe_missing_service(),
        bus_errors.describe_unknown_outcome(),
        ErrorInfo(ErrorCode.DATABASE_ERROR, "The database is away"),
    ],
)
async def test_who_was_let_in_lately_goes_on_reading_while_nothing_can_be_checked(
    remote: ServedRig, fault: ErrorInfo
) -> None:
    assert (await remote.client.get(DEVICES, headers=WATCH)).status_code == 200
    remote.rig.users.fault = fault
    assert (await remote.client.get(DEVICES, headers=WATCH)).status_code == 200
    # This one was not here before.
    answer = await remote.client.get(DEVICES, headers=CONTROL)
    assert answer.status_code >= 500
    assert answer.json()["error"]["code"] == fault.code


async def test_a_session_in_a_cookie_is_no_other(remote: ServedRig) -> None:
    await remote.client.post("/api/v1/session", json={"name": "Wanda", "password": PASSWORD})
    assert remote.client.cookies[SESSION_COOKIE]
    assert (await remote.client.get(DEVICES)).status_code == 200
    remote.rig.users.fault = LOST
    assert (await remote.client.get(DEVICES)).status_code == 200
    assert (await remote.client.get("/api/v1/session")).json()["user"]["name"] == "Wanda"


async def test_nothing_is_changed_meanwhile(remote: ServedRig) -> None:
    assert (await remote.client.get(DEVICES, headers=WRITE)).status_code == 200
    remote.rig.users.fault = LOST
    answer = await remote.post("/performers", {"name": "Ada"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "BUS_LOST")


async def test_it_ends_after_a_minute_without_a_check() -> None:
    clock = Clock()
    async with serve_rig(make_rig(), UNHURRIED, client_address="192.0.2.7", clock=clock) as served:
        await served.client.get(DEVICES, headers=WATCH)
        served.rig.users.fault = LOST
        clock.now += KEPT_S - 1.0
        assert (await served.client.get(DEVICES, headers=WATCH)).status_code == 200
        clock.now += 1.0
        assert (await served.client.get(DEVICES, headers=WATCH)).status_code == 503


async def test_a_token_that_was_ended_is_refused_as_soon_as_it_can_be_checked(remote: ServedRig) -> None:
    users = remote.rig.users
    assert (await remote.client.get(DEVICES, headers=WATCH)).status_code == 200
    users.fault = LOST
    assert (await remote.client.get(DEVICES, headers=WATCH)).status_code == 200
    await users.revoke_token("1", actor="Carla")
    users.fault = None
    assert (await remote.client.get(DEVICES, headers=WATCH)).status_code == 401
    # Also when the bus goes away once more.
    users.fault = LOST
    assert (await remote.client.get(DEVICES, headers=WATCH)).status_code == 503


def test_only_so_many_are_kept_and_those_that_were_checked_last() -> None:
    clock = Clock()
    recent = RecentLogins(clock)
    login = Login(WALTER, Token("1", WALTER.id, "test", 0.0))
    recent.keep("first", login)
    recent.keep("second", login)
    recent.keep("first", login)
    for number in range(MAX_KEPT - 1):
        recent.keep(f"other {number}", login)
    assert recent.find("second") is None
    assert recent.find("first") is login
