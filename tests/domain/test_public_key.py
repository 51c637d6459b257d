"""What is a public key of a user."""

import pytest

from micboard_tui.domain.public_key import is_public_key

KEY = "UACVCONQ63NPGOZ73QUU4K74DLMRJXUR67LOT5YXWRIJYBD7XRVMZONC"
"""Made with the library ``nkeys``."""


def test_what_the_library_makes_is_one() -> None:
    assert is_public_key(KEY)


def test_an_error_in_typing_is_noticed() -> None:
    for position in range(1, len(KEY)):
        other = "A" if KEY[position] != "A" else "B"
        assert not is_public_key(KEY[:position] + other + KEY[position + 1 :]), position


@pytest.mark.parametrize("text", ["", "U", KEY.lower(), f"{KEY} ", f"{KEY}\n", "U" + "A" * 55])
def test_what_looks_different_is_none(text: str) -> None:
    assert not is_public_key(text)
