"""Choosing a performer, a location or a pack by a few letters."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from micboard_tui.domain.assignment import Role
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.value_ranges import MAX_NAME
from micboard_tui.tui.dialog_bindings import dialog_bindings_of
from micboard_tui.tui.draw.formats import fit
from micboard_tui.tui.flows.name_choices import ChoiceKind, NameChoice, rank_choices
from micboard_tui.tui.help_pages import PICKER_HELP
from micboard_tui.tui.key_bindings import PICKER_KEYS
from micboard_tui.tui.screens.dialogs import CSS, literal
from micboard_tui.tui.widgets.bounded_input import BoundedInput
from micboard_tui.tui.widgets.click_list import ClickList
from micboard_tui.tui.widgets.key_hints import KeyHints
from micboard_tui.tui.widgets.list_area import ListArea

NAME_WIDTH, HINT_WIDTH = 26, 30

SIGNS = {ChoiceKind.KNOWN: " ", ChoiceKind.NEW: "+", ChoiceKind.NONE: "-", ChoiceKind.SPARE: "-"}


class RoleChoice(NamedTuple):
    role: Role
    shared_pack: bool = False

    @property
    def label(self) -> str:
        return f"{self.role}, shared pack" if self.shared_pack else self.role


ROLE_CHOICES = (
    RoleChoice(Role.PRIMARY),
    RoleChoice(Role.BACKUP),
    RoleChoice(Role.BACKUP, shared_pack=True),
    RoleChoice(Role.SPARE),
)


@dataclass(frozen=True, slots=True)
class PickerQuestion:
    """What is asked."""

    title: str
    known: Sequence[NameChoice]
    new: str
    """The hint for a name that is not known yet: "new performer"."""
    suggested: str | None = None
    role: Role | None = None
    """What the channel will be for the performer; None: there is no such choice."""
    shared_pack: bool = False
    """Whether it receives the pack of another channel of the performer."""


@dataclass(frozen=True, slots=True)
class PickedName:
    """What was chosen; no name: none of them, and with the role of a spare it is one for all."""

    name: str | None
    role: Role | None
    shared_pack: bool = False


class NamePicker(ModalScreen[PickedName | None]):
    """A line to type in and what fits below it; Enter takes the highlighted one."""

    DEFAULT_CSS = CSS.format(name="NamePicker")
    BINDINGS = dialog_bindings_of(PICKER_KEYS)
    HELP_PAGE = PICKER_HELP

    def __init__(self, question: PickerQuestion) -> None:
        super().__init__()
        self._question = question
        self._role = None if question.role is None else RoleChoice(question.role, question.shared_pack)
        self._roles = [*ROLE_CHOICES]
        if self._role is not None and self._role not in self._roles:
            self._roles.append(self._role)
        self._choices: list[NameChoice] = []

    def compose(self) -> ComposeResult:
        options = ClickList(markup=False)
        options.can_focus = False
        with ListArea(options):
            yield literal(self._question.title, "title")
            yield BoundedInput(max_length=MAX_NAME, placeholder="a few letters, or a new name")
            yield options
            yield Static("", classes="label", id="role", markup=False)
            yield KeyHints(f"Enter takes it{'   Tab changes the role' if self._role else ''}   Esc back")

    def on_mount(self) -> None:
        self._show_choices("")
        self._show_role()

    @on(Input.Changed)
    def rank(self, event: Input.Changed) -> None:
        self._show_choices(event.value)

    @on(Input.Submitted)
    def take(self) -> None:
        index = self.query_one(OptionList).highlighted
        if index is not None:
            self._dismiss(self._choices[index])

    @on(OptionList.OptionSelected)
    def click(self, event: OptionList.OptionSelected) -> None:
        self._dismiss(self._choices[event.option_index])

    def action_role(self) -> None:
        if self._role is not None:
            self._role = self._roles[(self._roles.index(self._role) + 1) % len(self._roles)]
            self._show_role()

    def _show_choices(self, query: str) -> None:
        question = self._question
        self._choices = rank_choices(query, question.known, new=question.new, suggested=question.suggested)
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(Option(_line(choice)) for choice in self._choices)
        options.highlighted = 0 if self._choices else None

    def _show_role(self) -> None:
        shown = self.query_one("#role", Static)
        shown.display = self._role is not None
        roles = [f"[{role.label}]" if role == self._role else f" {role.label} " for role in self._roles]
        shown.update(f"role {' '.join(roles)}")

    def _dismiss(self, choice: NameChoice) -> None:
        role = self._role
        if choice.kind is ChoiceKind.NONE:
            picked = PickedName(None, None)
        elif choice.kind is ChoiceKind.SPARE:
            picked = PickedName(None, Role.SPARE)
        elif role is None:
            picked = PickedName(choice.name, None)
        else:
            picked = PickedName(choice.name, role.role, role.shared_pack)
        self.dismiss(picked)


def _line(choice: NameChoice) -> Text:
    name = visible(choice.name)
    return Text.assemble(
        f"{SIGNS[choice.kind]} {fit(name, NAME_WIDTH)} ",
        (fit(visible(choice.hint), HINT_WIDTH).rstrip(), "dim"),
        no_wrap=True,
    )
