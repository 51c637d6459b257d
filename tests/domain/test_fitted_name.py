"""Names as devices take them."""

from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.domain.fitted_name import fit_name


def is_short_ascii(name: str) -> bool:
    return 1 <= len(name) <= 8 and name.isascii() and name == name.strip() and not set(name) & set("<>{}|")


def test_a_name_that_fits_stays() -> None:
    assert fit_name(" Ada ", is_short_ascii) == "Ada"


def test_a_long_name_is_cut_without_a_blank_at_its_end() -> None:
    assert fit_name("Johanna Berg", is_short_ascii) == "Johanna"


def test_marks_go_and_the_letters_stay() -> None:
    assert fit_name("Žoë Æß", is_short_ascii) == "Zoe AEss"
    assert fit_name("A<B>", is_short_ascii) == "AB"


def test_a_name_without_a_plain_letter_does_not_fit() -> None:
    assert fit_name("日本", is_short_ascii) is None


@given(st.text(max_size=64))
def test_what_is_found_is_taken(name: str) -> None:
    fitted = fit_name(name, is_short_ascii)
    assert fitted is None or is_short_ascii(fitted)
