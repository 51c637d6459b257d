"""The keys of the run of show and of its dialogs: tables as in ``key_bindings.py``.

What starts or stops the clock is a capital, so that no show begins by a slip.
"""

from micboard_tui.tui.key_bindings import HELP_KEYS, SCROLL_KEYS, Key, KeyLine, KeyTable

RUN_OF_SHOW_KEYS: KeyTable = (
    Key("escape,q", "app.pop_screen", "Back", display="Esc"),
    Key("space,n", "app.flow('next_scene')", "Next scene", display="Space n"),
    Key("p", "app.flow('previous_scene')", "Scene before; within 10 s of a change, takes it back"),
    Key("enter", "app.flow('go_to_selected')", "Go to the selected scene", display="Enter"),
    Key("g", "app.flow('go_to_scene')", "Go to a scene by its number, cue or name"),
    Key("u", "app.flow('take_scene_back')", "Take the last change of the scene back, for 10 s"),
    Key("S", "app.flow('start_show')", "Start, or go on after a pause or a break"),
    Key("P", "app.flow('pause_show')", "Pause: the clock stands"),
    Key("B", "app.flow('begin_break')", "Break: it begins now"),
    Key("X", "app.flow('extend_show')", "Extend what is on, or the break, by minutes"),
    Key("E", "app.flow('end_show')", "End of the show"),
    Key("o", "app.flow('choose_show')", "Another show, or the same from its beginning"),
    Key("I", "app.flow('import_plot')", "Import a mic plot from a file"),
    Key("c", "current", "To the current scene"),
    Key("tab", "next_finding(1)", "Next conflict or warning", display="Tab"),
)
RUN_OF_SHOW_KEY_LINE: KeyLine = (
    ("Space", "next"),
    ("p", "previous"),
    ("g", "go to"),
    ("S", "start"),
    ("B", "break"),
    ("X", "extend"),
    ("Esc", "back"),
    ("P", "pause"),
    ("E", "end"),
    ("Tab", "conflict"),
    ("u", "undo"),
    ("c", "current"),
    ("o", "other show"),
    ("I", "import"),
)
NO_SHOW_KEY_LINE: KeyLine = (("o", "choose a show"), ("I", "import a plot"), ("Esc", "back"))
PLOT_PREVIEW_KEYS: KeyTable = (
    Key("y", "dismiss(True)", "Import it"),
    Key("n,escape", "dismiss(False)", "Back: nothing changes", display="n Esc"),
    *SCROLL_KEYS,
    *HELP_KEYS,
)
