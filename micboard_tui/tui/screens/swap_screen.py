"""Choosing the channel that takes over from one that fails."""

from collections.abc import Callable, Sequence

from rich.cells import cell_len
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static

from micboard_tui.contracts.assignment import Spare
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.safe_text import visible
from micboard_tui.tui.dialog_bindings import dialog_bindings_of
from micboard_tui.tui.draw.formats import fit
from micboard_tui.tui.help_pages import SWAP_HELP
from micboard_tui.tui.key_bindings import SWAP_KEYS
from micboard_tui.tui.screens.dialogs import CSS, literal
from micboard_tui.tui.screens.open_screen import is_open
from micboard_tui.tui.widgets.click_list import ClickList
from micboard_tui.tui.widgets.key_hints import KeyHints

NAME_WIDTH, REASONS_WIDTH = 21, 52
REFRESH_S = 1.0


class SwapScreen(ModalScreen[ChannelRef | None]):
    """Lists what could take over, the best first; the order stays while the reasons follow the channels."""

    DEFAULT_CSS = CSS.format(name="SwapScreen") + "SwapScreen > Vertical { width: 80; }"
    BINDINGS = dialog_bindings_of(SWAP_KEYS)
    HELP_PAGE = SWAP_HELP

    def __init__(
        self, title: str, spares: Callable[[], Sequence[Spare]], name_of: Callable[[ChannelRef], str]
    ) -> None:
        super().__init__()
        self._title, self._read_spares, self._name_of = title, spares, name_of
        self._spares = list(spares())
        widths = (cell_len(number) for spare in self._spares if (number := spare.state.mic_number))
        self._number_cells = max(widths, default=0)
        """Of the widest mic number among them; 0: none has one."""
        self._gone: set[ChannelRef] = set()

    def compose(self) -> ComposeResult:
        with Vertical():
            yield literal(self._title, "title")
            yield ClickList(*map(self._line, self._spares), markup=False)
            yield Static("", id="answer", markup=False)
            yield KeyHints("Enter swaps   Esc back")

    def on_mount(self) -> None:
        options = self.query_one(OptionList)
        options.highlighted = 0 if self._spares else None
        options.focus()
        self._show_count()
        self.set_interval(REFRESH_S, self.refresh_spares)

    def refresh_spares(self) -> None:
        """Show the spares as they are now, each on its line; one that is taken meanwhile says so."""
        if not is_open(self):
            return
        now = {spare.state.ref: spare for spare in self._read_spares()}
        options = self.query_one(OptionList)
        for index, old in enumerate(self._spares):
            new = now.get(old.state.ref)
            if new is None:
                self._gone.add(old.state.ref)
                options.disable_option_at_index(index)
            elif (new.reasons, new.is_ready) != (old.reasons, old.is_ready):
                self._spares[index] = new
                options.replace_option_prompt_at_index(index, self._line(new))
        self._show_count()

    def _show_count(self) -> None:
        ready = sum(spare.is_ready and spare.state.ref not in self._gone for spare in self._spares)
        text = f"{ready} ready." if ready else "No spare is ready. Check a channel before you take it."
        if not self._spares:
            text = "No channel is free. Free one first."
        self.query_one("#answer", Static).update(text)

    def _line(self, spare: Spare) -> Text:
        tone = "bold" if spare.is_ready else "dim"
        cells = self._number_cells
        number = f"{fit(visible(spare.state.mic_number or ''), cells)} " if cells else ""
        room = REASONS_WIDTH - (cells + 1 if cells else 0)
        return Text.assemble(
            (f"{number}{fit(self._name_of(spare.state.ref), NAME_WIDTH)} ", tone),
            (fit(visible(", ".join(spare.reasons)), room).rstrip(), "" if spare.is_ready else "dim"),
            no_wrap=True,
        )

    @on(OptionList.OptionSelected)
    def take(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._spares[event.option_index].state.ref)
