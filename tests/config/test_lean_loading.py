import sys
from importlib import import_module

import pytest

from micboard_tui.config.lean_loading import left_out

SELDOM_LOADED = "nturl2path"


def test_a_module_that_is_left_out_can_be_loaded_afterwards() -> None:
    sys.modules.pop(SELDOM_LOADED, None)
    with left_out(SELDOM_LOADED), pytest.raises(ImportError):
        import_module(SELDOM_LOADED)
    assert import_module(SELDOM_LOADED).pathname2url


def test_a_module_that_is_loaded_already_is_not_left_out() -> None:
    with left_out("json"):
        assert import_module("json").loads("1") == 1
