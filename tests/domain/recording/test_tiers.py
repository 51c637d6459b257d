"""Channels that come while seconds are merged."""

import pytest

from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.recording.chunk import STEPS_S, Tiers
from micboard_tui.domain.recording.second_codec import ChannelOrder
from micboard_tui.domain.recording.second_summary import ChannelSummary, LevelSummary
from micboard_tui.domain.recording.summary_columns import READINGS, columns_of

FIRST, SECOND = (ChannelRef(DeviceId("rack"), number) for number in (1, 2))
LEVEL = LevelSummary(-600, -6000, -500, 10)
SUMMARY = ChannelSummary(LEVEL, LEVEL, LEVEL, 90, 80, 0x4001, 10)


@pytest.mark.parametrize("comes_at", range(60, 72))
def test_a_channel_that_comes_at_any_second_is_merged_from_then_on(comes_at: int) -> None:
    tiers = Tiers()
    for at in range(180):
        refs = (FIRST,) if at < comes_at else (FIRST, SECOND)
        tiers.add(at, columns_of([SUMMARY] * len(refs)), ChannelOrder(refs))
    ends = dict(zip(STEPS_S, (180, 180), strict=True))
    for step_s, end in ends.items():
        for ref, begin in ((FIRST, 0), (SECOND, comes_at)):
            merged = sum(sum(chunk.columns[READINGS]) for chunk in tiers.open_chunks(ref, step_s))
            # The tier below gives a step when the next one has begun.
            assert end - step_s - 10 <= merged // 10 + begin <= end
