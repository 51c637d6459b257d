import base64
import json
import sys
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.config.logs import mask_crashes, mask_processor
from micboard_tui.config.secret_mask import Mask

secrets = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=8, max_size=40)


@given(secrets, st.text("abcXYZ", max_size=7))
def test_no_way_to_write_a_secret_gets_through(secret: str, user: str) -> None:
    mask = Mask()
    mask.learn(secret)
    mask.learn(secret)
    header = base64.b64encode(f"{user}:{secret}".encode()).decode()
    inside = mask(f"Authorization: Basic {header}")
    for written in (secret, json.dumps(secret), repr(secret), quote(secret), quote(secret, safe="")):
        assert secret not in mask(f" {written} ")
        assert written.strip("\"'") not in mask(f" {written} ")
    assert header not in inside


def test_what_is_too_short_would_hide_everything() -> None:
    mask = Mask()
    assert mask("a b c") == "a b c"
    mask.learn("a")
    assert mask("a b c") == "a b c"


def test_tokens_of_our_users_are_hidden_without_being_learned() -> None:
    text = "GET /api/v1/live?token=mb_0a1b2c3d4e5f_" + "A-_z" * 10 + "a&x=1"
    assert Mask()(text) == "GET /api/v1/live?token=mb_0a1b2c3d4e5f_***&x=1"


def test_an_event_is_masked_wherever_the_secret_stands() -> None:
    class Holder:
        def __repr__(self) -> str:
            return "Holder(hushhush)"

    mask = Mask()
    mask.learn("hushhush")
    event = {
        "event": "asked hushhush",
        "number": 3,
        "none": None,
        "list": ["hushhush", 1.5, True],
        "map": {"hushhush": ("hushhush",)},
        "object": Holder(),
        "exception": "Traceback … ValueError: hushhush",
    }
    masked = mask_processor(mask)(None, "info", event)
    assert isinstance(masked, dict)
    assert "hushhush" not in repr(masked)
    assert masked["list"] == ["***", 1.5, True]
    assert (masked["number"], masked["none"]) == (3, None)


def test_a_crash_is_written_without_them(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    mask = Mask()
    mask.learn("hushhush")
    mask_crashes(mask)
    error = ValueError("hushhush")
    sys.excepthook(ValueError, error, None)
    assert capsys.readouterr().err == "ValueError: ***\n"
