"""The keys of dialogs, whose letters may be pressed in either case. Pure."""

from dataclasses import replace

from textual.binding import BindingType

from micboard_tui.tui.key_bindings import KeyTable, bindings_of


def dialog_bindings_of(*tables: KeyTable) -> list[BindingType]:
    """The keys of these tables for a class of Textual, with the other case of each letter.

    Dialogs have few keys, and none that differ in case alone as on the board, where S searches and s swaps.
    Help and palette list a letter once.
    """
    keys = [key for table in tables for key in table]
    taken = {name for key in keys for name in key.keys.split(",")}
    other_case = [
        replace(key, keys=name.swapcase(), id="", is_listed=False)
        for key in keys
        for name in key.keys.split(",")
        if len(name) == 1 and name.isalpha() and name.swapcase() not in taken
    ]
    return [*bindings_of(*tables), *bindings_of(other_case)]
