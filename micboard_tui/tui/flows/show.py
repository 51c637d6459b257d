"""Calls what happens in the show, and asks before what cannot be taken back."""

from typing import Protocol, runtime_checkable

from micboard_tui.contracts.live import LiveContract
from micboard_tui.contracts.show import ShowContract
from micboard_tui.domain.mic_plot import MicPlot
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.show import Show, ShowProfile, ShowProgress, ShowState, find_scene_again, find_scenes
from micboard_tui.domain.show_calls import ShowAction, ShowCall, describe_call
from micboard_tui.domain.show_changes import TAKE_BACK_S
from micboard_tui.domain.show_clock import format_scene
from micboard_tui.tui.draw.formats import fit
from micboard_tui.tui.flows.user_ports import BRIEF_S, AskScreen, Notices, Selection
from micboard_tui.tui.help_pages import CHOOSE_SHOW_HELP
from micboard_tui.tui.screens.dialogs import ConfirmScreen
from micboard_tui.tui.screens.list_dialog import ListDialog
from micboard_tui.tui.screens.show_dialogs import ExtendDialog, GoToSceneDialog

NO_SHOWS = "There is no show yet. Plan one:  micboard-tui show new NAME"


@runtime_checkable
class SceneSelection(Selection, Protocol):
    """A screen on which a scene is selected."""

    @property
    def shown_plot(self) -> MicPlot:
        """The plot whose scenes are listed."""
        ...

    @property
    def chosen_scene(self) -> int | None:
        """The position in that plot."""
        ...


