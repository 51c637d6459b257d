"""Shows and the progress of the current one: the same holds in memory and in the database."""

from dataclasses import replace

import pytest
from sqlalchemy import URL

from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.contracts.show import CurrentShow, ProgressChange
from micboard_tui.contracts.undo_steps import Change, Step
from micboard_tui.domain.assignment import Role
from micboard_tui.domain.identity import ShowId
from micboard_tui.domain.mic_plot import MicPlot, PlotEntry
from micboard_tui.domain.show import Show, ShowProgress, ShowRecord, ShowState
from micboard_tui.domain.show_changes import extend_show, go_to_scene, next_scene, start_break, start_show
from micboard_tui.storage.database import open_database
from tests.domain.test_show import SCENES, SHOW, T
from tests.storage.conftest import Store

ENTRIES = (
    PlotEntry(0, "7", "Ann", "Romeo", note="wig"),
    PlotEntry(1, "7b", None, "Júlia", Role.BACKUP),
    PlotEntry(3, "IEM 3", "Bea"),
)
ROMEO = ShowRecord(ShowId("romeo"), replace(SHOW, plot=MicPlot(SCENES, ENTRIES)))
BARE = ShowRecord(ShowId("bare"), Show("Bare"))
STEP = Step("Show Romeo added", 1000.5)
ON = CurrentShow(ROMEO.id, go_to_scene(start_show(ShowProgress(ROMEO.show), T), 3, T + 60))
PROGRESSES = [
    ShowProgress(ROMEO.show),
    ON.progress,
    next_scene(ShowProgress(ROMEO.show), T),
    extend_show(start_break(ON.progress, T + 3600), 2.5),
]


def always(current: CurrentShow) -> ProgressChange:
    return lambda _: current


async def test_shows_come_and_go_by_steps_and_names_are_taken_once(store: Store) -> None:
    shows = store.shows
    await store.records.make(STEP, [Change(None, ROMEO), Change(None, BARE)])
    assert sorted(await shows.shows(), key=lambda record: record.id) == [BARE, ROMEO]
    other = ShowRecord(ShowId("other"), Show("ROMEO"))
    with pytest.raises(StorageError) as caught:
        await store.records.make(STEP, [Change(None, other)])
    assert caught.value.code is ErrorCode.SHOW_EXISTS
    renamed = replace(BARE, show=Show("Hamlet"))
    await store.records.make(STEP, [Change(BARE, renamed)])
    await store.records.undo("Pia")
    assert BARE in await shows.shows()
    await store.records.undo("Pia")
    assert await shows.shows() == []


async def test_the_progress_is_kept_as_it_is_and_goes_with_its_show(store: Store) -> None:
    assert await store.shows.current() is None
    await store.records.make(STEP, [Change(None, ROMEO)])
    for progress in PROGRESSES:
        current = CurrentShow(ROMEO.id, progress)
        assert await store.shows.change_current(always(current)) == current
        assert await store.shows.current() == current
    assert await store.shows.change_current(lambda current: current) == CurrentShow(ROMEO.id, PROGRESSES[-1])
    await store.records.make(STEP, [Change(ROMEO, None)])
    assert await store.shows.current() is None


async def test_a_change_that_raises_changes_nothing(store: Store) -> None:
    await store.records.make(STEP, [Change(None, ROMEO)])
    await store.shows.change_current(lambda _: ON)

    def refuse(_: CurrentShow | None) -> CurrentShow | None:
        raise StorageError(ErrorCode.SHOW_REFUSED, "Not now")

    with pytest.raises(StorageError, match="Not now"):
        await store.shows.change_current(refuse)
    assert await store.shows.current() == ON
    assert await store.shows.change_current(lambda _: None) is None
    assert await store.shows.current() is None


async def test_a_show_goes_on_by_its_new_plan_with_the_scene_where_it_was(store: Store) -> None:
    await store.records.make(STEP, [Change(None, ROMEO)])
    await store.shows.change_current(lambda _: ON)
    shorter = replace(ROMEO, show=replace(ROMEO.show, plot=MicPlot(SCENES[2:])))
    await store.records.make(STEP, [Change(ROMEO, shorter)])
    current = await store.shows.current()
    assert current is not None
    assert (current.progress.scene, current.progress.current_scene) == (1, SCENES[3])
    assert (current.progress.state, current.progress.show) == (ShowState.RUNNING, shorter.show)
    gone = replace(ROMEO, show=replace(ROMEO.show, plot=MicPlot()))
    await store.records.make(STEP, [Change(shorter, gone)])
    current = await store.shows.current()
    assert current is not None
    assert (current.progress.scene, current.progress.scene_started_at) == (None, None)


async def test_a_show_that_is_on_is_there_after_a_restart_and_moves_the_revision(
    database_url: URL | str,
) -> None:
    async with open_database(database_url) as database:
        await database.assignments.make(STEP, [Change(None, ROMEO)])
        before = await database.devices.revision()
        await database.shows.change_current(lambda _: ON)
        assert await database.devices.revision() != before
    async with open_database(database_url) as database:
        assert await database.shows.current() == ON
        assert await database.shows.shows() == [ROMEO]
