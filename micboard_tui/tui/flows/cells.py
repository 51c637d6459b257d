"""Says which cells packs have, or that full ones were put into a pack just now."""

from micboard_tui.contracts.forecasts import ForecastContract
from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.battery import BatteryType
from micboard_tui.domain.cell_type import CELL_NAMES, kind_of_pack
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.safe_text import visible
from micboard_tui.tui.flows.channel_names import ChannelNames
from micboard_tui.tui.flows.user_ports import BRIEF_S, AskScreen, Notices, Selection
from micboard_tui.tui.screens.cells_dialog import CellsDialog


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

    async def run(self, selection: Selection) -> None:
        """Ask what is in the packs of the selected channels; the type is that of all packs of their model."""
        if not (refs := self._notices.require_channels(selection)):
            return
        states = [state for ref in refs if (state := self._live.channel(ref)) is not None]
        kinds = {kind for state in states if (kind := self._find_kind(state)) is not None}
        model = next(iter(kinds)) if len(kinds) == 1 else None
        known = self._forecasts.cell_types.get(model) if model else None
        choice = await self._ask(
            CellsDialog(self._names.wearers(refs), None if model is None else visible(model), known)
        )
        if choice is None:
            return
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
