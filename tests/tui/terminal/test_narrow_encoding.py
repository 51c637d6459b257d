"""A terminal without our signs gets others of the same width."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from micboard_tui.tui.terminal.narrow_encoding import encodable


@pytest.mark.parametrize("encoding", ["utf-8", "UTF-8", "utf_16"])
def test_unicode_has_all_signs(encoding: str) -> None:
    assert encodable("▌ Zoë – 漢…", encoding) == "▌ Zoë – 漢…"


def test_what_an_encoding_lacks_has_a_sign_of_the_same_width() -> None:
    assert encodable("\x1b[1m▌ Zoë – 漢…", "ascii") == "\x1b[1m| Zo? - ??~"
    assert encodable("▌ Zoë – 漢…", "iso8859-1") == "| Zoë - ??~"


@given(
    st.text(st.characters(exclude_categories=["C", "M", "Sk"])), st.sampled_from(["ascii", "cp437", "koi8-r"])
)
def test_no_text_gets_wider(text: str, encoding: str) -> None:
    shown = encodable(text, encoding)
    shown.encode(encoding)
    assert cell_len(shown) == cell_len(text)
