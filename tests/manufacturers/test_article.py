"""The article before a model."""

import pytest

from micboard_tui.manufacturers.article import with_article


@pytest.mark.parametrize(
    "text",
    [
        "an EW-DX EM 2", "an EWDX4CHDS", "an L6000", "an SLDW", "an MXWAPT8", "an AD4D", "an SR IEM",
        "a ULXD4", "a UHF-R", "a TCC2", "a CHG 70N-C", "a Spectera", "a QLXD4", "a P10T", "a TC Bar M",
        "an Unknown", "an 8-way", "a 4-way", "a device without a model", "a ",
    ],
)  # fmt: skip
def test_the_article_is_the_one_that_is_spoken(text: str) -> None:
    assert with_article(text.partition(" ")[2]) == text
