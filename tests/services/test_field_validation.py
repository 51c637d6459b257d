import pytest

from micboard_tui.contracts.errors import ErrorCode, MicboardError
from micboard_tui.services.field_validation import clean_name


@pytest.mark.parametrize(
    "typed",
    ["Björk Guðm", "  Björk  Guðm ", "Björk\u00a0Guðm", "Björk \u2003\u3000 Guðm\u202f"],
)
def test_a_name_is_kept_with_single_spaces(typed: str) -> None:
    assert clean_name(typed, "A performer") == "Björk Guðm"


@pytest.mark.parametrize("typed", ["Björk\nGuðm", "Björk\tGuðm", "Bj\u2028rk", "\u202eBjörk"])
def test_a_name_with_line_breaks_or_controls_is_refused_and_not_mended(typed: str) -> None:
    with pytest.raises(MicboardError) as caught:
        clean_name(typed, "A performer")
    assert caught.value.code is ErrorCode.INVALID_VALUE
