"""Dialogs of the run of show: to which scene, and by how many minutes."""

from collections.abc import Sequence

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.show import ShowProgress
from micboard_tui.domain.show_clock import format_scene
from micboard_tui.domain.show_plan import parse_minutes
from micboard_tui.tui.arrange.find_scene import suggest_scenes
from micboard_tui.tui.dialog_bindings import dialog_bindings_of
from micboard_tui.tui.draw.formats import fit
from micboard_tui.tui.help_pages import EXTEND_HELP, GO_TO_SCENE_HELP
from micboard_tui.tui.key_bindings import DISMISS_KEYS
from micboard_tui.tui.screens.dialogs import CSS, literal
from micboard_tui.tui.widgets.bounded_input import BoundedInput
from micboard_tui.tui.widgets.click_list import ClickList
from micboard_tui.tui.widgets.key_hints import KeyHints
from micboard_tui.tui.widgets.list_area import ListArea

MAX_TYPED = 60
LABEL_CELLS, ACT_CELLS = 46, 10
NO_SCENE_FITS = "No scene has such a number, cue or name."


class GoToSceneDialog(ModalScreen[int | None]):
    """A line to type in and the scenes that fit below it; Enter takes the highlighted one."""

    DEFAULT_CSS = CSS.format(name="GoToSceneDialog")
    BINDINGS = dialog_bindings_of(DISMISS_KEYS)
    HELP_PAGE = GO_TO_SCENE_HELP

    def __init__(self, progress: ShowProgress) -> None:
        super().__init__()
        self._progress = progress
        self._found: Sequence[int] = ()

    def compose(self) -> ComposeResult:
        options = ClickList(markup=False)
        options.can_focus = False
        with ListArea(options):
            yield literal("Go to scene", "title")
            yield BoundedInput(max_length=MAX_TYPED, placeholder="number, cue or name")
            yield options
            yield KeyHints("Enter goes there   ↑ ↓ another   Esc back")

    def on_mount(self) -> None:
        self._show("")

    @on(Input.Changed)
    def find(self, event: Input.Changed) -> None:
        self._show(event.value)

    @on(Input.Submitted)
    def take(self) -> None:
        index = self.query_one(OptionList).highlighted
        if index is not None:
            self.dismiss(self._found[index])

    @on(OptionList.OptionSelected)
    def click(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._found[event.option_index])

    def _show(self, query: str) -> None:
        self._found = suggest_scenes(self._progress, query)
        scenes = self._progress.show.plot.scenes
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(
            Option(
                Text(
                    fit(visible(format_scene(scenes[position])), LABEL_CELLS)
                    + fit(
                        f"act {visible(scenes[position].act or '')}" if scenes[position].act else "",
                        ACT_CELLS,
                    )
                )
            )
            for position in self._found
        )
        if not self._found:
            options.add_option(Option(NO_SCENE_FITS, disabled=True))
        options.highlighted = 0 if self._found else None


class ExtendDialog(ModalScreen[float | None]):
    """Asks for minutes; a minus makes it shorter."""

    DEFAULT_CSS = CSS.format(name="ExtendDialog")
    BINDINGS = dialog_bindings_of(DISMISS_KEYS)
    HELP_PAGE = EXTEND_HELP

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title

    def compose(self) -> ComposeResult:
        with Vertical():
            yield literal(self._title, "title")
            yield BoundedInput("5", max_length=8, placeholder="minutes, -5 for shorter", select_on_focus=True)
            yield literal("", "error", "error")
            yield KeyHints("Enter takes it   Esc back")

    @on(Input.Submitted)
    def take(self, event: Input.Submitted) -> None:
        text = event.value.strip()
        minutes = parse_minutes(text.removeprefix("-"))
        if minutes is None:
            self.query_one("#error", Static).update("Write minutes: 5, 2.5, 1h15, or -5")
            return
        self.dismiss(-minutes if text.startswith("-") else minutes)
