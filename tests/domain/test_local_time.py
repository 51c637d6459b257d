"""Local times as people read them, in summer and in winter."""

import pytest

from micboard_tui.domain.local_time import format_minute, format_second_of_day, format_time_of_day

pytestmark = pytest.mark.usefixtures("berlin")


def test_a_moment_is_written_in_the_time_of_its_season() -> None:
    winter, summer = 1_764_447_247.0, 1_782_937_627.0
    assert [format_minute(at) for at in (winter, summer)] == ["2025-11-29 21:14", "2026-07-01 22:27"]
    assert (format_time_of_day(winter), format_second_of_day(winter)) == ("21:14", "21:14:07")
