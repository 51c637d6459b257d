"""What the board is to show, on a live state that the test changes."""

from collections.abc import Sequence
from dataclasses import replace

from micboard_tui.domain.channel import DeviceWarning, Meters
from micboard_tui.domain.device import Device, DeviceKind
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.observation import DeviceHeard, FactsHeard, MetersHeard
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.services.live.state import LiveState
from micboard_tui.tui.arrange.arrangement import Heading
from micboard_tui.tui.arrange.board_contents import BoardContents
from micboard_tui.tui.arrange.board_layout import Layout
from micboard_tui.tui.arrange.board_presenter import BoardPresenter
from micboard_tui.tui.arrange.filter import LOW_BATTERY, ChannelFilter
from micboard_tui.tui.arrange.view import Grouping, SortOrder, View
from micboard_tui.tui.draw.trends import SLOT_S, Trends
from tests.services.stage import Clock
from tests.tui.scripted_rig import FACTS, METERS, SILENCE, STAGE, device

RACK, OTHER = device(2, name="Rack A"), device(3, name="Rack B")
FILTERED_OUT = "No channel matches the filter."
NO_DEVICE = "No receiver is registered yet."
FIRST, SECOND = ChannelRef(RACK.id, 1), ChannelRef(RACK.id, 2)


class Rack:
    """Two receivers of two channels each, heard once."""

    def __init__(self, view: View | None = None, devices: Sequence[Device] = (RACK, OTHER)) -> None:
        self.clock = Clock(1_000_000.0)
        self.live = LiveState(self.clock)
        self.live.place(devices, [STAGE])
        for receiver in devices:
            heard = [DeviceHeard(DeviceKind.RECEIVER, 2, "ULXD4D", receiver.name)]
            self.live.take_observations(receiver.id, heard)
            for number in (1, 2):
                khz = 470_125 + 375 * (number + 10 * receiver.position)
                facts = FactsHeard(number, replace(FACTS, frequency_khz=khz))
                self.live.take_observations(receiver.id, [facts, MetersHeard(number, METERS)])
        self.presenter = BoardPresenter(
            self.live, Trends(), view or View(), filtered_out=FILTERED_OUT, no_device=NO_DEVICE
        )

    @property
    def contents(self) -> BoardContents:
        return self.presenter.contents

    def say(self, ref: ChannelRef, meters: Meters) -> None:
        self.clock.now += 0.1
        self.live.take_observations(ref.device_id, [MetersHeard(ref.number, meters)])


def test_the_first_sample_reads_and_judges_everything() -> None:
    rack = Rack()
    assert rack.presenter.sample()
    assert rack.contents.arrangement.channels == list(rack.contents.states)
    assert [state.number for state in rack.presenter.states] == [1, 2, 1, 2]
    assert rack.contents.problems == {}
    assert not rack.presenter.sample()


def test_only_what_is_on_the_screen_is_sampled_and_the_rest_when_all_is_judged() -> None:
    rack = Rack()
    rack.presenter.sample()
    rack.presenter.set_on_screen(frozenset({FIRST}))
    before = rack.contents
    louder = METERS._replace(audio_dbfs=-3.0)
    rack.say(FIRST, louder)
    rack.say(SECOND, louder)
    assert not rack.presenter.sample()
    assert rack.contents.states[FIRST].meters == louder
    assert rack.contents.states[SECOND] is before.states[SECOND]
    assert before.states[FIRST].meters == METERS
    rack.presenter.judge()
    assert rack.contents.states[SECOND].meters == louder


def test_what_comes_on_the_screen_is_as_it_is_now() -> None:
    rack = Rack()
    rack.presenter.sample()
    rack.presenter.set_on_screen(frozenset({FIRST}))
    louder = METERS._replace(audio_dbfs=-3.0)
    rack.say(SECOND, louder)
    rack.presenter.set_on_screen(frozenset({SECOND}))
    assert rack.contents.states[SECOND].meters == louder


def test_a_part_that_did_not_change_is_the_same_object() -> None:
    rack = Rack()
    rack.presenter.sample()
    before = rack.contents
    rack.clock.now += 0.1
    rack.presenter.sample()
    after = rack.contents
    assert (after.states, after.arrangement) == (before.states, before.arrangement)
    assert after.states is before.states
    assert after.arrangement is before.arrangement
    assert after.problems is before.problems
    assert after.now > before.now
    rack.presenter.judge()
    assert rack.contents.problems is not before.problems
    assert rack.contents.arrangement is before.arrangement


def test_problems_and_trends_follow_from_a_judgement() -> None:
    rack = Rack()
    rack.presenter.sample()
    rack.say(SECOND, SILENCE)
    rack.clock.now += SLOT_S + 1
    version = rack.contents.trends_version
    rack.presenter.judge()
    assert rack.contents.problems[SECOND][0] is ProblemCode.RF_LOST
    assert rack.contents.trends_version == version + 1
    judged = {state.ref: codes for state, _, codes in rack.presenter.judged_channels()}
    assert judged[SECOND] == rack.contents.problems[SECOND]
    assert judged[FIRST] == rack.contents.problems.get(FIRST, ())


