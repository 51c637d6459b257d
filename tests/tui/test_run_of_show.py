"""The run of show: what it lists, what its keys call, and what it asks before."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot
from textual.widgets import Input

from micboard_tui.contracts.show import ShowContract
from micboard_tui.domain.battery import Battery
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.mic_plot import MicPlot, PlotScene
from micboard_tui.domain.remote_call import RemoteCall
from micboard_tui.domain.show import Show, ShowBreak, ShowProgress, ShowState
from micboard_tui.domain.show_calls import ShowAction, ShowCall
from micboard_tui.tui.app import MicboardApp
from micboard_tui.tui.file_suggester import find_completion
from micboard_tui.tui.screens.dialogs import ConfirmScreen
from micboard_tui.tui.screens.list_dialog import ListDialog
from micboard_tui.tui.screens.plot_import_dialogs import PlotPreviewDialog
from micboard_tui.tui.screens.run_of_show_screen import RunOfShowScreen
from micboard_tui.tui.screens.show_dialogs import (
    NO_SCENE_FITS,
    ExtendDialog,
    GoToSceneDialog,
)
from tests.fakes.links import until
from tests.tui.conftest import text_of
from tests.tui.scripted_rig import AllServices, ScriptedRig, device, reports, settle, vocal
from tests.tui.test_app import toasts
from tests.tui.test_screens import open_board

pytestmark = pytest.mark.journey

PLOT = Path("docs/examples/example.csv").read_bytes()
PIA = "Pia"


@dataclass
class Evening:
    rig: ScriptedRig
    app: MicboardApp
    pilot: Pilot[str]
    shows: ShowContract

    @property
    def progress(self) -> ShowProgress:
        assert self.rig.live.findings.show is not None
        return self.rig.live.findings.show

    async def plan(self, show: Show) -> None:
        await self.shows.change_show(show.name, show, actor=PIA)
        await self.shows.use_show(show.name, actor=PIA)

    async def text(self) -> str:
        """The screen as it is now."""
        assert isinstance(self.app.screen, RunOfShowScreen)
        self.app.screen.show_current()
        await self.pilot.pause()
        return text_of(self.app)

    async def confirm(self, *keys: str, answer: str = "y") -> None:
        """Press keys until a question is there, and answer it."""
        await self.pilot.press(*keys)
        await until(lambda: isinstance(self.app.screen, ConfirmScreen))
        await self.pilot.press(answer)

    async def press(self, *keys: str, until_is: Callable[[ShowProgress], bool]) -> None:
        await self.pilot.press(*keys)
        await self.reach(until_is)

    async def reach(self, is_there: Callable[[ShowProgress], bool]) -> None:
        await until(lambda: is_there(self.progress))


@asynccontextmanager
async def open_run_of_show(size: tuple[int, int] = (80, 24)) -> AsyncGenerator[Evening]:
    """The run of show, opened by its key."""
    rig = ScriptedRig(
        {"127.0.0.2": reports("Rack A", vocal("Lead", 470_400, Battery(97, 5, 480)))}, device(2)
    )
    async with open_board(rig, size, operator=PIA) as (app, pilot):
        services = app._background.services
        assert services is not None
        await pilot.press("r")
        yield Evening(rig, app, pilot, services.shows)


def state_is(state: ShowState) -> Callable[[ShowProgress], bool]:
    return lambda progress: progress.state is state


def scene_is(scene: int) -> Callable[[ShowProgress], bool]:
    return lambda progress: progress.scene == scene


def plot_of(*numbers: str) -> MicPlot:
    return MicPlot(tuple(PlotScene(number) for number in numbers))


async def test_a_show_is_run_by_keys(snapshot: SnapshotAssertion) -> None:
    async with open_run_of_show() as evening:
        assert "No show is current" in await evening.text()
        await evening.pilot.press("S")
        assert "No show is current" in toasts(evening.app)[-1]
        imported = await evening.shows.apply_import(PLOT, "Romeo", actor=PIA)
        assert imported.success
        plot, start = imported.data.table.plot, evening.rig.live.now() + 1805
        await evening.plan(Show("Romeo", start, (ShowBreak(43, 20),), 128, plot))
        assert "Romeo in 0:31" in await evening.text()
        await evening.confirm("S")
        await evening.reach(state_is(ShowState.RUNNING))
        await evening.press("space", "tab", until_is=scene_is(1))
        assert "takes it back for 10 s" in toasts(evening.app)[-1]
        for size in ((80, 24), (120, 40), (200, 60)):
            await evening.pilot.resize_terminal(*size)
            assert await evening.text() == snapshot(name=f"{size[0]}x{size[1]}")


async def test_a_mic_plot_is_imported_shown_before_and_undone(tmp_path: Path) -> None:
    (tmp_path / "a_night.csv").write_text(
        "act,scene,name,minutes,channel,performer\n1,1,Dawn,5,7,Ann\n1,2,Noon,soon,8,Ben\n"
    )
    path = f"{tmp_path}/a_n"
    assert find_completion(path, {".csv"}) == f"{tmp_path}/a_night.csv"
    assert find_completion(path, {".ods"}) is find_completion(f"{path}/", {".csv"}) is None
    async with open_run_of_show() as evening:
        pilot, app = evening.pilot, evening.app
        await pilot.press("I", *"nowhere.csv", "enter")
        await until(lambda: "nowhere.csv cannot be read (No such file" in text_of(app))
        app.screen.query_one("#file", Input).value = path
        await until(lambda: app.screen.query_one("#file", Input)._suggestion.endswith("a_night.csv"))
        await pilot.press("end", "right", "enter")
        await until(lambda: isinstance(app.screen, PlotPreviewDialog))
        await pilot.press("j", "k")
        shown = text_of(app)
        assert "What was understood   1 cell left out" in shown
        assert "add      a night: 2 scenes, 2 mics" in shown
        assert "mistake  row 3, column 4" in shown
        await evening.confirm("y")
        await until(lambda: evening.rig.live.findings.show is not None)
        assert evening.progress.show.name == "a night"
        assert "u on the board undoes it" in next(text for text in toasts(app) if "has the plot" in text)
        await pilot.press("escape", "u")
        await until(lambda: toasts(app)[-1] == "Undone: Mic plot of a night imported.")
        assert (await evening.shows.list_shows()).data == []


async def test_a_plot_that_the_show_has_already_offers_nothing_to_undo(tmp_path: Path) -> None:
    file = tmp_path / "plot.csv"
    file.write_bytes(PLOT)
    async with open_run_of_show() as evening:
        assert (await evening.shows.apply_import(PLOT, "Romeo", actor=PIA)).success
        pilot, app = evening.pilot, evening.app
        await pilot.press("I", *str(file), "tab", *"Romeo", "enter")
        await until(lambda: isinstance(app.screen, PlotPreviewDialog))
        assert "same     Romeo: " in text_of(app)
        await evening.confirm("y", answer="n")
        assert toasts(app) == ["Romeo has this very plot already: nothing has changed."]


async def type_unknown_scene(evening: Evening) -> None:
    """What fits no scene goes nowhere, and the dialog says so."""
    await evening.pilot.press("g", *"xyz", "down", "enter")
    assert isinstance(evening.app.screen, GoToSceneDialog)
    assert NO_SCENE_FITS in text_of(evening.app)
    await evening.pilot.press("escape")


async def test_scenes_go_back_and_a_jump_that_leaves_some_out_asks() -> None:
    async with open_run_of_show() as evening:
        imported = await evening.shows.apply_import(PLOT, "Romeo", actor=PIA)
        assert imported.success
        await evening.plan(Show("Romeo", plot=imported.data.table.plot))
        await evening.confirm("S")
        await evening.press("space", until_is=scene_is(1))
        # A step forward is taken back as a whole; a jump that leaves scenes out asks.
        await evening.press("p", until_is=scene_is(0))
        await type_unknown_scene(evening)
        await evening.pilot.press("g", *"duel")
        assert isinstance(evening.app.screen, GoToSceneDialog)
        await evening.confirm("enter", answer="n")
        assert evening.progress.scene == 0
        await evening.confirm("g", *"90", "enter")
        await evening.reach(scene_is(8))
        await evening.press("u", until_is=scene_is(0))
        # Show control asks for as much, and the board asks.
        services = evening.app._background.services
        assert isinstance(services, AllServices)
        await services.remote_calls.take(RemoteCall(ShowCall(ShowAction.GO, scene="90")), "OSC")
        await evening.confirm(answer="n")
        assert evening.progress.scene == 0
        await evening.press("home", "down", "enter", until_is=scene_is(1))


async def test_a_plot_that_is_imported_anew_moves_no_choice_to_another_scene() -> None:
    async with open_run_of_show() as evening:
        show = Show("Romeo", plot=plot_of("1.1", "1.2", "1.3"))
        await evening.shows.add_show(show, actor=PIA)
        await evening.plan(show)
        await evening.confirm("S")
        await evening.text()
        await evening.pilot.press("end", "g", "1", ".", "2")
        assert isinstance(evening.app.screen, GoToSceneDialog)
        longer = replace(show, plot=plot_of("0.1", "1.1", "1.2", "1.3"))
        await evening.shows.change_show("Romeo", longer, actor=PIA)
        await evening.press("enter", until_is=scene_is(2))
        # The selected scene is the same one, too.
        assert "1.3" in (await evening.text()).splitlines()[-5]
        await evening.press("enter", until_is=scene_is(3))
        await evening.pilot.press("g", "1", ".", "1")
        await evening.shows.change_show("Romeo", replace(show, plot=plot_of("1.2")), actor=PIA)
        await evening.pilot.press("enter")
        await until(lambda: "Scene 1.1 is not in the plot any more." in toasts(evening.app))
        call = ShowCall(ShowAction.GO, scene="1.1")
        evening.app._flows.start(lambda flows: flows.show.confirm_jump(call))
        await until(lambda: "Show control: scene 1.1 is not in the plot any more." in toasts(evening.app))


async def test_the_board_shows_the_clock_and_who_has_a_mic_next(snapshot: SnapshotAssertion) -> None:
    async with open_run_of_show((160, 40)) as evening:
        imported = await evening.shows.apply_import(PLOT, "Romeo", actor=PIA)
        assert imported.success
        await evening.plan(Show("Romeo", None, (ShowBreak(43, 20),), 128, imported.data.table.plot))
        services = evening.app._background.services
        assert services is not None
        await services.assignments.number_channels([ChannelRef(device(2).id, 1)], "14", actor="Pia")
        await evening.pilot.press("escape", "greater_than_sign")
        await evening.reach(scene_is(0))
        await evening.shows.call(ShowCall(ShowAction.START), actor=PIA)
        for size in ((160, 40), (80, 24)):
            await evening.pilot.resize_terminal(*size)
            settle(evening.app)
            await evening.pilot.pause()
            assert text_of(evening.app) == snapshot(name=f"board-{size[0]}x{size[1]}")
        await evening.pilot.press("enter")
        await until(lambda: "Romeo in 1.2 A public place" in text_of(evening.app))
        # The next scene is on, and taken back as if nothing had been.
        await evening.press("greater_than_sign", until_is=scene_is(1))
        await evening.press("less_than_sign", until_is=scene_is(0))
        assert evening.progress.left is None


async def test_the_clock_is_held_extended_and_ended_by_keys() -> None:
    async with open_run_of_show() as evening:
        show = Show("Romeo", breaks=(ShowBreak(43, 20),), end_min=128)
        await evening.shows.add_show(show, actor=PIA)
        await evening.pilot.press("o")
        await until(lambda: isinstance(evening.app.screen, ListDialog))
        await evening.pilot.press("enter")
        await until(lambda: evening.rig.live.findings.show == ShowProgress(show))
        assert "I imports them from a file" in await evening.text()
        await evening.confirm("S")
        await evening.reach(state_is(ShowState.RUNNING))
        await evening.press("P", until_is=state_is(ShowState.PAUSED))
        await evening.press("S", until_is=state_is(ShowState.RUNNING))
        await evening.pilot.press("X")
        assert isinstance(evening.app.screen, ExtendDialog)
        await evening.pilot.press("x", "enter")
        assert "Write minutes" in text_of(evening.app)
        await evening.press(
            "backspace", "-", "3", "enter", until_is=lambda progress: progress.extended_min == -3
        )
        assert "0:40 to break" in await evening.text()
        await evening.confirm("B")
        await evening.reach(state_is(ShowState.BREAK))
        await evening.confirm("E")
        await evening.reach(state_is(ShowState.ENDED))
        await evening.pilot.pause()
        await evening.pilot.press("greater_than_sign")
        await until(lambda: any("The show has no scenes" in text for text in toasts(evening.app)))
