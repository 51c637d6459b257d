"""Calls what happens in the show, and asks before what cannot be taken back."""

from typing import Protocol, runtime_checkable

from micboard_tui.contracts.live import LiveContract
from micboard_tui.contracts.show import ShowContract
from micboard_tui.domain.show import ShowProfile, ShowProgress, ShowState
from micboard_tui.domain.show_calls import ShowAction, ShowCall, describe_call
from micboard_tui.domain.show_changes import TAKE_BACK_S
from micboard_tui.domain.show_clock import format_scene
from micboard_tui.tui.flows.user_ports import BRIEF_S, AskScreen, Notices, Selection
from micboard_tui.tui.screens.dialogs import ConfirmScreen
from micboard_tui.tui.screens.show_dialogs import ChooseShowDialog, ExtendDialog, GoToSceneDialog

NO_SHOW = "No show is current. r shows what to do."
NO_SHOWS = "There is no show yet. Plan one:  micboard-tui show new NAME"


@runtime_checkable
class SceneSelection(Selection, Protocol):
    """A screen on which a scene is selected."""

    @property
    def chosen_scene(self) -> int | None:
        """Its position in the plot."""
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
        scene = await self._ask(GoToSceneDialog(progress))
        if scene is not None:
            await self._go_to(progress, scene)

    async def go_to_selected(self, selection: Selection) -> None:
        progress = self._require_show()
        if progress is None or not isinstance(selection, SceneSelection):
            return
        scene = selection.chosen_scene
        if scene is not None and scene != progress.scene:
            await self._go_to(progress, scene)

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
        name = await self._ask(ChooseShowDialog(shows.data, None if current is None else current.show.name))
        if name is None:
            return
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
        what = "The break" if progress.state is ShowState.BREAK else progress.show.name
        minutes = await self._ask(ExtendDialog(f"{what} takes longer by"))
        if minutes is not None:
            await self._call(ShowCall(ShowAction.EXTEND, minutes))

    async def end(self) -> None:
        progress = self._require_show()
        if progress is not None and await self._ask(ConfirmScreen(f"End {progress.show.name}?")):
            await self._call(ShowCall(ShowAction.END))

    async def confirm_jump(self, call: ShowCall) -> None:
        """Ask whether a call of show control is to be followed that would leave scenes out."""
        if (progress := self._require_show()) is not None and call.position is not None:
            await self._go_to(progress, call.position, "Show control: go")

    async def _go_to(self, progress: ShowProgress, position: int, ask: str = "Go") -> None:
        """Ask first where a show that is on would leave scenes out, or go back."""
        scene = progress.show.plot.scenes[position]
        here = -1 if progress.scene is None else progress.scene
        if progress.profile is ShowProfile.SHOW and position - here not in (1, -1):
            away = f"{abs(position - here)} scenes {'ahead' if position > here else 'back'}"
            if not await self._ask(ConfirmScreen(f"{ask} to {format_scene(scene)}, {away}?")):
                return
        await self._change_scene(ShowCall(ShowAction.GO, position=position))

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
            self._notices.inform(NO_SHOW)
        return progress