def test_a_link_that_comes_back_for_a_moment_is_lost_since_before() -> None:
    rack = Rack()
    rack.presenter.sample()
    rack.say(SECOND, SILENCE)
    rack.presenter.judge()
    since = rack.contents.states[SECOND].link_since
    rack.clock.now += 60.0
    rack.say(SECOND, METERS)
    rack.presenter.judge()
    assert SECOND not in rack.contents.lost_since
    rack.clock.now += 1.0
    rack.say(SECOND, SILENCE)
    rack.presenter.judge()
    assert rack.contents.states[SECOND].link_since != since
    assert rack.contents.lost_since[SECOND] == since


def test_lines_that_follow_problems_are_arranged_again() -> None:
    rack = Rack(View(SortOrder.PROBLEMS))
    rack.presenter.sample()
    first = rack.contents.arrangement
    assert first.channels[0] == FIRST
    rack.say(SECOND, SILENCE)
    rack.presenter.judge()
    assert rack.contents.arrangement.channels[0] == SECOND


def test_another_view_arranges_at_once_and_says_when_nothing_fits() -> None:
    rack = Rack()
    rack.presenter.sample()
    rack.presenter.set_view(View(grouping=Grouping.NONE), Layout.CARDS)
    assert rack.contents.layout is Layout.CARDS
    assert not any(isinstance(line, Heading) for line in rack.contents.arrangement.lines)
    assert [line.ref for line in rack.presenter.searchable_lines()] == rack.contents.arrangement.refs
    rack.presenter.set_view(View(channel_filter=ChannelFilter(frozenset({LOW_BATTERY}))), Layout.ROWS)
    assert rack.contents.arrangement.lines == ()
    assert list(rack.presenter.searchable_lines()) == []
    assert rack.contents.empty_text == FILTERED_OUT


def test_a_board_says_that_there_is_no_device_only_when_it_is_known() -> None:
    presenter = BoardPresenter(
        LiveState(Clock(1_000_000.0)), Trends(), View(), filtered_out=FILTERED_OUT, no_device=NO_DEVICE
    )
    presenter.sample()
    assert (presenter.known_devices, presenter.contents.empty_text) == (None, "")


def test_a_board_without_a_device_says_how_to_get_one() -> None:
    rack = Rack(devices=())
    rack.presenter.sample()
    assert rack.contents.empty_text == NO_DEVICE
    rack.live.place((RACK,), [STAGE])
    rack.presenter.sample()
    assert rack.contents.empty_text == ""


def test_devices_without_a_channel_are_as_they_are_now() -> None:
    charger = device(4, name="Charger")
    rack = Rack()
    rack.live.place((RACK, OTHER, charger), [STAGE])
    assert rack.presenter.sample()
    assert rack.contents.devices[charger.id].state.model is None
    rack.live.take_observations(charger.id, [DeviceHeard(DeviceKind.CHARGER, 0, "SBC", "Charger")])
    assert rack.presenter.sample()
    rack.live.take_observations(charger.id, [DeviceHeard(DeviceKind.CHARGER, 0, "SBC840", "Charger")])
    rack.presenter.judge()
    assert rack.contents.devices[charger.id].state.model == "SBC840"
    assert [known.device.id for known in rack.presenter.devices] == [RACK.id, OTHER.id, charger.id]


def test_a_channel_that_comes_arranges_everything_again() -> None:
    rack = Rack(devices=(RACK,))
    rack.presenter.sample()
    rack.live.place((RACK, OTHER), [STAGE])
    assert rack.presenter.sample()
    assert OTHER.id in rack.contents.arrangement.lines


def test_a_device_has_a_line_of_its_own_as_long_as_it_has_a_problem() -> None:
    rack = Rack()
    rack.presenter.sample()
    rack.presenter.judge()
    assert RACK.id not in rack.contents.arrangement.lines
    heard = DeviceHeard(DeviceKind.RECEIVER, 2, "ULXD4D", device_warnings=frozenset({DeviceWarning.FAN}))
    rack.live.take_observations(RACK.id, [heard])
    rack.presenter.sample()
    rack.presenter.judge()
    (problem,) = rack.contents.device_problems[RACK.id]
    assert problem.warnings == (DeviceWarning.FAN,)
    assert rack.contents.arrangement.lines.index(RACK.id) == 1 + rack.contents.arrangement.lines.index(SECOND)
    assert rack.contents.devices[RACK.id].state.device_warnings == {DeviceWarning.FAN}
    rack.live.take_observations(RACK.id, [heard._replace(device_warnings=frozenset())])
    rack.presenter.sample()
    rack.presenter.judge()
    assert RACK.id not in rack.contents.arrangement.lines
    assert rack.contents.devices == {}
