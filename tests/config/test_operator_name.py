"""Under which name a person acts."""

import pytest

from micboard_tui.config.operator_name import find_operator


def test_the_name_that_is_set_counts() -> None:
    assert find_operator("Pia") == "Pia"


def test_else_it_is_that_of_the_login(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "pia")

    assert find_operator(None) == "pia"


def test_a_long_login_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "p" * 60)

    assert find_operator(None) == "p" * 40
