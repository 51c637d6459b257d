"""Says which cells packs have, or that full ones were put into a pack just now."""

from collections.abc import Sequence
from typing import NamedTuple

from micboard_tui.contracts.forecasts import ForecastContract
from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.battery import BatteryType
from micboard_tui.domain.cell_type import CELL_NAMES, CELL_TYPES, kind_of_pack
from micboard_tui.domain.channel import ChannelState
from micboard_tui.tui.flows.channel_names import ChannelNames
from micboard_tui.tui.flows.user_ports import BRIEF_S, AskScreen, Notices, Selection
from micboard_tui.tui.help_pages import CELLS_HELP
from micboard_tui.tui.screens.list_dialog import ListDialog


class CellsChoice(NamedTuple):
    text: str
    is_swap: bool = False
    """Whether full cells were put in."""
    type: BatteryType | None = None
    """Their chemistry; None: it is not chosen, or not known."""


class CellsFlow:
    def __init__(
        self,
        forecasts: ForecastContract,
        live: LiveContract,
        ask: AskScreen,
        notices: Notices,
        operator: str,
    ) -> None:
        self._forecasts, self._live = forecasts, live
        self._ask, self._notices, self._operator = ask, notices, operator
        self._names = ChannelNames(live)

    async def _find_known(self, model: str) -> BatteryType | None:
        """The cells that a person has entered for packs of this model."""
        listed = await self._forecasts.list_cell_types()
        return next((each.type for each in listed.data or () if each.model == model), None)

    async def run(self, selection: Selection) -> None:
        """Ask what is in the packs of the selected channels; the type is that of all packs of their model."""
        if not (refs := self._notices.require_channels(selection)):
            return
        states = [state for ref in refs if (state := self._live.channel(ref)) is not None]
        kinds = {kind for state in states if (kind := self._find_kind(state)) is not None}
        model = next(iter(kinds)) if len(kinds) == 1 else None
        known = await self._find_known(model) if model else None
        choices = list_choices(known, has_model=model is not None)
        number = await self._ask(
            ListDialog(
                f"Cells of {self._names.wearers(refs)}",
                [choice.text for choice in choices],
                1 if model is not None and known is None else 0,
                label="" if model is None else f"A type is that of all packs {model}",
                help_page=CELLS_HELP,
            )
        )
        if number is None:
            return
        choice = choices[number]
        if choice.is_swap:
            answer = await self._forecasts.mark_swapped(refs, actor=self._operator)
            if not answer.success:
                self._notices.report_error(answer.error)
                return
            selection.show_change()
            self._notices.inform(f"{self._names.wearers(refs)}: full cells from now on.", BRIEF_S)
        elif model is not None:
            vouched = await self._forecasts.vouch_for_cells(model, choice.type, actor=self._operator)
            cells = "are not known" if choice.type is None else f"are {CELL_NAMES[choice.type]}"
            self._notices.report_change(vouched, f"The cells of packs {model} {cells}.", selection)

    def _find_kind(self, state: ChannelState) -> str | None:
        """What a type of cells is kept for; None where the pack reports its own battery, or none is known."""
        pack, device = state.facts.transmitter, self._live.device(state.device_id)
        if pack is None or device is None or pack.battery.type is BatteryType.LI_ION:
            return None
        return kind_of_pack(pack.model, device.state.model)


def list_choices(known: BatteryType | None, *, has_model: bool) -> Sequence[CellsChoice]:
    """The lines of the dialog; packs that have no model in common are asked for no type."""
    swap = CellsChoice("Full cells were put in just now", is_swap=True)
    if not has_model:
        return [swap]
    choices = [swap]
    for cell_type in (*CELL_TYPES, None):
        mark = "   (as it is)" if cell_type is known else ""
        cells = "It is not known" if cell_type is None else CELL_NAMES[cell_type]
        # Not NiMH.
        title = cells.capitalize() if cells.islower() else cells
        choices.append(CellsChoice(f"{title}{mark}", type=cell_type))
    return choices
