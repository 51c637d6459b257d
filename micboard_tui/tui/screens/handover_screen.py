"""The hand-over note: a text for the next shift, and the notes that were written before."""

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen, Screen
from textual.widgets import Static, TextArea

from micboard_tui.domain.handover import MAX_HANDOVER_TEXT, HandoverNote
from micboard_tui.domain.local_time import format_minute
from micboard_tui.domain.safe_text import visible
from micboard_tui.tui.dialog_bindings import dialog_bindings_of
from micboard_tui.tui.help_pages import HANDOVER_HELP, NEW_NOTES_HELP
from micboard_tui.tui.key_bindings import bindings_of
from micboard_tui.tui.plan_keys import HANDOVER_KEYS, NEW_NOTES_KEYS
from micboard_tui.tui.screens.dialogs import CSS, literal
from micboard_tui.tui.widgets.key_hints import KeyHints

SHOWN_NOTES = 20
"""So many earlier notes stand below the new one."""


class HandoverScreen(Screen[str | None]):
    """Answers the text of the new note; None: none was written."""

    DEFAULT_CSS = """
    HandoverScreen { background: $background; }
    HandoverScreen .title { height: 1; color: $accent; padding: 0 1; }
    HandoverScreen TextArea { height: 1fr; border: none; padding: 0 1; background: $surface; }
    HandoverScreen TextArea:focus { border: none; }
    HandoverScreen VerticalScroll { height: 1fr; padding: 0 1; scrollbar-size-vertical: 1; }
    HandoverScreen VerticalScroll Static { height: auto; }
    HandoverScreen .label { color: $foreground 60%; }
    HandoverScreen KeyHints { height: 1; padding: 0 1; }
    """
    BINDINGS = bindings_of(HANDOVER_KEYS)
    HELP_PAGE = HANDOVER_HELP

    def __init__(self, notes: Sequence[HandoverNote]) -> None:
        super().__init__()
        self._notes = notes[:SHOWN_NOTES]
        self._has_warned = False

    def compose(self) -> ComposeResult:
        yield literal("Hand-over note for the next shift, shown at the next start", "title")
        yield TextArea(soft_wrap=True, tab_behavior="focus")
        with VerticalScroll():
            yield literal("Earlier notes" if self._notes else "No note was written yet.", "title")
            for note in self._notes:
                yield literal(head_of(note), "label")
                yield note_text(note)
        yield KeyHints("Ctrl+S keeps it   Tab to the earlier notes   Esc back")

    def on_mount(self) -> None:
        self.query_one(TextArea).focus()

    @on(TextArea.Changed)
    def limit(self, event: TextArea.Changed) -> None:
        """Cut what is too long."""
        area = event.text_area
        if len(area.text) > MAX_HANDOVER_TEXT:
            area.load_text(area.text[:MAX_HANDOVER_TEXT])
            area.move_cursor(area.document.end)
            self.notify(
                f"Only {MAX_HANDOVER_TEXT} characters fit here: the rest was cut.", severity="warning"
            )

    def action_keep(self) -> None:
        text = self.query_one(TextArea).text
        self.dismiss(text if text.strip() else None)

    def action_leave(self) -> None:
        """A text that is not kept is lost only with the second Esc."""
        if self.query_one(TextArea).text.strip() and not self._has_warned:
            self._has_warned = True
            self.notify("The note is not kept yet: Ctrl+S keeps it, Esc again drops it.", severity="warning")
        else:
            self.dismiss(None)


class NewNotesScreen(ModalScreen[None]):
    """What was left for this shift, once."""

    DEFAULT_CSS = (
        CSS.format(name="NewNotesScreen")
        + """
    NewNotesScreen VerticalScroll { height: auto; max-height: 70vh; }
    """
    )
    BINDINGS = dialog_bindings_of(NEW_NOTES_KEYS)
    HELP_PAGE = NEW_NOTES_HELP

    def __init__(self, notes: Sequence[HandoverNote], again_key: str) -> None:
        """``again_key`` shows them again."""
        super().__init__()
        self._notes, self._again_key = notes, again_key

    def compose(self) -> ComposeResult:
        with Vertical():
            yield literal("Hand-over for this shift", "title")
            with VerticalScroll():
                for note in self._notes:
                    yield literal(head_of(note), "label")
                    yield note_text(note)
            yield KeyHints(f"Enter or Esc closes it; {self._again_key} shows it again")


def head_of(note: HandoverNote) -> str:
    """Who wrote it and when."""
    return f"{format_minute(note.at)}  {visible(note.actor)}"


def note_text(note: HandoverNote) -> Static:
    """Its lines, which hold visible characters only."""
    return Static(f"{note.text}\n", markup=False)
