"""Messages on the desktop, through a terminal that passes them on: which escape sequence for which. Pure.

OSC 9 is a single text (iTerm2, WezTerm, Ghostty), OSC 777 has a title (foot, rxvt), OSC 99 is of kitty.
No terminal answers whether it knows them; one that does not shows nothing, but not every one swallows all.
"""

from collections.abc import Mapping
from enum import StrEnum

from micboard_tui.domain.safe_text import visible

MAX_TEXT = 200


class DesktopForm(StrEnum):
    OSC9 = "osc9"
    OSC777 = "osc777"
    OSC99 = "osc99"


_BY_PROGRAM = {"iTerm.app": DesktopForm.OSC9, "WezTerm": DesktopForm.OSC9, "ghostty": DesktopForm.OSC9}
_BY_TERM = {"xterm-kitty": DesktopForm.OSC99, "foot": DesktopForm.OSC777, "rxvt": DesktopForm.OSC777}


def find_form(choice: str, environ: Mapping[str, str]) -> DesktopForm | None:
    """What the setting ``alarms.desktop`` means in this terminal; None: nothing is sent.

    A multiplexer stands between us and the terminal, which auto therefore does not know.
    """
    if choice in set(DesktopForm):
        return DesktopForm(choice)
    if choice != "auto" or environ.get("TMUX") or environ.get("STY"):
        return None
    if (form := _BY_PROGRAM.get(environ.get("TERM_PROGRAM", ""))) is not None:
        return form
    term = environ.get("TERM", "")
    return next((form for name, form in _BY_TERM.items() if term.startswith(name)), None)


def format_notice(form: DesktopForm, title: str, text: str) -> str:
    """What to write to the terminal."""
    title, text = _plain(title), _plain(text)
    match form:
        case DesktopForm.OSC9:
            return f"\x1b]9;{title}: {text}\x07"
        case DesktopForm.OSC777:
            return f"\x1b]777;notify;{title};{text}\x07"
        case DesktopForm.OSC99:
            return f"\x1b]99;i=micboard:d=0;{title}\x1b\\\x1b]99;i=micboard:p=body;{text}\x1b\\"


def _plain(text: str) -> str:
    """Nothing that could end the sequence, or begin another field."""
    return visible(text).replace(";", ",")[:MAX_TEXT]
