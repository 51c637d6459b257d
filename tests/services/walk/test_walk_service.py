"""A walk from the first place to what is kept, with time that is moved by hand."""

from collections.abc import Collection, Mapping, Sequence

import anyio
import pytest

from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.contracts.recorder import RecorderMode, RecorderState
from micboard_tui.contracts.result import ServiceResult
from micboard_tui.contracts.walks import MAX_CHANNELS_WALKED, WalkContract
from micboard_tui.domain.channel import Meters
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.recording.sample_ring import RING_S, Sample
from micboard_tui.domain.walk_test import Grade
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.walk.walk_service import MAX_WALK_S, WalkService, walk_sample
from tests.domain.recording.reference import encode_meters
from tests.fakes.events import RecordedEvents
from tests.fakes.recorded import MadeUpRecorder
from tests.fakes.walks import InMemoryWalks
from tests.services.results import code_of, data_of
from tests.services.stage import RACK, Clock

ONE, TWO = ChannelRef(RACK.id, 1), ChannelRef(RACK.id, 2)
NEAR = Meters(-50.0, -50.0, -60.0, -20.0, "A", carrier=True)
FAR = Meters(-88.0, -88.0, -90.0, -20.0, "A", carrier=True)


class CheckedRecorder(MadeUpRecorder):
    """Has no more than the recorder keeps."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.meters = {ONE: NEAR, TWO: NEAR}
        self._clock = clock

    async def samples(
        self, channels: Collection[ChannelRef], start: float, end: float
    ) -> ServiceResult[Mapping[ChannelRef, Sequence[Sample]]]:
        assert self._clock() - start <= RING_S
        return await super().samples(channels, start, end)


class Setup:
    def __init__(self) -> None:
        self.clock = Clock()
        self.live = LiveState(self.clock)
        self.live.place([RACK], ())
        self.recorder = CheckedRecorder(self.clock)
        self.walks, self.events = InMemoryWalks(), RecordedEvents()
        self.service = WalkService(self.walks, self.recorder, self.live, self.events)
        self.contract: WalkContract = self.service

    async def pass_by(self, seconds: float) -> None:
        """Time passes, in which what is recorded is taken once a second."""
        async with anyio.create_task_group() as group:
            group.start_soon(self.service.run)
            for _ in range(int(seconds)):
                self.clock.now += 1.0
                await anyio.sleep(1.0)
            await anyio.sleep(0.5)
            group.cancel_scope.cancel()


def first_so_far(walk: WalkContract) -> tuple[int, ChannelRef, Grade] | None:
    """What is worst until now."""
    running = walk.running
    if running is None or running.so_far is None:
        return None
    found = running.so_far.results[0]
    return found.place, found.ref, found.grade


pytestmark = pytest.mark.virtual_time


@pytest.mark.no_cover
async def test_a_walk_is_measured_place_by_place_and_kept() -> None:
    setup = Setup()
    walk = setup.contract
    started = data_of(await walk.start([ONE, TWO, ONE], actor="Pia"))
    assert (started.channels, started.place) == ((ONE, TWO), None)
    await setup.pass_by(5)
    data_of(await walk.go_to(1, actor="Pia"))
    await setup.pass_by(100)
    data_of(await walk.name_place(1, "  Balcony   left", actor="Pia"))
    setup.recorder.meters = {ONE: NEAR, TWO: FAR}
    data_of(await walk.go_to(2, actor="Pia"))
    await setup.pass_by(12)
    assert first_so_far(walk) == (2, TWO, Grade.BAD)
    data_of(await walk.go_to(None, actor="Pia"))
    await setup.pass_by(5)
    data_of(await walk.go_to(3, actor="Pia"))
    await setup.pass_by(4)
    kept = data_of(await walk.finish(" Tour  2026 ", actor="Pia"))
    assert walk.running is None
    assert (kept.id, kept.name, kept.actor) == (1, "Tour 2026", "Pia")
    assert (kept.place_name(1), kept.place_name(2)) == ("Balcony left", "Place 2")
    seconds = {(found.place, found.ref): round(found.figures.seconds) for found in kept.results}
    assert seconds == {(1, ONE): 100, (1, TWO): 100, (2, ONE): 12, (2, TWO): 12, (3, ONE): 4, (3, TWO): 4}
    assert kept.results[0].title == f"{RACK.host}/2"
    assert setup.events.events[-1].text == "Walk test with 2 channels at 3 places"


async def test_the_next_walk_begins_with_the_names_of_the_last() -> None:
    setup = Setup()
    walk = setup.contract
    data_of(await walk.start([ONE], actor="Pia"))
    data_of(await walk.name_place(1, "Balcony left", actor="Pia"))
    data_of(await walk.go_to(1, actor="Pia"))
    await setup.pass_by(2)
    data_of(await walk.finish(actor="Pia"))
    assert data_of(await walk.start([ONE], actor="Pia")).places[1] == "Balcony left"
    data_of(await walk.cancel(actor="Pia"))
    assert [found.id for found in data_of(await walk.list_walks())] == [1]
    assert data_of(await walk.find_walk()).id == 1
    assert code_of(await walk.find_walk(7)) is ErrorCode.WALK_NOT_FOUND


async def test_a_walk_is_stored_after_each_visit_and_finished_when_the_program_ends() -> None:
    setup = Setup()
    walk = setup.contract
    data_of(await walk.start([ONE], actor="Pia"))
    data_of(await walk.go_to(1, actor="Pia"))
    await setup.pass_by(12)
    assert setup.walks.kept == []
    data_of(await walk.go_to(2, actor="Pia"))
    # What a program finds that begins after a kill. The walk that runs is not among those that are kept.
    assert [(kept.id, len(kept.results)) for kept in setup.walks.kept] == [(1, 1)]
    assert data_of(await walk.list_walks()) == []
    await setup.pass_by(12)
    await setup.service.close()
    assert [(kept.id, len(kept.results), kept.actor) for kept in setup.walks.kept] == [(1, 2, "Pia")]
    assert setup.events.events[-1].text == "Walk test with 1 channel at 2 places"
    data_of(await walk.start([ONE], actor="Pia"))
    data_of(await walk.go_to(1, actor="Pia"))
    await setup.pass_by(2)
    data_of(await walk.go_to(None, actor="Pia"))
    assert len(setup.walks.kept) == 2
    data_of(await walk.cancel(actor="Pia"))
    await setup.service.close()
    assert len(setup.walks.kept) == 1


async def test_a_walk_without_a_place_is_not_kept_and_one_that_never_ends_takes_no_more() -> None:
    setup = Setup()
    walk = setup.contract
    data_of(await walk.start([ONE], actor="Pia"))
    assert data_of(await walk.finish(actor="Pia")).id is None
    assert code_of(await walk.find_walk()) is ErrorCode.WALK_NOT_FOUND
    data_of(await walk.start([ONE], actor="Pia"))
    setup.clock.now += MAX_WALK_S
    data_of(await walk.go_to(1, actor="Pia"))
    await setup.pass_by(2)
    assert data_of(await walk.finish(actor="Pia")).results == []


async def test_what_cannot_be_is_refused() -> None:
    setup = Setup()
    walk = setup.contract
    for answer in (
        await walk.go_to(1, actor="Pia"),
        await walk.name_place(1, "Pit", actor="Pia"),
        await walk.finish(actor="Pia"),
        await walk.cancel(actor="Pia"),
    ):
        assert code_of(answer) is ErrorCode.WALK_NOT_RUNNING
    many = [ChannelRef(RACK.id, number) for number in range(MAX_CHANNELS_WALKED + 1)]
    for channels in ((), many):
        assert code_of(await walk.start(channels, actor="Pia")) is ErrorCode.INVALID_VALUE
    setup.recorder.state = RecorderState(RecorderMode.OFF)
    assert code_of(await walk.start([ONE], actor="Pia")) is ErrorCode.INVALID_VALUE
    setup.recorder.state = RecorderState(RecorderMode.MEMORY)
    data_of(await walk.start([ONE], actor="Pia"))
    for refused in (
        await walk.start([ONE], actor="Pia"),
        await walk.go_to(10, actor="Pia"),
        await walk.name_place(1, "x" * 31, actor="Pia"),
        await walk.finish("x" * 61, actor="Pia"),
    ):
        assert code_of(refused) is ErrorCode.INVALID_VALUE
    assert walk.running is not None


@pytest.mark.parametrize(
    ("meters", "a", "b", "is_lost"),
    [
        (NEAR, -50.0, -60.0, False),
        (Meters(-70.0, carrier=True), -70.0, None, False),
        (Meters(rf_a_percent=40, rf_b_percent=50, carrier=False), None, None, True),
        (Meters(), None, None, False),
    ],
)
def test_only_levels_in_dbm_are_taken(
    meters: Meters, a: float | None, b: float | None, is_lost: bool
) -> None:
    taken = walk_sample(Sample(7.0, encode_meters(meters)))
    assert taken == (7.0, a, b, is_lost)
