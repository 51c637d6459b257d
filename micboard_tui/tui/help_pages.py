"""What help lists for each screen and dialog: its keys, grouped by what they are for. Pure."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol, TypeAlias, runtime_checkable

from micboard_tui.tui import (
    alarm_keys,
    audit_keys,
    control_keys,
    plan_keys,
    recap_keys,
    search_keys,
    show_keys,
    threshold_keys,
    timeline_keys,
    walk_keys,
)
from micboard_tui.tui import key_bindings as bindings
from micboard_tui.tui.key_bindings import Key, KeyTable
from micboard_tui.tui.list_keys import list_keys

HelpEntry: TypeAlias = Key | tuple[str, str]
"""A key of the tables, or a fixed one and what it does."""


class HelpSection(NamedTuple):
    title: str
    entries: Sequence[HelpEntry]


class HelpPage(NamedTuple):
    title: str
    sections: Sequence[HelpSection]
    has_letters: bool = False
    """Whether the screen shows the letters of states and flags; the page begins with them then."""


@runtime_checkable
class HasHelp(Protocol):
    """A screen or dialog with keys."""

    HELP_PAGE: HelpPage


def _page(title: str, *entries: HelpEntry) -> HelpPage:
    return HelpPage(title, (HelpSection("Keys", entries),))


def _screen_page(title: str, *entries: HelpEntry, has_letters: bool = False) -> HelpPage:
    """For screens over the board, where keys of the app work too, and q goes back."""
    return HelpPage(title, (HelpSection("Keys", entries), _EVERYWHERE), has_letters)


def _list_section(table: KeyTable, first: str = "First line", last: str = "Last line") -> HelpSection:
    return HelpSection("Keys", (*table, *list_keys(first, last)))


def _everywhere(*but: str) -> HelpSection:
    """Keys of the app, but those that do something else on the screen."""
    keys = (key for key in bindings.APP_KEYS if key.id not in {"quit", "remove", *but})
    return HelpSection("On every screen", (*keys, ("Ctrl+P", "All commands")))


_EVERYWHERE = _everywhere()
_LIST_MOVES: Sequence[HelpEntry] = (
    ("↑ ↓ k j", "Up and down; the wheel scrolls"),
    ("PgUp PgDn", "A page up or down"),
    ("Home End", "To the first, to the last"),
)
_SCROLLS: Sequence[HelpEntry] = (("↑ ↓ k j", "Scroll, as the wheel does"), ("PgUp PgDn", "Scroll a page"))
_HELP_WHILE_TYPING: HelpEntry = ("F1", "Help, where ? is a character that you type")
_BACK: HelpEntry = ("Esc", "Back")

BOARD_HELP = HelpPage(
    "the board",
    (
        HelpSection("Move and mark", bindings.BOARD_KEYS),
        HelpSection(
            "What is shown", (*bindings.VIEW_KEYS, ("1 to 9", "Show the view that is kept on this key"))
        ),
        HelpSection("Channels and receivers", (*bindings.CHANNEL_KEYS, *bindings.RACK_KEYS)),
        HelpSection("Control of devices", bindings.CONTROL_KEYS),
        HelpSection("Screens and program", (*bindings.APP_KEYS, ("Ctrl+P", "All commands"))),
        HelpSection(
            "While you find",
            (("↑ ↓", "Other matches"), ("Enter", "Stay here"), ("Esc", "Back to the channel before")),
        ),
        HelpSection(
            "Mouse",
            (
                ("click", "Select; on a key at the bottom: press it; on the top problem: go to it"),
                ("two clicks", "Details"),
                ("column head", "Sort by number, name, battery or flags, and back"),
                ("wheel", "Scroll"),
            ),
        ),
    ),
    has_letters=True,
)
CHANNEL_HELP = _screen_page(
    "the details of a channel", *bindings.CHANNEL_SCREEN_KEYS, *_SCROLLS, has_letters=True
)
DEVICES_HELP = HelpPage(
    "all devices",
    (
        HelpSection(
            "Keys",
            (
                *_LIST_MOVES,
                ("Enter", "Change how the device is registered"),
                *bindings.DEVICES_SCREEN_KEYS,
            ),
        ),
        _everywhere("timeline", "walk_test"),
    ),
)
CHARGERS_HELP = _screen_page("chargers", *_SCROLLS, *bindings.CHARGERS_SCREEN_KEYS)
HANDOVER_HELP = _page("a hand-over note", *plan_keys.HANDOVER_KEYS, _HELP_WHILE_TYPING)
NEW_NOTES_HELP = _page("hand-over notes", *plan_keys.NEW_NOTES_KEYS)
LINE_CHECK_HELP = HelpPage(
    "the line check",
    (
        _list_section(plan_keys.LINE_CHECK_KEYS),
        HelpSection(
            "What ticks a line",
            (
                ("link", "The channel was live or muted since the check was started"),
                ("pack", "Its pack reports what is planned of it, or nothing is planned"),
                ("sound", "There was sound on it, from that pack"),
                ("by hand", "A person says that it is good"),
            ),
        ),
        _everywhere("line_check", "run_of_show", "add"),
    ),
)
BATTERY_PLAN_HELP = HelpPage(
    "the battery plan",
    (
        _list_section(plan_keys.BATTERY_PLAN_KEYS),
        HelpSection(
            "The columns",
            (
                ("left", "How long the pack lasts at least: nine of ten do"),
                ("likely", "As likely longer as shorter"),
                ("break, end", "So much longer than to there; with a minus it does not last"),
                ("change it", "The last good moment: in a pause of the mic where the plot has one"),
                ("with", "The spare that is ready, or a full pack in a charger"),
            ),
        ),
        HelpSection(
            "How a time is known",
            (
                ("1:42", "The pack says so"),
                ("~1:42", "Worked out from percent"),
                ("~1:42?", "Worked out from bars: B says which cells are in it"),
                ("<1:42", "From the time that it has been on"),
            ),
        ),
        _everywhere("plan", "add"),
    ),
)
THRESHOLDS_HELP = HelpPage(
    "the thresholds",
    (
        _list_section(threshold_keys.THRESHOLD_KEYS),
        HelpSection(
            "What holds",
            (
                ("for whom", "All, a location with all within it, a performer, a channel: the narrower wins"),
                ("profile", "Within one of these the number of the active profile wins"),
                ("*", "Set for exactly this; the others come from what is wider, or from the settings"),
                ("now", "How many channels on the air the number marks"),
            ),
        ),
        _everywhere("thresholds", "add"),
    ),
)
ALARMS_HELP = HelpPage(
    "the alarms",
    (
        _list_section(alarm_keys.ALARM_DESK_KEYS, "The first alarm", "The last alarm"),
        HelpSection(
            "What stands before an alarm",
            (
                ("!", "Now: the audience hears it, or will within a minute"),
                (":", "Soon: before the next cue"),
                (".", "At the break"),
            ),
        ),
        HelpSection(
            "What stands behind it",
            (
                ("x3", "It was raised so often"),
                ("+8 channels", "Alarms of so many others are not listed: this one says more"),
                ("cleared", "It is over, and was not seen yet"),
                ('"', "It has a note"),
            ),
        ),
        _everywhere("alarms", "add", "timeline"),
    ),
)
RUN_OF_SHOW_HELP = HelpPage(
    "the run of show",
    (
        _list_section(show_keys.RUN_OF_SHOW_KEYS, "The first scene", "The last scene"),
        HelpSection(
            "What stands before a scene or a mic",
            (
                (">", "The scene that is on"),
                ("+", "The next one"),
                ("!", "A mic changes hands without a scene between: there is no time for it"),
                (":", "A quick change, or a spare that is planned"),
            ),
        ),
        _everywhere("search", "thresholds", "chargers", "next_scene", "previous_scene"),
    ),
)
GO_TO_SCENE_HELP = _page(
    "going to a scene",
    ("type", "Its number, its cue, or a part of its name"),
    ("↑ ↓", "Another one"),
    ("Enter", "Go to the one on the bar"),
    *bindings.DISMISS_KEYS,
    _HELP_WHILE_TYPING,
)
CHOOSE_SHOW_HELP = _page(
    "choosing a show", *_LIST_MOVES, ("Enter", "Take the one on the bar, from its beginning"), _BACK
)
PLOT_FILE_HELP = _page(
    "importing a mic plot",
    ("→", "Complete the path as it is suggested"),
    ("Tab", "The file, or the show that gets the plot; empty: one that is called as the file"),
    ("Enter", "Read the file, and show what was understood of it"),
    _BACK,
    _HELP_WHILE_TYPING,
)
PLOT_PREVIEW_HELP = _page(
    "what was understood of a mic plot", ("↑ ↓ PgUp PgDn", "Scroll"), *show_keys.PLOT_PREVIEW_KEYS
)
EXTEND_HELP = _page("extending the show", ("Enter", "Take the minutes"), _BACK, _HELP_WHILE_TYPING)
ARM_HELP = _page(
    "arming control",
    *_LIST_MOVES,
    ("Enter", "Arm it; the header shows how long it lasts"),
    *bindings.SWAP_KEYS,
)
CONTROL_HELP = _page(
    "changing a setting on a receiver",
    *_LIST_MOVES,
    ("Enter", "Take it; what would be sent is shown before"),
    *bindings.SWAP_KEYS,
)
CONTROL_PLAN_HELP = _page(
    "changing several channels",
    *_LIST_MOVES,
    ("Enter", "Show the plan; nothing is sent before"),
    *bindings.SWAP_KEYS,
)
COMMAND_PLAN_HELP = _page("a plan for several channels", *_LIST_MOVES, *control_keys.COMMAND_PLAN_KEYS)
ALARM_FILTER_HELP = _page("which alarms are listed", *_LIST_MOVES, *alarm_keys.ALARM_FILTER_KEYS)
SHELVE_HELP = _page("shelving alarms", *_LIST_MOVES, ("Enter", "Shelve for so long"), *bindings.SWAP_KEYS)
SERVICE_HELP = _page(
    "out of service", *_LIST_MOVES, ("Enter", "Take the one on the bar out of service, or back"), _BACK
)
NOTE_HELP = _page(
    "the note of an alarm", ("Enter", "Keep the note; empty takes it away"), _BACK, _HELP_WHILE_TYPING
)
LOG_HELP = _page(
    "the log",
    ("type", "Show only what has these words"),
    ("↑ ↓", "Scroll"),
    ("PgUp PgDn", "Scroll a page"),
    *bindings.LOG_SCREEN_KEYS,
    _HELP_WHILE_TYPING,
)
TIMELINE_HELP = _screen_page(
    "the timeline",
    *timeline_keys.TIMELINE_KEYS,
    *list_keys("The newest event", "The oldest event"),
)
MOMENT_HELP = _screen_page("a moment of the timeline", *timeline_keys.MOMENT_KEYS)
WALK_HELP = HelpPage(
    "a walk test", (_list_section(walk_keys.WALK_KEYS), _everywhere("chargers", "walk_test"))
)
RECAP_HELP = HelpPage(
    "the recap",
    (
        _list_section(recap_keys.RECAP_KEYS),
        HelpSection(
            "The columns of the channels",
            (
                ("on air", "How long a carrier of its pack was received, also muted"),
                ("min, P5", "RF of an antenna: the lowest, and what it stayed above for 95 % of that time"),
                ("margin", "P5 of the better antenna above the level of -95 dBm: below 10 dB is bad"),
                ("drops", "How often its link was lost"),
                ("lost", "So long it could not be heard: its link was lost, or its receiver away"),
                ("clips", "How often audio clipped"),
                ("battery", "The first and the last charge"),
                ("used", "All that was used, of several packs too"),
                ("packs", "How often the charge rose: another pack, or full cells"),
                ("swaps", "How often its performer went to a spare, from 116 columns on"),
                ("\N{EN DASH}", "Not known"),
            ),
        ),
        _everywhere("recap", "run_of_show", "chargers"),
    ),
)
SEARCH_HELP = _page("the search", *_LIST_MOVES, *search_keys.SEARCH_SCREEN_KEYS)
ADD_RESULTS_HELP = _page("what became of added devices", *_SCROLLS, *search_keys.ADD_RESULTS_KEYS)
MIC_NUMBER_HELP = _page(
    "a mic number", ("Enter", "Take the number; empty takes it away"), _BACK, _HELP_WHILE_TYPING
)
LIST_HELP = _page("a list", *_LIST_MOVES, ("Enter", "Take the one on the bar"), *bindings.SWAP_KEYS)
PROGRESS_HELP = _page("what takes a while", ("Esc", "End it"), _HELP_WHILE_TYPING)
TEXT_HELP = _page("a text", ("Enter", "Take it"), _BACK, _HELP_WHILE_TYPING)
MARKER_HELP = _page(
    "a marker",
    ("Enter", "Write it down; without a text it says: marker"),
    *bindings.MARKER_KEYS,
    _HELP_WHILE_TYPING,
)
CONFIRM_HELP = _page("a question", *bindings.CONFIRM_KEYS)
FILTER_HELP = _page("the filter", *_LIST_MOVES, *bindings.FILTER_KEYS)
KEEP_VIEW_HELP = _page(
    "keeping a view",
    ("1 to 9", "The key that is to bring the view back"),
    ("Enter", "Keep it under this name, or under none"),
    _BACK,
    _HELP_WHILE_TYPING,
)
FIRST_START_HELP = _page("the first start", *bindings.FIRST_START_KEYS)
PICKER_HELP = _page(
    "choosing a name",
    ("type", "Find a known name, or enter a new one"),
    ("↑ ↓", "Another one"),
    ("Enter", "Take the one on the bar"),
    *bindings.PICKER_KEYS,
    _HELP_WHILE_TYPING,
)
THRESHOLD_HELP = _page("a threshold", ("Enter", "Take the number"), _BACK, _HELP_WHILE_TYPING)
PROFILE_HELP = _page("the profile", *_LIST_MOVES, ("Enter", "Take the one on the bar"), *bindings.SWAP_KEYS)
CELLS_HELP = _page(
    "the cells of packs", *_LIST_MOVES, ("Enter", "Take the one on the bar"), *bindings.SWAP_KEYS
)
SWAP_HELP = _page("swapping", *_LIST_MOVES, ("Enter", "This channel takes over"), *bindings.SWAP_KEYS)
FORM_HELP = _page(
    "the form of a device",
    ("Tab ↓", "Next field"),
    ("Shift+Tab ↑", "Previous field"),
    ("← →", "Another manufacturer or protocol"),
    ("Enter", "Add or save the device"),
    _BACK,
    _HELP_WHILE_TYPING,
)
TRUST_HELP = _page("a certificate", *bindings.TRUST_KEYS)
LEAVE_HELP = _page("the question before leaving", *bindings.LEAVE_KEYS)
AUDIT_HELP = HelpPage(
    "the audit",
    (
        HelpSection(
            "Keys",
            (
                ("type", "Only entries with these words"),
                ("↑ ↓", "Up and down; the wheel scrolls"),
                ("PgUp PgDn", "A page up or down"),
                ("Enter", "All that is known of the entry"),
                *audit_keys.AUDIT_KEYS,
                _HELP_WHILE_TYPING,
            ),
        ),
    ),
)
AUDIT_ENTRY_HELP = _page("an entry of the audit", *audit_keys.ENTRY_KEYS)
PIN_HELP = _page("the lock of the show", ("Enter", "Take the PIN"), _BACK, _HELP_WHILE_TYPING)
SECRET_HELP = _page("a password or key", ("Enter", "Store it"), _BACK, _HELP_WHILE_TYPING)
