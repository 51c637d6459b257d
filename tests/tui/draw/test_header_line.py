"""The first line of the board: its items have places of their own, and the counts that matter never go."""

from dataclasses import replace

import pytest

from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.link_state import LinkState
from micboard_tui.tui.draw.header_line import AccessState, HeaderLine, Shown
from tests.tui.scripted_rig import FACTS, METERS, device

FULL = HeaderLine(
    "21:14",
    hidden=26,
    down=2,
    marked=3,
    view="only battery low, muted, Main Stage",
    bad_events=7,
    slow_reason="slow line",
    is_demo=True,
    shown=Shown(12, 31, 182),
)


def channels(*links: LinkState) -> list[ChannelState]:
    return [
        ChannelState(device(2).id, number, link_state=link, facts=FACTS, meters=METERS)
        for number, link in enumerate(links, 1)
    ]


def text(header: HeaderLine, states: list[ChannelState], width: int) -> str:
    return "".join(cell.text for cell in header.cells(states, {}, width))


LIVE, LOST, MUTED = LinkState.LIVE, LinkState.RF_LOST, LinkState.MUTED


@pytest.mark.parametrize("width", [80, 120, 200])
def test_no_count_moves_when_another_appears(width: int) -> None:
    header = HeaderLine("21:14")
    fine = text(header, channels(*[LIVE] * 11, MUTED), width)
    worse = text(header, channels(LOST, *[LIVE] * 10, MUTED), width)
    brand = " micboard " if width >= 100 else ""
    assert fine.startswith(f"{brand} 12 ch  11 live")
    assert worse.startswith(f"{brand} 12 ch  10 live   1 lost")
    assert fine.index("1 muted") == worse.index("1 muted")
    with_hidden = text(replace(header, hidden=1, down=2), channels(*[LIVE] * 11, MUTED), width)
    assert with_hidden.startswith(fine.split("  11 live")[0])
    assert text(replace(header, down=2), [], width).index("2 ") == text(
        replace(header, down=2, hidden=9), [], width
    ).index("2 ")


@pytest.mark.parametrize("width", range(60, 201, 7))
def test_total_live_and_lost_are_never_left_out(width: int) -> None:
    states = channels(*[LIVE] * 100, *[LOST] * 80, MUTED, LinkState.REFUSED)
    shown = text(FULL, states, width)
    assert len(shown) == width
    assert "182 ch  100 live   80 lost" in shown
    assert "demo" in shown
    assert shown.endswith("21:14 ")
    assert "26 critical" in shown


def test_the_least_needed_gives_way_first() -> None:
    states = channels(LIVE)
    wide = text(FULL, states, 200)
    for part in ("12-31 of 182", "7 in log L", "slow line", "3 marked", "only battery low, muted"):
        assert part in wide
    narrow = text(FULL, states, 80)
    assert "12-31 of 182" not in narrow
    assert "3 marked" in narrow
    assert "only battery lo" in text(replace(FULL, marked=0), states, 80)


@pytest.mark.parametrize("width", [80, 120])
def test_what_was_not_heard_are_channels_and_what_is_down_are_devices(width: int) -> None:
    states = channels(*[LIVE] * 77, *[LinkState.UNKNOWN] * 8)
    shown = text(replace(HeaderLine("21:14"), down=1), states, width)
    assert "8?" in shown or "8 not heard" in shown
    assert "1 device down" in shown
    assert "3 devices down" in text(replace(HeaderLine("21:14"), down=3), states, width)


def test_a_position_is_shown_only_where_not_all_fits() -> None:
    assert str(Shown(1, 20, 20)) == ""
    assert str(Shown()) == ""
    assert str(Shown(12, 31, 182)) == "12-31 of 182"


@pytest.mark.parametrize(
    ("width", "words"),
    [(80, "R/O  LOCK  ARM  9:32  21:14 "), (120, "READ ONLY  LOCKED  ARMED  9:32  21:14 ")],
)
def test_what_may_be_changed_stands_beside_the_clock_and_moves_nothing(width: int, words: str) -> None:
    header = replace(FULL, access=AccessState(is_read_only=True, is_locked=True, armed_s=571.2))
    states = channels(*[LIVE] * 100, *[LOST] * 80)
    shown = text(header, states, width)
    assert shown.endswith(words)
    later = replace(header, access=header.access._replace(armed_s=3600.0))
    assert text(later, states, width).endswith(words.replace(" 9:32", "60:00"))


def test_channels_that_need_action_are_counted_before_the_log_and_the_position() -> None:
    states = channels(*[LIVE] * 8, *[LinkState.OFFLINE] * 4, LinkState.TRANSMITTER_OFF)
    header = replace(HeaderLine("21:14", is_demo=True), hidden=1, down=1, bad_events=1, shown=Shown(1, 9, 13))
    assert "4X" in text(header, states, 80)
    assert "1 device down" in text(header, states, 80)
    assert "1 log" not in text(header, states, 80)
    assert "1 log" in text(header, channels(*[LIVE] * 12, LinkState.TRANSMITTER_OFF), 80)


@pytest.mark.parametrize(("width", "words"), [(80, "ARM     ?  21:14 "), (120, "ARMED     ?  21:14 ")])
def test_whether_control_is_armed_is_not_known_while_its_hub_is_not_heard(width: int, words: str) -> None:
    header = replace(FULL, access=AccessState(armed_s=571.2, is_arming_known=False))
    assert text(header, channels(LIVE), width).endswith(words)
