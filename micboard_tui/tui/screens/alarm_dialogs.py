"""The dialogs of the alarm desk: a note, and which alarms are listed."""

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList

from micboard_tui.domain.alarm_rules import MAX_NOTE
from micboard_tui.tui.alarm_keys import ALARM_FILTER_KEYS
from micboard_tui.tui.arrange.alarm_lines import KIND_TEXTS, USUAL_KINDS, AlarmCounts, AlarmKind
from micboard_tui.tui.dialog_bindings import dialog_bindings_of
from micboard_tui.tui.draw.formats import fit
from micboard_tui.tui.help_pages import ALARM_FILTER_HELP, NOTE_HELP
from micboard_tui.tui.key_bindings import DISMISS_KEYS
from micboard_tui.tui.screens.dialogs import CSS, literal
from micboard_tui.tui.widgets.bounded_input import BoundedInput
from micboard_tui.tui.widgets.click_list import ClickList
from micboard_tui.tui.widgets.key_hints import KeyHints


class NoteDialog(ModalScreen[str | None]):
    """Answers the note; empty: none."""

    DEFAULT_CSS = CSS.format(name="NoteDialog")
    BINDINGS = dialog_bindings_of(DISMISS_KEYS)
    HELP_PAGE = NOTE_HELP

    def __init__(self, title: str, note: str) -> None:
        super().__init__()
        self._shown_title, self._note = title, note

    def compose(self) -> ComposeResult:
        with Vertical():
            yield literal(self._shown_title, "title")
            yield BoundedInput(self._note, max_length=MAX_NOTE, placeholder="what others have to know")
            removes = "   empty removes it" if self._note else ""
            yield KeyHints(f"Enter keeps it{removes}   Esc back")

    @on(Input.Submitted)
    def take(self, event: Input.Submitted) -> None:
        self.dismiss(event.value.strip())


class AlarmFilterDialog(ModalScreen[frozenset[AlarmKind] | None]):
    """Answers which kinds are listed."""

    DEFAULT_CSS = CSS.format(name="AlarmFilterDialog")
    BINDINGS = dialog_bindings_of(ALARM_FILTER_KEYS)
    HELP_PAGE = ALARM_FILTER_HELP

    def __init__(self, counts: AlarmCounts, chosen: frozenset[AlarmKind]) -> None:
        super().__init__()
        self._counts, self._ticked = counts, set(chosen)

    def compose(self) -> ComposeResult:
        with Vertical():
            yield literal("List alarms that are", "title")
            yield ClickList(*map(self._line, AlarmKind), markup=False)
            yield KeyHints("Space ticks   Enter lists   c as usual   Esc back")

    def on_mount(self) -> None:
        self.query_one(OptionList).highlighted = 0

    def _line(self, kind: AlarmKind) -> Text:
        sign = "x" if kind in self._ticked else " "
        count = "" if kind is AlarmKind.PAST else str(self._counts[kind])
        return Text(f"[{sign}] {fit(KIND_TEXTS[kind], 44)}{count:>6}")

    @on(ClickList.Clicked)
    def action_tick(self) -> None:
        options = self.query_one(OptionList)
        if (index := options.highlighted) is not None:
            kind = list(AlarmKind)[index]
            self._ticked ^= {kind}
            options.replace_option_prompt_at_index(index, self._line(kind))

    def action_apply(self) -> None:
        self.dismiss(frozenset(self._ticked) or USUAL_KINDS)

    def action_clear(self) -> None:
        self.dismiss(USUAL_KINDS)
