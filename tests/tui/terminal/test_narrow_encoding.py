"""A terminal without our signs gets others of the same width."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from micboard_tui.tui.terminal.narrow_encoding import encodable, terminal_encoding


@pytest.mark.parametrize("encoding", ["utf-8", "UTF-8", "utf_16"])
def test_unicode_has_all_signs(encoding: str) -> None:
    assert encodable("▌ Zoë – 漢…", encoding) == "▌ Zoë – 漢…"


def test_what_an_encoding_lacks_has_a_sign_of_the_same_width() -> None:
    assert encodable("\x1b[1m▌ Zoë – 漢…", "ascii") == "\x1b[1m| Zoe - ??~"
    assert encodable("▌ Zoë – 漢…", "iso8859-1") == "| Zoë - ??~"


def test_letters_lose_their_accents_and_quotes_their_curls() -> None:
    assert encodable("Björk “Ångström” Łódź Søren ①２", "ascii") == 'Bjork "Angstrom" Lodz Soren 1??'
    assert encodable("Dvořák", "iso8859-1") == "Dvorák"


@pytest.mark.parametrize(
    ("environ", "encoding"),
    [
        ({"LANG": "C"}, "ascii"),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, "ascii"),  # as Python leaves it
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "POSIX"}, "ascii"),
        ({"LANG": "C", "LC_CTYPE": "de_DE.UTF-8"}, "utf-8"),
        ({"LANG": "C", "PYTHONIOENCODING": "utf-8"}, "utf-8"),
        ({"TERM": "vt100"}, "ascii"),
        ({"TERM": "vt220", "LANG": "en_GB.UTF-8"}, "utf-8"),
        ({"LANG": "C.UTF-8"}, "utf-8"),
        ({}, "utf-8"),
    ],
)
def test_a_plain_locale_and_an_old_terminal_have_ascii(environ: Mapping[str, str], encoding: str) -> None:
    assert terminal_encoding("utf-8", environ) == encoding


@given(
    st.text(st.characters(exclude_categories=["C", "M", "Sk"])), st.sampled_from(["ascii", "cp437", "koi8-r"])
)
def test_no_text_gets_wider(text: str, encoding: str) -> None:
    shown = encodable(text, encoding)
    shown.encode(encoding)
    assert cell_len(shown) == cell_len(text)
