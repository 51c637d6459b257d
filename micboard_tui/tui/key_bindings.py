"""Every key of every screen: what to press, what it does, and what the line at the bottom calls it.

A key that has an ``id`` can be another one in ``config.toml`` (``key_overrides.py``). Help, the command
palette, the lines at the bottom of the screens and docs/reference/keys.md are made from these tables.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from textual.binding import Binding, BindingType


@dataclass(frozen=True, slots=True)
class Key:
    """One action and the keys that start it."""

    keys: str
    """As Textual writes them; commas stand between several."""
    action: str
    description: str
    id: str = ""
    """Its name in the settings; empty: the key cannot be changed."""
    label: str = ""
    """What the line at the bottom calls it; empty: it never stands there."""
    display: str | None = None
    """How the key is shown where its own name will not do."""
    is_listed: bool = True
    """Whether help and the command palette list it."""
    priority: bool = False
    """Whether it goes before the keys of the focused widget."""

    @property
    def binding(self) -> Binding:
        """The same for Textual."""
        return Binding(
            self.keys,
            self.action,
            self.description,
            show=self.is_listed,
            key_display=self.display,
            priority=self.priority,
            id=self.id or None,
        )


KeyTable: TypeAlias = Sequence[Key]


class KeyPair(NamedTuple):
    """Two keys that belong together, under one label in the line at the bottom."""

    first_id: str
    second_id: str
    label: str


class LabelledKey(NamedTuple):
    """A key that the line at the bottom calls by another label than usual."""

    key_id: str
    label: str


KeyLine: TypeAlias = Sequence[str | KeyPair | LabelledKey | tuple[str, str]]
"""A line at the bottom: ids of keys, pairs of them, and keys that cannot be changed with their labels."""


def bindings_of(*tables: KeyTable) -> list[BindingType]:
    """The keys of these tables for a class of Textual."""
    return [key.binding for table in tables for key in table]


# Keys that several screens answer. Actions that begin with "app." are methods of the app. j and k move as the
# arrows do wherever nothing is typed; h and l never move, since l is the location and h the hand-over note.

SCROLL_KEYS: KeyTable = (
    Key("j", "scroll(1)", "Down", is_listed=False),
    Key("k", "scroll(-1)", "Up", is_listed=False),
)
BACK_KEYS: KeyTable = (Key("escape,q", "app.pop_screen", "Back", display="Esc"),)
HELP_KEYS: KeyTable = (Key("question_mark,f1", "app.help", "Help", "help", "help", "?"),)
"""Of the app; dialogs need them too. Where one types only the second is a key."""
DISMISS_KEYS: KeyTable = (Key("escape", "dismiss(None)", "Back", display="Esc"), *HELP_KEYS)
UNDO_KEYS: KeyTable = (
    Key("u", "app.flow('undo')", "Undo your last step", "undo", "undo"),
    Key("ctrl+r", "app.flow('redo')", "Redo the step that you undid", "redo", "redo", "Ctrl+R"),
)
LOCATION_KEYS: KeyTable = (
    Key("l", "app.flow('locate')", "Location: where the receiver stands", "location", "location"),
    Key("O", "app.flow('service')", "Out of service: the receiver or location", "service"),
)
CHANNEL_KEYS: KeyTable = (
    Key(
        "n",
        "app.flow('assign')",
        "Name: the performer; on a device: free missing channels",
        "name",
        "name",
    ),
    *LOCATION_KEYS,
    Key("s", "app.flow('swap')", "Swap: a ready spare takes over", "swap", "swap"),
    Key("p", "app.flow('plan_pack')", "Pack: the one that is planned for the channel", "pack", "pack"),
    Key("x", "app.flow('expect_off')", "Expected off, no alarm; or on again", "expected_off", "expected off"),
    Key(
        "N,number_sign",
        "app.flow('number')",
        "Number: what the show calls the channel",
        "mic_number",
        "mic number",
        "N",
    ),
    Key("B", "app.flow('cells')", "Cells: which are in the pack, or that full ones were put in", "cells"),
    *UNDO_KEYS,
)
CONTROL_KEYS: KeyTable = (
    Key("C", "app.flow('arm_control')", "Control: arm it for some minutes, or disarm it", "arm", "arm"),
    Key("e", "app.flow('control')", "Edit a setting on the receiver, while armed", "control", "edit"),
    Key(
        "W",
        "app.flow('control_plan')",
        "Write the show's names to receivers, or mute several, while armed",
        "control_plan",
        "write",
    ),
)
RACK_KEYS: KeyTable = (
    Key("K", "rack('move_up')", "Move the receiver up the rack", "rack_up"),
    Key("J", "rack('move_down')", "Move the receiver down the rack", "rack_down"),
)
ACCESS_KEYS: KeyTable = (
    Key("t", "trust", "Devices: trust a certificate", "trust", "trust"),
    Key("w", "give_secret", "Devices: enter a password or key", "secret", "password"),
)

# The board.

BOARD_KEYS: KeyTable = (
    Key("up,k", "step(-1)", "Up", "up", display="↑ k"),
    Key("down,j", "step(1)", "Down", "down", display="↓ j"),
    Key("left", "aside(-1)", "Left, among cards", "left", display="←"),
    Key("right", "aside(1)", "Right, among cards", "right", display="→"),
    Key("pageup,ctrl+b", "page(-1)", "Page up", "page_up", display="PgUp"),
    Key("pagedown,ctrl+f", "page(1)", "Page down", "page_down", display="PgDn"),
    Key("home", "edge(0)", "First channel", "first", display="Home"),
    Key("end", "edge(-1)", "Last channel", "last", display="End"),
    Key("enter", "choose", "Details", "details", "details", "Enter"),
    Key("space", "mark", "Mark the channel for the next action", "mark", "mark", "Space"),
    Key("shift+down", "extend(1)", "Extend the marks down", "mark_down", "more", "Shift+↓"),
    Key("shift+up", "extend(-1)", "Extend the marks up", "mark_up", display="Shift+↑"),
    Key("asterisk", "mark_all", "Mark all channels that are shown, or none", "mark_all", "all", "*"),
    Key("escape", "unmark", "Clear all marks", "unmark", "none", "Esc"),
)
VIEW_KEYS: KeyTable = (
    Key("slash", "find", "Find a channel as you type", "find", "find", "/"),
    Key("f", "filter", "Show only some channels", "filter", "filter"),
    Key("F", "show_all", "Show all channels", "show_all"),
    Key("g", "group", "Group by location, performer, manufacturer, receiver, or not", "group", "group"),
    Key("v", "layout", "Rows, cards, or large for a wall", "layout", "view"),
    Key("V", "keep_view", "Keep this view, or the marked channels, on a number key", "keep_view"),
    *(Key(str(number), f"kept_view({number})", f"View {number}", is_listed=False) for number in range(1, 10)),
    Key("tab", "next_problem(1)", "Next problem", "next_problem", "next problem", "Tab"),
    Key("shift+tab", "next_problem(-1)", "Previous problem", "previous_problem", display="Shift+Tab"),
    Key("o", "order", "Order: rack, problems, battery, name, mic number", "order", "order"),
)
BOARD_SCREEN_KEYS: KeyTable = (*VIEW_KEYS, *CHANNEL_KEYS, *RACK_KEYS, *CONTROL_KEYS)
FIND_BAR_KEYS: KeyTable = (
    Key("escape", "screen.leave_find", "Back to the channel before", is_listed=False),
    Key("down", "next_match(1)", "Next match", is_listed=False),
    Key("up", "next_match(-1)", "Previous match", is_listed=False),
)
APP_KEYS: KeyTable = (
    *HELP_KEYS,
    Key("A", "flow('add')", "Add a receiver", "add", "add"),
    Key("S", "search", "Search the network for receivers", "search", "search"),
    Key("a", "open('alarms')", "Alarms: what is new, and what to do", "alarms", "alarms"),
    Key("M", "mute", "Mute the bell of alarms, or let it ring again", "mute"),
    Key("t", "open('timeline')", "Timeline: what happened, with curves", "timeline", "timeline"),
    Key(
        "r",
        "open('run_of_show')",
        "Run of show: clock, scenes, who has which mic next",
        "run_of_show",
        "show",
    ),
    Key("greater_than_sign", "flow('next_scene')", "Next scene of the show", "next_scene", "scene", ">"),
    Key(
        "less_than_sign",
        "flow('previous_scene')",
        "Scene before; within 10 s of a change, takes it back",
        "previous_scene",
        display="<",
    ),
    Key("w", "open('walk')", "Walk test: how mics are received at each place", "walk_test", "walk"),
    Key("m", "flow('mark_moment')", "Marker: note what happens now", "marker", "marker"),
    Key("b", "open('battery_plan')", "Battery plan: what lasts, and what to change when", "plan", "plan"),
    Key(
        "i",
        "open('line_check')",
        "Line check: link, pack and sound of every line",
        "line_check",
        "line check",
    ),
    Key(
        "h",
        "flow('handover')",
        "Hand-over: a note for the next shift",
        "handover",
        "hand over",
    ),
    Key("R", "open('recap')", "Recap: what became of the show, and a file of it", "recap", "recap"),
    Key("d", "open('devices')", "All devices: status, cause and cure", "devices", "devices"),
    Key("c", "open('chargers')", "Chargers: the packs in their bays", "chargers", "chargers"),
    Key("D", "remove", "Remove the selected receiver", "remove", "remove"),
    Key("E", "open('thresholds')", "Thresholds: what counts as low, and for whom", "thresholds"),
    Key("L", "log", "Log: what happened, newest first", "log", "log"),
    Key("Y", "open('audit')", "Audit: who changed what, and from where", "audit", "audit"),
    Key("ctrl+k", "flow('lock')", "Lock the show with a PIN, or unlock it", "lock", "lock", "Ctrl+K"),
    Key("T", "next_theme", "Next colour theme", "theme", "colours"),
    Key("ctrl+l", "redraw", "Redraw the screen", "redraw", display="Ctrl+L"),
    Key("q", "leave", "Quit; asks while anything is live", "quit", "quit", "q"),
    Key("ctrl+q", "quit", "Quit without a question", display="Ctrl+Q"),
)
BOARD_KEY_LINE: KeyLine = (
    KeyPair("up", "down", "move"),
    "details",
    "name",
    "swap",
    "alarms",
    "help",
    "quit",
    "find",
    "undo",
    "arm",
    "filter",
    "layout",
    "next_problem",
    "order",
    "group",
    "devices",
    "chargers",
    "log",
)
EMPTY_KEY_LINE: KeyLine = ("add", "search", "help", "quit", "devices", "log", "theme")
"""While no device is registered: keys for channels do nothing then."""
DEVICE_KEY_LINE: KeyLine = (
    KeyPair("up", "down", "move"),
    "details",
    "location",
    "remove",
    "help",
    "quit",
    "find",
    "undo",
    "next_problem",
    KeyPair("rack_up", "rack_down", "move in rack"),
    "devices",
    "log",
)
"""While the line of a device is selected: keys for channels do nothing then."""
MARKED_KEY_LINE: KeyLine = (
    "name",
    "location",
    "expected_off",
    "mark",
    "mark_down",
    "mark_all",
    "mic_number",
    "unmark",
)

# Other screens.

CHANNEL_SCREEN_KEYS: KeyTable = (
    Key("escape,enter,q", "app.pop_screen", "Back", display="Esc"),
    Key("left", "neighbour(-1)", "Previous channel", display="←"),
    Key("right", "neighbour(1)", "Next channel", display="→"),
    Key("v", "curves", "Five minutes of RF and audio, and past states"),
    *CHANNEL_KEYS,
    *CONTROL_KEYS,
    *SCROLL_KEYS,
)
CURVES_KEY = ("v", "curves")
CHANNEL_KEY_LINE: KeyLine = (
    ("Esc", "back"),
    ("← →", "other channels"),
    ("↑ ↓", "scroll"),
    CURVES_KEY,
    "name",
    "swap",
    "expected_off",
)
DEVICES_SCREEN_KEYS: KeyTable = (
    *BACK_KEYS,
    Key("D", "remove", "Remove the device", "remove", "remove"),
    *ACCESS_KEYS,
    *LOCATION_KEYS,
    *RACK_KEYS,
    *UNDO_KEYS,
)
DEVICES_KEY_LINE: KeyLine = (
    "add",
    ("Enter", "change"),
    "remove",
    "location",
    ("Esc", "back"),
    KeyPair("rack_up", "rack_down", "move"),
    "undo",
)
"""Before them stand those of ``ACCESS_KEYS`` that help with the selected device."""
EMPTY_DEVICES_KEY_LINE: KeyLine = ("add", "search", ("Esc", "back"), "undo")
"""While no device is registered: keys for devices do nothing then."""
CHARGERS_SCREEN_KEYS: KeyTable = (
    *BACK_KEYS,
    Key("j,down", "scroll(1)", "Down", is_listed=False, priority=True),
    Key("k,up", "scroll(-1)", "Up", is_listed=False, priority=True),
)
CHARGERS_KEY_LINE: KeyLine = (("Esc", "back"), ("↑ ↓", "scroll"), "devices", "add")
LOG_SCREEN_KEYS: KeyTable = (
    Key("escape", "leave", "Back", display="Esc"),
    Key("tab", "only_bad", "Only warnings and errors", display="Tab", priority=True),
    Key("down", "scroll(1)", "Down", is_listed=False, priority=True),
    Key("up", "scroll(-1)", "Up", is_listed=False, priority=True),
    Key("pagedown", "scroll(20)", "Down a page", is_listed=False, priority=True),
    Key("pageup", "scroll(-20)", "Up a page", is_listed=False, priority=True),
)
LOG_KEY_LINE: KeyLine = (("type", "filter"), ("Tab", "only warnings"), ("↑↓", "scroll"), ("Esc", "back"))
HELP_SCREEN_KEYS: KeyTable = (
    Key("escape,question_mark,f1,q,enter", "app.pop_screen", "Back", display="Esc"),
    *SCROLL_KEYS,
)
HELP_KEY_LINE: KeyLine = (("Esc", "back"), ("↑↓", "scroll"), ("PgUp PgDn", "page"))

# Dialogs, which say their keys in a line of their own, and fields.

CONFIRM_KEYS: KeyTable = (
    Key("y", "dismiss(True)", "Yes"),
    Key("n,escape", "dismiss(False)", "No", display="n Esc"),
    *HELP_KEYS,
)
LEAVE_KEYS: KeyTable = (
    Key("q,y", "dismiss(True)", "Leave", display="q y"),
    Key("n,escape", "dismiss(False)", "Stay", display="n Esc"),
    *HELP_KEYS,
)
FILTER_KEYS: KeyTable = (
    Key("space", "tick", "Tick", display="Space", priority=True),
    Key("enter", "apply", "Show these", display="Enter", priority=True),
    Key("c", "clear", "Show all"),
    *DISMISS_KEYS,
)
KEEP_VIEW_KEYS: KeyTable = (
    *(Key(str(number), f"key({number})", f"Keep on {number}") for number in range(1, 10)),
    Key("escape", "back", "Back", display="Esc"),
    *HELP_KEYS,
)
FIRST_START_KEYS: KeyTable = (
    Key("d", "choose('demo')", "Demo"),
    Key("a", "choose('add')", "Add"),
    Key("s", "choose('search')", "Search"),
    Key("escape", "dismiss(None)", "Later", display="Esc"),
    Key("q", "app.quit", "Quit"),
    *HELP_KEYS,
)
PICKER_KEYS: KeyTable = (
    *DISMISS_KEYS,
    Key("tab", "role", "Primary, backup, spare", display="Tab", priority=True),
)
MARKER_KEYS: KeyTable = (
    Key("tab", "turn", "About the channel, or the show", display="Tab", priority=True),
    *DISMISS_KEYS,
)
SWAP_KEYS: KeyTable = (Key("escape,q", "dismiss(None)", "Back", display="Esc"), *HELP_KEYS)
FORM_KEYS: KeyTable = (
    *DISMISS_KEYS,
    Key("down", "app.focus_next", "Next field", is_listed=False),
    Key("up", "app.focus_previous", "Previous field", is_listed=False),
)
CHOOSER_KEYS: KeyTable = (
    Key("right,space", "turn(1)", "Next", is_listed=False),
    Key("left", "turn(-1)", "Previous", is_listed=False),
    Key("enter", "submit", "Take it", is_listed=False),
)
TRUST_KEYS: KeyTable = (
    Key("y", "trust", "Trust it"),
    Key("r", "ask", "Ask the device again"),
    Key("n,escape", "leave", "No", display="n Esc"),
    *HELP_KEYS,
)

CONFIGURABLE_KEYS: KeyTable = (*BOARD_KEYS, *BOARD_SCREEN_KEYS, *APP_KEYS, *ACCESS_KEYS)
"""Keys that can be others in ``config.toml``."""
