"""What channels do to each other is found although different collectors read them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from micboard_tui.bus.mirror.mirror import Mirror
from micboard_tui.bus.wire.sign_of_life import HUB
from micboard_tui.domain.conflict import LastingConflict
from micboard_tui.domain.device import Device
from micboard_tui.domain.observation import FactsHeard
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.services.live.published_site import PublishedSite
from micboard_tui.services.live.site_conflicts import SiteConflicts
from micboard_tui.services.live.site_state import SiteState
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.steady_clock import SteadyClock
from tests.bus.attached_site import EPOCH_S, running, settle
from tests.bus.fleet_site import DEVICES, REFS, WORN, Collector, Fleet
from tests.fakes.virtual_time import loop_time

pytestmark = pytest.mark.virtual_time

ONE, TWO, THREE, FOUR = DEVICES
SAME = ProblemCode.SAME_FREQUENCY


def tune(collector: Collector, device: Device, khz: int) -> None:
    collector.live.take_observations(device.id, [FactsHeard(1, replace(WORN[device.id], frequency_khz=khz))])


def blamed(board: Mirror | LiveState | SiteState) -> set[object]:
    problems = board.judge().problems
    return {ref for ref, codes in problems.items() if SAME in codes}


@asynccontextmanager
async def opened(*collectors: Collector, fleet: Fleet) -> AsyncIterator[tuple[SiteState, Mirror]]:
    """The present as the hub has it, and a board."""
    fleet.place()
    replica, board = fleet.board(), fleet.board()
    state = SiteState(replica, SteadyClock(lambda: EPOCH_S + loop_time(), loop_time))
    hub = fleet.site.publisher("hub", 1, live=PublishedSite(fleet.record, state), role=HUB)
    publishers = (collector.publisher for collector in collectors)
    async with running(hub, replica, board, SiteConflicts(state), *publishers):
        await settle(3.0)
        yield state, board


async def test_one_frequency_of_two_collectors_is_a_conflict_on_every_board_until_it_ends() -> None:
    fleet = Fleet()
    first, second = fleet.collector("land-1", ONE, TWO), fleet.collector("land-2", THREE, FOUR, token=2)
    async with opened(first, second, fleet=fleet) as (state, board):
        assert (blamed(board), board.findings.conflicts) == (set(), {})
        tune(second, THREE, WORN[ONE.id].frequency_khz or 0)
        await settle(2.0)
        assert blamed(first.live) == blamed(second.live) == set()
        assert blamed(board) == blamed(state) == {REFS[0], REFS[2]}
        tune(second, THREE, 600_000)
        await settle(2.0)
        assert blamed(board) == blamed(state) == set()


async def test_a_conflict_of_two_collectors_lasts_since_it_began_and_stands_in_rack_order() -> None:
    fleet = Fleet()
    first, second = fleet.collector("land-1", ONE, TWO), fleet.collector("land-2", THREE, FOUR, token=2)
    async with opened(first, second, fleet=fleet) as (_, board):
        began = fleet.site.clock()
        tune(second, THREE, WORN[ONE.id].frequency_khz or 0)
        await settle(2.0)
        since = board.judge().since(REFS[0], SAME)
        assert since == pytest.approx(began, abs=1.5)
        tune(second, FOUR, WORN[TWO.id].frequency_khz or 0)
        await settle(2.0)
        judgement = board.judge()
        assert judgement.conflicts == dict.fromkeys(REFS, (SAME,))
        assert list(judgement.problems) == list(REFS)
        assert judgement.since(REFS[0], SAME) == since


async def test_what_a_collector_found_itself_is_there_once_and_lasts_as_long_as_it_says() -> None:
    fleet = Fleet()
    fleet.place()
    only, board = fleet.collector("land-1", *DEVICES), fleet.board()
    state = SiteState(fleet.board(), SteadyClock(lambda: EPOCH_S + loop_time(), loop_time))
    state.findings = replace(state.findings, conflicts={REFS[0]: (LastingConflict(SAME, 5.0),), REFS[3]: ()})
    hub = fleet.site.publisher("hub", 1, live=PublishedSite(fleet.record, state), role=HUB)
    tune(only, TWO, WORN[ONE.id].frequency_khz or 0)
    async with running(hub, board, only.publisher):
        await settle(3.0)
        judgement = board.judge()
        assert judgement.problems == {REFS[0]: (SAME,), REFS[1]: (SAME,)}
        assert judgement.since(REFS[0], SAME) == only.live.judge().since(REFS[0], SAME) > 5.0


def test_nothing_is_looked_for_while_nothing_changed_on_which_conflicts_depend() -> None:
    asked = []

    class Counted(LiveState):
        def judge(self, max_age_s: float = 0.0):  # type: ignore[no-untyped-def] # noqa: ANN202
            asked.append(max_age_s)
            return super().judge(max_age_s)

    live = Counted(lambda: EPOCH_S)
    live.place(DEVICES[:2], [])
    conflicts = SiteConflicts(live)
    for device in DEVICES[:2]:
        live.take_observations(device.id, [FactsHeard(1, WORN[device.id])])
    conflicts.look()
    assert len(asked) == 1
    conflicts.look()
    live.take_observations(ONE.id, [FactsHeard(1, replace(WORN[ONE.id], name="Other"))])
    conflicts.look()
    assert len(asked) == 1