class ShowFlow:
    def __init__(
        self, shows: ShowContract, live: LiveContract, ask: AskScreen, notices: Notices, operator: str
    ) -> None:
        self._shows, self._live = shows, live
        self._ask, self._notices, self._operator = ask, notices, operator

    async def next_scene(self) -> None:
        await self._change_scene(ShowCall(ShowAction.NEXT))

    async def previous_scene(self) -> None:
        """The scene before; where the last change led forward a moment ago, that is taken back as a whole."""
        progress = self._live.findings.show
        call = ShowCall(ShowAction.PREVIOUS)
        if progress is not None and progress.left is not None and progress.scene is not None:
            is_forward = progress.left.scene is not None and progress.left.scene < progress.scene
            if is_forward and self._live.now() - progress.left.left_at <= TAKE_BACK_S:
                call = ShowCall(ShowAction.TAKE_BACK)
        await self._change_scene(call)

    async def take_back(self) -> None:
        await self._call(ShowCall(ShowAction.TAKE_BACK))

    async def go_to_scene(self) -> None:
        """Ask for the scene by its number, cue or name."""
        if (progress := self._require_show()) is None:
            return
        position = await self._ask(GoToSceneDialog(progress))
        if position is not None:
            await self._go_to(progress.show.plot, position)

    async def go_to_selected(self, selection: Selection) -> None:
        if self._require_show() is None or not isinstance(selection, SceneSelection):
            return
        plot, position = selection.shown_plot, selection.chosen_scene
        if position is None or (found := self._find_again(plot, position)) is None:
            return
        progress, position_now = found
        if position_now != progress.scene:
            await self._go_to(plot, position)

    async def choose(self) -> None:
        """Make another show the current one, or the same from its beginning."""
        shows = await self._shows.list_shows()
        if not shows.success:
            self._notices.report_error(shows.error)
            return
        if not shows.data:
            self._notices.inform(NO_SHOWS)
            return
        current = self._live.findings.show
        names = [show.name for show in shows.data]
        number = await self._ask(
            ListDialog(
                "Which show?",
                [_describe_size(show) for show in shows.data],
                names.index(current.show.name) if current is not None and current.show.name in names else 0,
                taking="Enter takes it, from its beginning",
                help_page=CHOOSE_SHOW_HELP,
            )
        )
        if number is None:
            return
        name = names[number]
        answer = await self._shows.use_show(name, actor=self._operator)
        if answer.success:
            self._notices.inform(f"{name} is the current show.", BRIEF_S)
        else:
            self._notices.report_error(answer.error)

    async def start(self) -> None:
        if (progress := self._require_show()) is None:
            return
        is_first = progress.state is ShowState.PLANNED
        if not is_first or await self._ask(ConfirmScreen(f"Start {progress.show.name} now?")):
            await self._call(ShowCall(ShowAction.START))

    async def pause(self) -> None:
        await self._call(ShowCall(ShowAction.PAUSE))

    async def begin_break(self) -> None:
        if self._require_show() is not None and await self._ask(ConfirmScreen("Begin the break now?")):
            await self._call(ShowCall(ShowAction.BREAK))

    async def extend(self) -> None:
        if (progress := self._require_show()) is None:
            return
        what = "the break" if progress.state is ShowState.BREAK else progress.show.name
        minutes = await self._ask(ExtendDialog(f"How many minutes longer does {what} take?"))
        if minutes is not None:
            await self._call(ShowCall(ShowAction.EXTEND, minutes))

    async def end(self) -> None:
        progress = self._require_show()
        if progress is not None and await self._ask(ConfirmScreen(f"End {progress.show.name}?")):
            await self._call(ShowCall(ShowAction.END))

    async def confirm_jump(self, call: ShowCall) -> None:
        """Ask whether a call of show control is to be followed that would leave scenes out."""
        if (progress := self._require_show()) is None:
            return
        if (positions := find_scenes(progress, call.scene)) and positions[0] == progress.scene:
            # Another board went there meanwhile.
            return
        if positions:
            await self._go_to(progress.show.plot, positions[0], "Show control: go")
        else:
            self._notices.inform(f"Show control: scene {call.scene} is not in the plot any more.")

    async def _go_to(self, plot: MicPlot, position: int, ask: str = "Go") -> None:
        """Ask first where a show that is on would leave scenes out, or go back.

        Where another plot than ``plot`` was imported meanwhile, the same scene is meant.
        """
        if (found := self._find_again(plot, position)) is None:
            return
        progress, there = found
        here = -1 if progress.scene is None else progress.scene
        if progress.profile is ShowProfile.SHOW and there - here not in (1, -1):
            away = f"{abs(there - here)} scenes {'ahead' if there > here else 'back'}"
            question = f"{ask} to {format_scene(plot.scenes[position])}, {away}?"
            if not await self._ask(ConfirmScreen(question)):
                return
            if (found := self._find_again(plot, position)) is None:
                return
        await self._change_scene(ShowCall(ShowAction.GO, position=found[1]))

    def _find_again(self, plot: MicPlot, position: int) -> tuple[ShowProgress, int] | None:
        """The show as it is now, and where in its plot the scene is; None: nowhere, which is reported."""
        if (progress := self._require_show()) is None:
            return None
        scene = plot.scenes[position]
        there = find_scene_again(progress.show.plot, position, scene)
        if there is None:
            self._notices.inform(f"Scene {format_scene(scene)} is not in the plot any more.")
            return None
        return progress, there

    async def _change_scene(self, call: ShowCall) -> None:
        key = self._notices.key("previous_scene")
        hint = "" if call.action is ShowAction.TAKE_BACK else f" {key} takes it back for {TAKE_BACK_S:.0f} s."
        await self._call(call, hint)

    async def _call(self, call: ShowCall, hint: str = "") -> None:
        answer = await self._shows.call(call, actor=self._operator)
        if answer.success:
            self._notices.inform(f"{describe_call(answer.data, call)}.{hint}", BRIEF_S)
        else:
            self._notices.report_error(answer.error)

    def _require_show(self) -> ShowProgress | None:
        progress = self._live.findings.show
        if progress is None:
            self._notices.inform(f"No show is current. {self._notices.key('run_of_show')} shows what to do.")
        return progress


def _describe_size(show: Show) -> str:
    scenes = len(show.plot.scenes)
    return f"{fit(visible(show.name), 40)} {scenes:>4} scene{'' if scenes == 1 else 's'}"
