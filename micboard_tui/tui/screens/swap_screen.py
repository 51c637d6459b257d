"""Choosing the channel that takes over from one that fails."""

from collections.abc import Callable, Sequence

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static

from micboard_tui.contracts.assignment import Spare
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.safe_text import visible
from micboard_tui.tui.draw.formats import fit
from micboard_tui.tui.key_bindings import SWAP_KEYS, bindings_of
from micboard_tui.tui.screens.dialogs import CSS, literal

NAME, REASONS = 21, 50
LOOK_EVERY_S = 1.0
READY, NOT_READY = "ready", "not ready"


class SwapScreen(ModalScreen[ChannelRef | None]):
    """Lists what could take over, the best first; the order stays while the words follow the channels."""

    DEFAULT_CSS = CSS.format(name="SwapScreen") + "SwapScreen > Vertical { width: 80; }"
    BINDINGS = bindings_of(SWAP_KEYS)

    def __init__(
        self, title: str, spares: Callable[[], Sequence[Spare]], called: Callable[[ChannelRef], str]
    ) -> None:
        super().__init__()
        self._title, self._look_up, self._called = title, spares, called
        self._spares = list(spares())
        self._gone: set[ChannelRef] = set()

    def compose(self) -> ComposeResult:
        with Vertical():
            yield literal(self._title, "title")
            yield OptionList(*map(self._line, self._spares), markup=False)
            yield Static("", id="answer", markup=False)
            yield literal("Enter swaps   Esc back", "label")

    def on_mount(self) -> None:
        options = self.query_one(OptionList)
        options.highlighted = 0 if self._spares else None
        options.focus()
        self._say()
        self.set_interval(LOOK_EVERY_S, self.look)

    def look(self) -> None:
        """Show the spares as they are now, each on its line; one that is taken meanwhile says so."""
        now = {each.state.ref: each for each in self._look_up()}
        options = self.query_one(OptionList)
        for place, old in enumerate(self._spares):
            new = now.get(old.state.ref)
            if new is None:
                self._gone.add(old.state.ref)
                options.disable_option_at_index(place)
            elif (new.reasons, new.is_ready) != (old.reasons, old.is_ready):
                self._spares[place] = new
                options.replace_option_prompt_at_index(place, self._line(new))
        self._say()

    def _say(self) -> None:
        ready = sum(1 for each in self._spares if each.is_ready and each.state.ref not in self._gone)
        words = f"{ready} ready." if ready else "None is ready: look twice before you take one."
        if not self._spares:
            words = "No channel is free. n frees one."
        self.query_one("#answer", Static).update(words)

    def _line(self, spare: Spare) -> Text:
        tone = "bold" if spare.is_ready else "dim"
        sign = "*" if spare.is_ready else " "
        return Text.assemble(
            (f"{sign} {fit(self._called(spare.state.ref), NAME)} ", tone),
            (fit(visible(", ".join(spare.reasons)), REASONS).rstrip(), "" if spare.is_ready else "dim"),
            no_wrap=True,
        )

    @on(OptionList.OptionSelected)
    def take(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._spares[event.option_index].state.ref)

    def action_step(self, by: int) -> None:
        options = self.query_one(OptionList)
        if by > 0:
            options.action_cursor_down()
        else:
            options.action_cursor_up()
