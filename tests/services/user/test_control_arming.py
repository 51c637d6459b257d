"""For how long a user may give commands, also where the clock jumps."""

from collections.abc import Sequence

import pytest

from micboard_tui.domain.arming import Arming, find_arming
from micboard_tui.services.user.control_arming import MAX_SET_BACK_S, ControlArming
from micboard_tui.services.user.user_events import UserEvents
from tests.fakes.events import RecordedEvents
from tests.services.stage import Clock


@pytest.mark.parametrize(
    ("jump_s", "is_armed"),
    [
        (0.0, True),
        (599.0, True),
        (600.0, False),
        (3600.0, False),
        (-MAX_SET_BACK_S, True),
        (-MAX_SET_BACK_S - 1.0, False),
        (-86_400.0, False),
    ],
)
async def test_no_jump_of_the_clock_lets_control_last_much_longer(jump_s: float, is_armed: bool) -> None:
    events, clock = RecordedEvents(), Clock()
    arming = ControlArming(UserEvents(events, clock), clock)
    end = await arming.arm("Ada", minutes=10)
    clock.now += jump_s
    await arming.end_expired()
    assert arming.end_of("Ada") == (end if is_armed else None)
    assert await arming.disarm("Ada") is is_armed


async def test_who_has_armed_control_is_published_each_time_that_it_changes() -> None:
    published: list[Sequence[Arming]] = []
    events, clock = RecordedEvents(), Clock()
    arming = ControlArming(UserEvents(events, clock), clock, published.append)
    ada = Arming("Ada", await arming.arm("Ada", minutes=10))
    bo = Arming("Bo", await arming.arm("Bo", minutes=1))
    clock.now += 60.0
    await arming.end_expired()
    await arming.disarm("Ada")
    assert published == [[ada], [ada, bo], [ada], []]
    assert find_arming([ada, bo], "Bo", bo.until - 1.0) == bo
    assert find_arming([ada, bo], "Bo", bo.until) is None


async def test_all_are_disarmed_at_once_and_each_of_them_has_an_event() -> None:
    events, clock = RecordedEvents(), Clock()
    arming = ControlArming(UserEvents(events, clock), clock)
    await arming.arm("Ada", minutes=10)
    await arming.arm("Bo", minutes=10)
    await arming.disarm_all("the show was locked")
    assert (arming.end_of("Ada"), arming.end_of("Bo")) == (None, None)
    last = [(event.text, event.actor) for event in events.events[-2:]]
    assert last == [("Control disarmed: the show was locked", user) for user in ("Ada", "Bo")]
