"""Which cells are in packs, or that full ones were put in just now."""

from typing import NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList

from micboard_tui.domain.battery import BatteryType
from micboard_tui.domain.cell_type import CELL_NAMES, CELL_TYPES
from micboard_tui.tui.help_pages import CELLS_HELP
from micboard_tui.tui.key_bindings import SWAP_KEYS, bindings_of
from micboard_tui.tui.screens.dialogs import CSS, literal
from micboard_tui.tui.widgets.click_list import ClickList
from micboard_tui.tui.widgets.key_hints import KeyHints


class CellsChoice(NamedTuple):
    is_swap: bool
    type: BatteryType | None = None
    """None: not known."""


class CellsDialog(ModalScreen[CellsChoice | None]):
    DEFAULT_CSS = CSS.format(name="CellsDialog")
    BINDINGS = bindings_of(SWAP_KEYS)
    HELP_PAGE = CELLS_HELP

    def __init__(self, channels: str, model: str | None, known: BatteryType | None) -> None:
        """``model``: the packs of these channels; None: they have no model in common, so no type is asked."""
        super().__init__()
        self._channels, self._model = channels, model
        self._choices = [CellsChoice(is_swap=True)]
        self._texts = ["Full cells were put in just now"]
        if model is not None:
            types: list[BatteryType | None] = [*CELL_TYPES, None]
            for cell_type in types:
                mark = "   (as it is)" if cell_type is known else ""
                cells = "It is not known" if cell_type is None else CELL_NAMES[cell_type].capitalize()
                self._choices.append(CellsChoice(is_swap=False, type=cell_type))
                self._texts.append(f"{cells if cell_type is not BatteryType.NIMH else 'NiMH'}{mark}")
        self._first = 0 if model is None or known is not None else 1

    def compose(self) -> ComposeResult:
        with Vertical():
            yield literal(f"Cells of {self._channels}", "title")
            if self._model is not None:
                yield literal(f"A type is that of all packs {self._model}", "label")
            yield ClickList(*self._texts, markup=False)
            yield KeyHints("Enter takes it   Esc back")

    def on_mount(self) -> None:
        self.query_one(OptionList).highlighted = self._first

    @on(OptionList.OptionSelected)
    def take(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._choices[event.option_index])
