"""For how long a user may give commands, also where the clock jumps."""

import pytest

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
