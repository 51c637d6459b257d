"""Dialogs of control: what would be sent to a device, and what a plan would change."""

from textwrap import wrap

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static

from micboard_tui.contracts.control import CommandPlan, CommandPreview, PlanLine, PlanPurpose
from micboard_tui.domain.command_effects import CLASS_TEXTS, CommandClass
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.units import DASH, format_count
from micboard_tui.tui.control_keys import COMMAND_PLAN_KEYS
from micboard_tui.tui.dialog_bindings import dialog_bindings_of
from micboard_tui.tui.draw.command_plan_row import plan_heads, plan_line
from micboard_tui.tui.help_pages import COMMAND_PLAN_HELP, CONFIRM_HELP
from micboard_tui.tui.key_bindings import CONFIRM_KEYS
from micboard_tui.tui.screens.dialogs import CSS, literal
from micboard_tui.tui.widgets.click_list import ClickList
from micboard_tui.tui.widgets.key_hints import KeyHints

LABEL_WIDTH, TEXT_WIDTH = 9, 60
NOT_SHOWN = "not known before; its driver is a plugin that does not say"
NO_UNDO = "cannot be undone, since the value now is not known"
SENDS_ALL = "y sends them, one at a time"
PACKS_KEEP_NAMES = "Packs keep theirs, unless linked by ShowLink"
BESIDE_LINES = 6
"""Cells of the dialog that a line of the plan cannot have."""


class CommandPreviewDialog(ModalScreen[bool]):
    """Shows exactly what would be sent, and what it would do, and asks whether to send it."""

    DEFAULT_CSS = CSS.format(name="CommandPreviewDialog") + "CommandPreviewDialog > Vertical { width: 76; }"
    BINDINGS = dialog_bindings_of(CONFIRM_KEYS)
    HELP_PAGE = CONFIRM_HELP

    def __init__(self, preview: CommandPreview) -> None:
        super().__init__()
        self._preview = preview

    def compose(self) -> ComposeResult:
        preview = self._preview
        is_dangerous = preview.command_class is CommandClass.LINK
        with Vertical():
            yield literal(f"{preview.subject}: {preview.title.lower()}", "title")
            yield _row("now", preview.present or DASH)
            yield _row("then", preview.new)
            for number, message in enumerate(preview.messages or (NOT_SHOWN,)):
                yield _row("" if number else "sends", message)
            yield _row("effect", preview.effect, "error" if is_dangerous else "")
            yield _row("class", CLASS_TEXTS[preview.command_class])
            yield _row("undo", "sends the value of now" if preview.can_undo else NO_UNDO)
            yield literal("")
            asks = "y sends it, after one more question" if preview.confirmations > 1 else "y sends it"
            yield KeyHints(f"{asks}   n no")


class CommandPlanDialog(ModalScreen[bool]):
    """Shows what a plan would change and what it leaves out, and asks whether to carry it out."""

    DEFAULT_CSS = (
        CSS.format(name="CommandPlanDialog")
        + """
    CommandPlanDialog > Vertical { width: 65%; min-width: 100; }
    CommandPlanDialog OptionList { max-height: 45vh; }
    """
    )
    BINDINGS = dialog_bindings_of(COMMAND_PLAN_KEYS)
    HELP_PAGE = COMMAND_PLAN_HELP

    def __init__(self, title: str, plan: CommandPlan) -> None:
        super().__init__()
        self._title, self._plan = title, plan
        self._lines = sorted(plan.lines, key=lambda line: line.preview is None)
        """What is left out stands last."""

    def compose(self) -> ComposeResult:
        screen_width = self.app.size.width
        width = min(screen_width, max(100, screen_width * 65 // 100)) - BESIDE_LINES
        with Vertical():
            yield literal(self._title, "title")
            yield literal(self._describe_count(), "label")
            yield literal("")
            yield literal(plan_heads(width), "label")
            yield ClickList(*(_line_of(line, width) for line in self._lines), markup=False)
            yield literal("")
            yield literal("", widget_id="message")
            yield literal("")
            asks = "y sends them, after one more question" if self._plan.confirmations > 1 else SENDS_ALL
            yield KeyHints(f"{asks}   ↓ ↑ what is sent   n no" if self._plan.commands else "n back")

    def _describe_count(self) -> str:
        count = len(self._plan.commands)
        left_out = len(self._plan.lines) - count
        text = format_count(count, "command") if count else "Nothing to send"
        text = f"{text}, {left_out} left out" if left_out else text
        return f"{text}. {PACKS_KEEP_NAMES}" if self._plan.purpose is PlanPurpose.NAMES else text

    def on_mount(self) -> None:
        if self._plan.lines:
            self.query_one(OptionList).highlighted = 0

    @on(OptionList.OptionHighlighted)
    def show_message(self, event: OptionList.OptionHighlighted) -> None:
        """What is sent for the line under the bar."""
        line = self._lines[event.option_index]
        texts = [_labelled("where", line.subject)]
        texts += [] if line.preview is None else [_sent_text(line.preview)]
        texts += [_labelled("note", line.note)] if line.note else []
        self.query_one("#message", Static).update("\n".join(texts))

    def action_carry_out(self) -> None:
        """Nothing where nothing is to be sent."""
        if self._plan.commands:
            self.dismiss(True)  # noqa: FBT003 - the answer


def _row(label: str, text: str, classes: str = "") -> Static:
    return Static(_labelled(label, text), classes=classes, markup=False)


def _sent_text(preview: CommandPreview) -> str:
    then = _labelled("then", preview.new)
    sends = _labelled("sends", "   ".join(preview.messages) or NOT_SHOWN)
    return f"{then}\n{sends}\n{_labelled('effect', preview.effect)}"


def _labelled(label: str, text: str) -> str:
    """Further lines stand below the text."""
    lines = wrap(visible(text), TEXT_WIDTH) or [""]
    return "\n".join(f"{'' if number else label:<{LABEL_WIDTH}}{line}" for number, line in enumerate(lines))


def _line_of(line: PlanLine, width: int) -> Text:
    """Grey where it is left out."""
    return Text(plan_line(line, width), style="dim" if line.preview is None else "")
