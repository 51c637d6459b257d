"""When settings that a device has not told are asked for."""

from micboard_tui.manufacturers.sennheiser.mcp.missing_settings import (
    FIRST_PAUSE_S,
    LONGEST_PAUSE_S,
    MissingSettings,
)
from micboard_tui.protocols.mcp.messages import Line


def questions(missing: MissingSettings, until_s: int, from_s: int = 0) -> list[tuple[int, str]]:
    """The questions by the second in which they are asked."""
    asked = ((now, missing.next_question(now)) for now in range(from_s, until_s))
    return [(now, line.keyword) for now, line in asked if line is not None]


def test_they_are_asked_for_one_by_one_with_growing_pauses() -> None:
    missing = MissingSettings()
    missing.expect(("Frequency", "Mute"), 0.0)
    assert questions(missing, 20) == [
        (1, "Frequency"), (2, "Mute"), (3, "Frequency"), (5, "Mute"), (7, "Frequency"), (11, "Mute"),
        (15, "Frequency"),
    ]  # fmt: skip


def test_a_device_that_never_tells_is_asked_once_a_minute_at_last() -> None:
    missing = MissingSettings()
    missing.expect(("Frequency",), 0.0)
    asked = [now for now, _ in questions(missing, 3600)]
    assert (asked[0], asked[-1] - asked[-2]) == (FIRST_PAUSE_S, LONGEST_PAUSE_S)
    assert len(asked) <= 65


def test_what_was_told_or_is_not_known_is_not_asked_for() -> None:
    missing = MissingSettings()
    missing.expect(("Name", "Frequency", "RfConfig"), 0.0)
    missing.note("Frequency")
    missing.note_refusal("RfConfig")
    assert questions(missing, 2) == [(1, "Name")]
    missing.note("Name")
    missing.note("Name")
    missing.expect(("RfConfig",), 2.0)
    assert questions(missing, 200) == []


def test_what_is_expected_anew_is_asked_for_soon() -> None:
    missing = MissingSettings()
    missing.expect(("Name",), 0.0)
    questions(missing, 300)
    missing.expect(("Name", "Mute"), 300.0)
    assert questions(missing, 303, 300) == [(301, "Name"), (302, "Mute")]
    assert missing.next_question(302.5) is None
    assert missing.next_question(303.0) == Line("Name")
