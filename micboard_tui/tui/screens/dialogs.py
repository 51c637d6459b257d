"""Small dialogs: to confirm, to filter, to keep a view, to begin; and what all dialogs share."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static

from micboard_tui.contracts.errors import ErrorInfo
from micboard_tui.domain.safe_text import visible
from micboard_tui.tui.arrange.filter import ChannelFilter, Criterion
from micboard_tui.tui.arrange.view import MAX_NAME, View
from micboard_tui.tui.dialog_bindings import dialog_bindings_of
from micboard_tui.tui.draw.formats import fit
from micboard_tui.tui.help_pages import CONFIRM_HELP, FILTER_HELP, FIRST_START_HELP, KEEP_VIEW_HELP
from micboard_tui.tui.key_bindings import (
    CONFIRM_KEYS,
    FILTER_KEYS,
    FIRST_START_KEYS,
    KEEP_VIEW_KEYS,
)
from micboard_tui.tui.widgets.bounded_input import BoundedInput
from micboard_tui.tui.widgets.click_list import ClickList
from micboard_tui.tui.widgets.key_hints import KeyHints

CSS = """
{name} {{ align: center middle; background: $background 60%; }}
{name} > Vertical {{
    width: 64; max-width: 100%; height: auto; max-height: 100%; background: $surface; padding: 1 2;
    overflow-y: auto; scrollbar-size-vertical: 1;
}}
{name} Static {{ height: auto; }}
{name} .title {{ color: $accent; }}
{name} .label {{ color: $foreground 60%; }}
{name} .error {{ color: $error; }}
{name} Input {{ border: none; height: 1; padding: 0; background: $background; }}
{name} Input:focus {{ border: none; background: $primary 20%; }}
{name} OptionList {{ border: none; height: auto; max-height: 10; background: $surface; padding: 0; }}
{name} OptionList {{ text-wrap: nowrap; text-overflow: ellipsis; }}
{name} OptionList:focus {{ border: none; }}
"""


def error_text(error: ErrorInfo) -> str:
    """What went wrong and what to do about it, in two sentences."""
    return visible(f"{error.message}. {error.hint}".strip())


def literal(text: str, classes: str = "", widget_id: str | None = None) -> Static:
    """Text that is shown as it stands."""
    return Static(visible(text), classes=classes, id=widget_id, markup=False)


class ConfirmScreen(ModalScreen[bool]):
    """Asks before something is lost."""

    DEFAULT_CSS = CSS.format(name="ConfirmScreen")
    BINDINGS = dialog_bindings_of(CONFIRM_KEYS)
    HELP_PAGE = CONFIRM_HELP

    def __init__(self, question: str) -> None:
        super().__init__()
        self._question = question

    def compose(self) -> ComposeResult:
        with Vertical():
            yield literal(self._question)
            yield KeyHints("y yes   n no")


class FilterScreen(ModalScreen[ChannelFilter | None]):
    """Which channels to show: what is ticked, or everything."""

    DEFAULT_CSS = CSS.format(name="FilterScreen") + "FilterScreen OptionList { max-height: 68vh; }"
    BINDINGS = dialog_bindings_of(FILTER_KEYS)
    HELP_PAGE = FILTER_HELP

    def __init__(self, counted: Sequence[tuple[Criterion, int]], chosen: ChannelFilter) -> None:
        super().__init__()
        self._counted = counted
        self._ticked = set(chosen.criteria)

    def compose(self) -> ComposeResult:
        with Vertical():
            yield literal("Show only", "title")
            yield ClickList(*map(self._line, range(len(self._counted))), markup=False)
            yield KeyHints("Space ticks   Enter shows   c shows all   Esc back")

    def on_mount(self) -> None:
        self.query_one(OptionList).highlighted = 0

    def _line(self, index: int) -> Text:
        """Grey where nothing on the board is of this kind now."""
        criterion, count = self._counted[index]
        sign = "x" if criterion in self._ticked else " "
        return Text(f"[{sign}] {fit(criterion.label, 40)}{count:>6}", style="" if count else "dim")

    @on(ClickList.Clicked)
    def action_tick(self) -> None:
        options = self.query_one(OptionList)
        if (index := options.highlighted) is not None:
            self._ticked ^= {self._counted[index][0]}
            options.replace_option_prompt_at_index(index, self._line(index))

    def action_apply(self) -> None:
        self.dismiss(ChannelFilter(frozenset(self._ticked)))

    def action_clear(self) -> None:
        self.dismiss(ChannelFilter())


_WHICH_KEY = "1 to 9 keeps it there   Esc back"


class KeepViewScreen(ModalScreen[tuple[str, str] | None]):
    """Asks for the number key that is to bring this view back, then for a name, which may be left out."""

    DEFAULT_CSS = CSS.format(name="KeepViewScreen")
    BINDINGS = dialog_bindings_of(KEEP_VIEW_KEYS)
    HELP_PAGE = KEEP_VIEW_HELP

    def __init__(self, view: View, kept: Mapping[str, View]) -> None:
        super().__init__()
        self._shown, self._kept = view, kept
        self._key = ""

    def compose(self) -> ComposeResult:
        with Vertical():
            yield literal(f"Keep this view: {self._shown.description}", "title")
            for number in range(1, 10):
                kept = self._kept.get(str(number))
                yield KeyHints(f"{number}   {kept.title if kept else ''}", key=str(number))
            yield BoundedInput(max_length=MAX_NAME, placeholder="name, optional", disabled=True)
            yield KeyHints(_WHICH_KEY, id="keys")

    def action_key(self, number: int) -> None:
        """Ask for the name; what was kept there before gives its own."""
        self._key = str(number)
        kept = self._kept.get(self._key)
        name = self.query_one(Input)
        name.disabled = False
        name.value = kept.name if kept else ""
        name.focus()
        self.query_one("#keys", Static).update(f"Enter keeps it on {number}   Esc back")

    def action_back(self) -> None:
        """One step back: to the keys, or out."""
        if not self._key:
            self.dismiss(None)
            return
        self._key = ""
        self.query_one(Input).disabled = True
        self.query_one("#keys", Static).update(_WHICH_KEY)

    @on(Input.Submitted)
    def keep(self, event: Input.Submitted) -> None:
        self.dismiss((self._key, event.value.strip()))


class FirstChoice(StrEnum):
    """What can be done when nothing is registered yet."""

    DEMO = "demo"
    ADD = "add"
    SEARCH = "search"


class FirstStartScreen(ModalScreen[FirstChoice | None]):
    """Asks what to do when nothing is registered yet."""

    DEFAULT_CSS = CSS.format(name="FirstStartScreen")
    BINDINGS = dialog_bindings_of(FIRST_START_KEYS)
    HELP_PAGE = FIRST_START_HELP

    def compose(self) -> ComposeResult:
        with Vertical():
            yield literal("Welcome. No receiver is registered yet.", "title")
            yield literal("")
            yield KeyHints("d   See a demo: simulated receivers, nothing is saved", key="d")
            yield KeyHints("a   Add a receiver by its address", key="a")
            yield KeyHints("s   Search the network for receivers", key="s")
            yield literal("")
            yield KeyHints("Esc later   q quit")

    def action_choose(self, choice: str) -> None:
        self.dismiss(FirstChoice(choice))
