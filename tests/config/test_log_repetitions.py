"""One cause is one line in the log, however many parts of the program meet it."""

import pytest
import structlog

from micboard_tui.config.log_repetitions import MOST_CAUSES, QUIET_S, LeftOutRepetitions


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def is_logged(processor: LeftOutRepetitions, event: str, **values: str) -> bool:
    try:
        processor(None, "warning", {"event": event, **values})
    except structlog.DropEvent:
        return False
    return True


def test_a_server_that_went_away_is_one_line_until_it_was_there_for_a_while() -> None:
    clock = Clock()
    processor = LeftOutRepetitions(clock)
    away = {"code": "DATABASE_ERROR", "reason": "refused"}
    assert is_logged(processor, "readings_not_stored", **away)
    for event in ("alarms_not_stored", "events_not_stored", "devices_not_read"):
        clock.now += QUIET_S - 1.0
        assert not is_logged(processor, event, **away)
    assert is_logged(processor, "events_not_stored", code="DATABASE_ERROR", reason="another one")
    clock.now += QUIET_S
    assert is_logged(processor, "readings_not_stored", **away)


@pytest.mark.parametrize("values", [{}, {"code": "DEVICE_SILENT", "reason": "no answer"}])
def test_everything_else_is_logged_as_often_as_it_happens(values: dict[str, str]) -> None:
    processor = LeftOutRepetitions(Clock())
    assert [is_logged(processor, "session_ended", **values) for _ in range(3)] == [True] * 3


def test_the_memory_of_causes_is_bounded() -> None:
    processor = LeftOutRepetitions(Clock())
    for number in range(5 * MOST_CAUSES):
        assert is_logged(processor, "not_stored", code="DISK_FULL", reason=str(number))
    assert len(processor._seen_at) <= MOST_CAUSES + 1
