"""How a channel is drawn part by part, in each layout."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len

from micboard_tui.domain.battery import NO_BATTERY, LastBattery
from micboard_tui.domain.channel import ChannelState, Transmitter
from micboard_tui.domain.device import Device, DeviceSnapshot, DeviceState
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.tui.arrange.arrangement import Arrangement
from micboard_tui.tui.arrange.board_contents import BoardContents
from micboard_tui.tui.arrange.board_layout import Area, Layout
from micboard_tui.tui.draw.cell_styler import CellStyler
from micboard_tui.tui.draw.glyphs import BLOCKS
from micboard_tui.tui.draw.trends import Trends
from micboard_tui.tui.terminal.canvas import MovingPart, Part
from micboard_tui.tui.themes import load_palette
from micboard_tui.tui.widgets.board_selection import BoardSelection
from micboard_tui.tui.widgets.channel_drawer import ChannelDrawer
from tests.tui.draw.test_channel_row import LIVE, NOW
from tests.tui.scripted_rig import FACTS, METERS

THEME = Path(__file__).parents[3] / "themes" / "stage.toml"
RACK = DeviceSnapshot(
    Device(LIVE.device_id, "shure", "shure-strings", "10.0.0.1", 2202), DeviceState(LIVE.device_id)
)
HEIGHTS = {Layout.ROWS: 1, Layout.CARDS: 5, Layout.WALL: 8}
WIDTH = 80
LOUDER = replace(LIVE, meters=METERS._replace(audio_dbfs=-1.0, rf_dbm=-90.0, rf_a_dbm=-90.0))
BATTERY_GONE = replace(
    LIVE,
    facts=replace(FACTS, transmitter=Transmitter("ULXD2", battery=NO_BATTERY)),
    last_battery=LastBattery(FACTS.transmitter.battery, NOW - 60) if FACTS.transmitter else None,
)


class Stage:
    """One channel that is drawn again and again."""

    def __init__(self, layout: Layout) -> None:
        self.drawer = ChannelDrawer(
            CellStyler(load_palette("stage", [THEME]), BLOCKS), Trends(), BoardSelection()
        )
        arrangement = Arrangement((LIVE.ref,), {LIVE.ref: RACK})
        self.contents = BoardContents(arrangement, layout, now=NOW)
        self.area = Area(3, 7, WIDTH, HEIGHTS[layout])
        self.drawer.set_width(WIDTH, self.contents)

    def draw(
        self, state: ChannelState, now: float = NOW, problems: tuple[ProblemCode, ...] = ()
    ) -> Sequence[Part]:
        of_channels = {state.ref: problems} if problems else {}
        contents = replace(self.contents, states={state.ref: state}, problems=of_channels, now=now)
        return self.drawer.draw(state.ref, contents, self.area, []).parts

    def draw_moved(self, state: ChannelState) -> Sequence[Part] | None:
        contents, moved = replace(self.contents, states={state.ref: state}), list[MovingPart]()
        has_held = self.drawer.draw_moved(state.ref, contents, moved)
        return [moving.part for moving in moved] if has_held else None


@pytest.fixture(params=Layout)
def stage(request: pytest.FixtureRequest) -> Stage:
    return Stage(request.param)


@pytest.mark.parametrize("state", [LIVE, replace(LIVE, link_state=LinkState.OFFLINE)])
def test_the_parts_of_a_channel_are_its_area(stage: Stage, state: ChannelState) -> None:
    area, ends = stage.area, dict.fromkeys(range(7, 7 + stage.area.height), 3)
    for part in stage.draw(state):
        assert part.x == ends[part.y]
        assert part.width == sum(cell_len(segment.text) for segment in part.segments)
        ends[part.y] += part.width
    assert set(ends.values()) == {area.x + area.width}


def test_what_holds_while_only_levels_change_is_not_drawn_again(stage: Stage) -> None:
    before = stage.draw(LIVE)
    moved = stage.draw_moved(LOUDER)
    assert moved is not None
    assert len(moved) == {1: 3, 5: 3, 8: 0}[stage.area.height]
    after = stage.draw(LOUDER)
    if stage.area.height < HEIGHTS[Layout.WALL]:
        assert [new for old, new in zip(before, after, strict=True) if new != old] == moved
    assert stage.draw_moved(LOUDER) == []


def test_meters_that_look_the_same_stay_where_they_are_when_all_is_drawn(stage: Stage) -> None:
    contents = replace(stage.contents, states={LIVE.ref: LIVE})
    moved = list[MovingPart]()
    first = stage.drawer.draw(LIVE.ref, contents, stage.area, moved)
    again = list[MovingPart]()
    second = stage.drawer.draw(LIVE.ref, contents, stage.area, again)
    assert second.moving is first.moving
    assert again == []
    assert second.parts == first.parts
    elsewhere = stage.drawer.draw(LIVE.ref, contents, stage.area._replace(y=9), again)
    assert elsewhere.moving is not first.moving
    assert len(again) == len(moved)


def test_other_facts_are_drawn(stage: Stage) -> None:
    before, renamed = stage.draw(LIVE), replace(LIVE, facts=replace(FACTS, name="Another"))
    assert stage.draw_moved(renamed) is None
    assert stage.draw(renamed) != before


def test_what_is_to_be_drawn_whole_is(stage: Stage) -> None:
    before = stage.draw(LIVE)
    stage.drawer.forget_steady_parts([LIVE.ref])
    assert stage.draw_moved(LIVE) is None
    after = stage.draw(LIVE)
    assert after == before
    assert not any(new is old for old, new in zip(before, after, strict=True))


@pytest.mark.parametrize("layout", [Layout.ROWS, Layout.CARDS])
def test_how_long_ago_a_battery_was_known_is_counted_up(layout: Layout) -> None:
    stage = Stage(layout)
    assert stage.draw(BATTERY_GONE, NOW) != stage.draw(BATTERY_GONE, NOW + 60)


CRITICAL = (ProblemCode.RF_CRITICAL, ProblemCode.AUDIO_CLIP)
RENAMED = replace(LOUDER, facts=replace(FACTS, name="Choir 3"))


@pytest.mark.parametrize("state", [LIVE, LOUDER, RENAMED, BATTERY_GONE])
@pytest.mark.parametrize(("before", "after"), [((), CRITICAL), (CRITICAL, ()), (CRITICAL[:1], CRITICAL)])
def test_where_only_problems_are_others_a_channel_looks_as_if_it_was_drawn_whole(
    state: ChannelState,
    before: tuple[ProblemCode, ...],
    after: tuple[ProblemCode, ...],
    stage: Stage,
) -> None:
    whole = Stage(stage.contents.layout)
    stage.draw(LIVE, problems=before)
    stage.drawer.note_other_problems([LIVE.ref])
    assert stage.draw_moved(LIVE) is None
    assert stage.draw(state, problems=after) == whole.draw(state, problems=after)


def test_what_says_nothing_of_problems_is_not_drawn_again_for_them() -> None:
    stage = Stage(Layout.ROWS)
    first = stage.draw(LIVE)[0]
    stage.drawer.note_other_problems([LIVE.ref])
    assert stage.draw(LOUDER, problems=CRITICAL)[0] is first
    stage.drawer.forget_steady_parts([LIVE.ref])
    assert stage.draw(LOUDER, problems=CRITICAL)[0] is not first
