from dataclasses import replace

import pytest

from micboard_tui.contracts.change_follower import ChangeFollower
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.observation import Alive, FactsHeard, MetersHeard
from micboard_tui.services.live.state import LiveState
from tests.services.stage import HEARD, LOUD, ON, RACK, SPARE, STAGE, Clock

ONE = ChannelRef(RACK.id, 1)
METERED = replace(ON, meter_interval_s=0.1)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def live(clock: Clock) -> LiveState:
    live = LiveState(clock)
    live.place([RACK, SPARE], [STAGE])
    live.take_observations(RACK.id, [HEARD, FactsHeard(1, METERED), MetersHeard(1, LOUD)])
    return live


def refs_of(follower: ChangeFollower) -> list[ChannelRef] | None:
    changes = follower.look()
    return None if changes is None else [channel.ref for channel in changes.channels]


def test_what_changed_is_handed_on_once(live: LiveState) -> None:
    follower = ChangeFollower(live)
    assert ONE in (refs_of(follower) or ())
    assert refs_of(follower) is None
    live.take_observations(RACK.id, [MetersHeard(1, LOUD._replace(rf_dbm=-71.0))])
    assert refs_of(follower) == [ONE]


def test_a_channel_whose_meters_stopped_is_handed_on_once_though_nothing_was_reported(
    live: LiveState, clock: Clock
) -> None:
    follower = ChangeFollower(live)
    follower.look()
    clock.now += 2.0
    assert refs_of(follower) is None
    clock.now += 0.2
    changes = follower.look()
    assert changes is not None
    (state,) = changes.channels
    assert state.ref == ONE
    assert state.stale_for_s(clock.now) == pytest.approx(2.2)
    clock.now += 10.0
    assert refs_of(follower) is None
    live.take_observations(RACK.id, [MetersHeard(1, LOUD)])
    assert refs_of(follower) == [ONE]
    clock.now += 3.0
    assert refs_of(follower) == [ONE]


def test_a_stale_channel_that_changes_otherwise_is_not_handed_on_twice(live: LiveState, clock: Clock) -> None:
    follower = ChangeFollower(live)
    follower.look()
    clock.now += 5.0
    live.take_observations(RACK.id, [FactsHeard(1, replace(METERED, gain_db=3)), Alive()])
    assert refs_of(follower) == [ONE]
    assert refs_of(follower) is None


def test_channels_of_a_device_that_was_removed_are_forgotten(live: LiveState, clock: Clock) -> None:
    follower = ChangeFollower(live)
    follower.look()
    live.place([SPARE], [STAGE])
    clock.now += 5.0
    assert ONE not in (refs_of(follower) or ())
    assert refs_of(follower) is None
