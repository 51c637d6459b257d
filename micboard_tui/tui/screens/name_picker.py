"""Choosing a performer or a location by a few letters."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from micboard_tui.domain.assignment import Role
from micboard_tui.domain.safe_text import visible
from micboard_tui.tui.draw.formats import fit
from micboard_tui.tui.flows.name_choices import Kind, Offer, offers
from micboard_tui.tui.key_bindings import PICKER_KEYS, bindings_of
from micboard_tui.tui.screens.dialogs import CSS, literal

NAME, HINT = 26, 30
MAX_NAME = 64
SIGNS = {Kind.KNOWN: " ", Kind.NEW: "+", Kind.NOBODY: "-"}


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked."""

    title: str
    known: Sequence[Offer]
    new: str
    """What a name is that is not known yet: "new performer"."""
    suggested: str | None = None
    role: Role | None = None
    """What the channel will be for the performer; None: there is no such choice."""


@dataclass(frozen=True, slots=True)
class Picked:
    """What was chosen; no name: nobody, or nowhere."""

    name: str | None
    role: Role | None


class PickScreen(ModalScreen[Picked | None]):
    """A line to type in and what fits below it; Enter takes the highlighted one."""

    DEFAULT_CSS = CSS.format(name="PickScreen")
    BINDINGS = bindings_of(PICKER_KEYS)

    def __init__(self, question: Question) -> None:
        super().__init__()
        self._question, self._role = question, question.role
        self._offers: list[Offer] = []

    def compose(self) -> ComposeResult:
        with Vertical():
            yield literal(self._question.title, "title")
            yield Input(placeholder="a few letters, or a new name", max_length=MAX_NAME)
            options = OptionList(markup=False)
            options.can_focus = False
            yield options
            yield Static("", classes="label", id="as", markup=False)
            yield literal(
                f"Enter takes it{'   Tab changes its use' if self._role else ''}   Esc back", "label"
            )

    def on_mount(self) -> None:
        self._offer("")
        self._show_role()

    @on(Input.Changed)
    def typed(self, event: Input.Changed) -> None:
        self._offer(event.value)

    @on(Input.Submitted)
    def take(self) -> None:
        place = self.query_one(OptionList).highlighted
        if place is not None:
            self._dismiss(self._offers[place])

    @on(OptionList.OptionSelected)
    def click(self, event: OptionList.OptionSelected) -> None:
        self._dismiss(self._offers[event.option_index])

    def action_step(self, by: int) -> None:
        options = self.query_one(OptionList)
        if by > 0:
            options.action_cursor_down()
        else:
            options.action_cursor_up()

    def action_role(self) -> None:
        if self._role is not None:
            roles = list(Role)
            self._role = roles[(roles.index(self._role) + 1) % len(roles)]
            self._show_role()

    def _offer(self, query: str) -> None:
        question = self._question
        self._offers = offers(query, question.known, new=question.new, suggested=question.suggested)
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(Option(_line(each)) for each in self._offers)
        options.highlighted = 0 if self._offers else None

    def _show_role(self) -> None:
        shown = self.query_one("#as", Static)
        shown.display = self._role is not None
        words = [f"[{role}]" if role is self._role else f" {role} " for role in Role]
        shown.update(f"as {' '.join(words)}")

    def _dismiss(self, offer: Offer) -> None:
        self.dismiss(Picked(None if offer.kind is Kind.NOBODY else offer.name, self._role))


def _line(offer: Offer) -> Text:
    name = visible(offer.name)
    return Text.assemble(
        f"{SIGNS[offer.kind]} {fit(name, NAME)} ",
        (fit(visible(offer.hint), HINT).rstrip(), "dim"),
        no_wrap=True,
    )
