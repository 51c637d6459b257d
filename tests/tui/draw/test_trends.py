from dataclasses import replace

from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.tui.draw.glyphs import BLOCKS
from micboard_tui.tui.draw.trends import POINT_S, POINTS, SLOT_S, SLOTS, Trends
from tests.tui.scripted_rig import METERS

ONE = ChannelState(DeviceId("rack"), 1, meters=METERS._replace(rf_dbm=-21.0), observed_at=0.0)
REF = ChannelRef(DeviceId("rack"), 1)


def at(dbm: float | None) -> tuple[ChannelRef, ChannelState]:
    return REF, replace(ONE, rf_low_dbm=dbm)


def test_the_lowest_level_of_a_slot_counts() -> None:
    trends = Trends()
    trends.turn({REF: ONE}, 0.0)
    trends.take([at(-21.0), at(-99.0), at(None), at(-30.0)])
    trends.turn({REF: ONE}, SLOT_S - 0.1)
    assert trends.text(REF, 3, BLOCKS) == "   "
    trends.turn({REF: ONE}, SLOT_S)
    assert trends.text(REF, 3, BLOCKS) == "  ▁"


def test_a_level_that_stays_is_not_a_gap_but_a_stale_one_is() -> None:
    trends = Trends()
    trends.turn({REF: ONE}, 0.0)
    trends.turn({REF: ONE}, SLOT_S)
    late = replace(ONE, expected_period_s=0.1)
    trends.turn({REF: late}, 2 * SLOT_S)
    assert trends.text(REF, 3, BLOCKS) == " ▇ "


def test_a_screen_that_slept_shows_a_gap() -> None:
    trends = Trends()
    trends.turn({REF: ONE}, 0.0)
    trends.turn({REF: ONE}, 3 * SLOT_S)
    trends.turn({REF: ONE}, 4 * SLOT_S)
    assert trends.text(REF, 5, BLOCKS) == " ▇  ▇"


def test_five_minutes_are_kept_of_channels_that_are_there() -> None:
    trends = Trends()
    trends.turn({}, 0.0)
    for slot in range(2 * SLOTS):
        trends.turn({REF: ONE}, (slot + 1) * SLOT_S)
    assert trends.text(REF, 2 * SLOTS, BLOCKS) == " " * SLOTS + "▇" * SLOTS
    assert trends.text(REF, 0, BLOCKS) == ""
    trends.turn({}, 1e6)
    assert trends.text(REF, SLOTS, BLOCKS).strip() == ""


def test_curves_have_a_point_every_two_seconds_and_gaps_where_nothing_was_known() -> None:
    trends = Trends()
    heard = replace(ONE, rf_low_dbm=-50.0, audio_peak_dbfs=-8.0)
    trends.turn({REF: heard}, 100.0)
    trends.turn({REF: heard}, 100.5)
    trends.turn({REF: replace(heard, audio_peak_dbfs=None)}, 100.0 + POINT_S)
    assert trends.curves(REF) == ([-50.0, -50.0], [-8.0, None])
    trends.turn({REF: replace(heard, expected_period_s=0.1)}, 100.0 + 4 * POINT_S)
    assert trends.curves(REF).rf_dbm == [-50.0, -50.0, None, None, None]
    trends.turn({REF: heard}, 10_000.0)
    assert trends.curves(REF).rf_dbm == [*[None] * (POINTS - 1), -50.0]
    assert trends.curves(ChannelRef(DeviceId("nobody"), 1)) == ([], [])
