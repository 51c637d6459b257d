"""The lock of the show: who locks and unlocks, wrong PINs, other processes, a database that is away."""

import anyio
import pytest

from micboard_tui.contracts.access import AccessContract
from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.contracts.result import ServiceResult
from micboard_tui.domain.show_lock import MAX_WAIT_S, ShowLock, wait_after
from micboard_tui.services.access.access_service import GUARD_LOOK_S, AccessService
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.steady_clock import SteadyClock
from micboard_tui.services.user.control_arming import ControlArming
from micboard_tui.services.user.user_events import UserEvents
from tests.fakes.events import RecordedEvents
from tests.fakes.locks import InMemoryLock
from tests.fakes.stored_users import FastHasher
from tests.services.stage import Clock

PIN = "4711"


class Site:
    """One process on a database; ``beside`` gives another one on the same."""

    def __init__(self, clock: Clock | None = None, locks: InMemoryLock | None = None) -> None:
        self.clock = clock or Clock()
        self.locks = locks or InMemoryLock(self.clock)
        self.events = RecordedEvents()
        self.live = LiveState(SteadyClock(self.clock, self.clock))
        self.arming = ControlArming(UserEvents(self.events, self.clock), self.clock)
        self.service = AccessService(
            self.locks, FastHasher(), self.arming, self.live, self.events, self.clock
        )
        self.access: AccessContract = self.service

    def beside(self) -> "Site":
        return Site(self.clock, self.locks)


@pytest.fixture
def site() -> Site:
    return Site()


def code_of(answer: ServiceResult[object]) -> ErrorCode | None:
    return None if answer.success else answer.error.code


async def test_a_show_is_locked_until_the_pin_is_given_and_both_are_events(site: Site) -> None:
    lock = ShowLock("Ada", site.clock())
    assert (await site.access.lock_show(PIN, actor="Ada")).data == lock
    assert site.live.findings.show_lock == lock
    assert code_of(await site.access.lock_show("1234", actor="Bo")) is ErrorCode.SHOW_LOCKED
    assert (await site.access.find_lock()).data == lock
    assert (await site.access.unlock_show(PIN, actor="Bo")).data == lock
    assert site.live.findings.show_lock is None
    assert (await site.access.unlock_show(PIN, actor="Bo")).success
    assert [(event.text, event.actor) for event in site.events.events] == [
        ("Show locked", "Ada"),
        ("Show unlocked", "Bo"),
    ]


@pytest.mark.parametrize(
    "pin", ["", "123", "1234567890123", "12a4", "12 4", "\uff11\uff12\uff13\uff14", "1234\n"]
)
async def test_a_pin_has_four_to_twelve_digits(site: Site, pin: str) -> None:
    assert code_of(await site.access.lock_show(pin, actor="Ada")) is ErrorCode.INVALID_VALUE
    assert site.locks.stored is None


async def test_each_wrong_pin_doubles_the_wait_also_over_a_restart_and_in_another_process(site: Site) -> None:
    await site.access.lock_show(PIN, actor="Ada")
    for wait_s in (1, 2, 4, 8):
        wrong = await site.beside().access.unlock_show("0000", actor="Eve")
        assert not wrong.success
        assert (wrong.error.code, wrong.error.details["wait_s"]) == (ErrorCode.PIN_REFUSED, str(wait_s))
        assert "lock-the-show.md" in wrong.error.hint
        site.clock.now += wait_s - 0.5
        early = await site.access.unlock_show(PIN, actor="Ada")
        assert not early.success
        assert early.error.hint == "Try again in 1s"
        site.clock.now += 0.5
    assert (await site.access.unlock_show(PIN, actor="Ada")).success
    assert [wait_after(failures) for failures in (0, 1, 9, 10, 10_000)] == [0, 1, 256, MAX_WAIT_S, MAX_WAIT_S]


async def test_a_clock_that_is_set_back_neither_unlocks_nor_keeps_locked_for_ever(site: Site) -> None:
    await site.access.lock_show(PIN, actor="Ada")
    for _ in range(5):
        await site.access.unlock_show("0000", actor="Eve")
        site.clock.now += 60.0
    await site.access.unlock_show("0000", actor="Eve")
    site.clock.now -= 86_400.0
    assert code_of(await site.access.unlock_show(PIN, actor="Ada")) is ErrorCode.PIN_REFUSED
    site.clock.now += 31.0
    assert code_of(await site.access.unlock_show(PIN, actor="Ada")) is ErrorCode.PIN_REFUSED
    site.clock.now += 1.0
    assert (await site.access.unlock_show(PIN, actor="Ada")).success


async def test_a_wrong_pin_is_an_event_that_does_not_hold_it(site: Site) -> None:
    await site.access.lock_show(PIN, actor="Ada")
    await site.access.unlock_show("98765", actor="Eve")
    event = site.events.events[-1]
    assert (event.text, event.actor) == ("Show not unlocked: the PIN was wrong", "Eve")
    assert "98765" not in repr(event)
    assert PIN not in repr(site.locks.stored)


async def test_locking_disarms_all_also_where_another_process_locks(site: Site) -> None:
    other = site.beside()
    for each in (site, other):
        await each.arming.arm("Ada", 10)
    await site.access.lock_show(PIN, actor="Bo")
    await other.service.look()
    for each in (site, other):
        assert each.arming.end_of("Ada") is None
        assert each.live.findings.show_lock is not None


async def test_the_guard_asks_the_database_and_falls_back_to_what_was_known_last(site: Site) -> None:
    other = site.beside()
    assert await other.service.find_for_guard() is None
    await site.access.lock_show(PIN, actor="Ada")
    lock = await other.service.find_for_guard()
    assert lock is not None
    site.locks.is_away = True
    assert await other.service.find_for_guard() == lock
    with pytest.raises(StorageError):
        # Where it was never read, nothing may be changed.
        await site.beside().service.find_for_guard()


@pytest.mark.virtual_time
async def test_a_database_that_stands_still_keeps_the_guard_for_a_moment_only(site: Site) -> None:
    await site.access.lock_show(PIN, actor="Ada")
    site.locks.is_frozen = True
    with anyio.fail_after(GUARD_LOOK_S + 1):
        assert await site.service.find_for_guard() == site.live.findings.show_lock
