"""Commands of the shell arm control for themselves alone."""

import pytest

from micboard_tui.cli.armed_commands import armed_control
from micboard_tui.contracts.errors import ErrorCode, MicboardError
from micboard_tui.contracts.users import UserContract
from micboard_tui.domain.show_lock import ShowLock
from micboard_tui.services.access.access_guard import AccessGuard
from micboard_tui.services.access.audit_service import AuditService
from micboard_tui.services.access.guarded_contracts import guard_contract
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.steady_clock import SteadyClock
from micboard_tui.services.user.control_arming import ControlArming
from micboard_tui.services.user.user_events import UserEvents
from micboard_tui.services.user.user_service import UserService
from tests.fakes.audit import InMemoryAudit, find_no_titles
from tests.fakes.events import RecordedEvents
from tests.fakes.stored_users import FastHasher, InMemoryUsers
from tests.services.stage import Clock


class Site:
    def __init__(self) -> None:
        clock, events = Clock(), UserEvents(RecordedEvents(), Clock())
        self.arming = ControlArming(events, clock)
        self.lock: ShowLock | None = None
        service = UserService(InMemoryUsers(), FastHasher(), events, self.arming, clock)
        audit = AuditService(InMemoryAudit(), LiveState(SteadyClock(clock, clock)), clock, find_no_titles)
        guard = AccessGuard(
            is_read_only=False, find_lock=self._find_lock, is_armed=lambda _: True, audit=audit
        )
        self.users: UserContract = guard_contract(UserContract, service, guard)

    async def _find_lock(self) -> ShowLock | None:
        return self.lock


async def test_control_is_armed_for_the_commands_and_disarmed_after_them_also_when_one_fails() -> None:
    site = Site()

    async def fail() -> None:
        async with armed_control(site.users, "Ada"):
            assert site.arming.end_of("Ada") is not None
            raise MicboardError(ErrorCode.DEVICE_SILENT, "It is silent")

    with pytest.raises(MicboardError):
        await fail()
    assert site.arming.end_of("Ada") is None


async def test_what_the_operator_armed_on_a_board_stays_armed() -> None:
    site = Site()
    end = await site.arming.arm("Ada", 30)
    async with armed_control(site.users, "Ada"):
        pass
    assert site.arming.end_of("Ada") == end


async def test_while_the_show_is_locked_no_command_arms_it() -> None:
    site = Site()
    site.lock = ShowLock("Bo", 0.0)

    async def arm() -> None:
        async with armed_control(site.users, "Ada"):
            raise AssertionError

    with pytest.raises(MicboardError) as refusal:
        await arm()
    assert refusal.value.code is ErrorCode.SHOW_LOCKED
