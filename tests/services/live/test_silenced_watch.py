from dataclasses import replace

import pytest

from micboard_tui.domain.assignment import Assignment
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.thresholds import QUIET_S
from micboard_tui.services.live.silenced_watch import SilencedWatch
from tests.tui.scripted_rig import FACTS, METERS, device

LOUD = ChannelState(device(2).id, 1, link_state=LinkState.LIVE, facts=FACTS, meters=METERS)
LOUD = replace(LOUD, assignment=Assignment(LOUD.ref, expected_off=True))
QUIET = replace(LOUD, meters=METERS._replace(audio_dbfs=-70.0))
OFF = replace(QUIET, link_state=LinkState.TRANSMITTER_OFF)


def test_what_was_off_and_has_sound_again_comes_back_once() -> None:
    watch = SilencedWatch()
    assert watch.judge([LOUD], 1000.0) == []
    assert watch.judge([OFF], 1002.0) == []
    assert watch.judge([QUIET], 1004.0) == []
    assert watch.judge([LOUD], 1006.0) == [LOUD.ref]
    assert watch.judge([LOUD], 1008.0) == []


def test_a_breath_is_no_rest() -> None:
    watch = SilencedWatch()
    watch.judge([QUIET], 1000.0)
    assert watch.judge([LOUD], 1000.0 + QUIET_S - 1) == []
    watch.judge([QUIET], 1040.0)
    watch.judge([QUIET], 1040.0 + QUIET_S)
    assert watch.judge([LOUD], 1042.0 + QUIET_S) == [LOUD.ref]


@pytest.mark.parametrize("link", [LinkState.UNKNOWN, LinkState.OFFLINE, LinkState.REFUSED])
def test_a_device_that_cannot_be_read_is_no_rest(link: LinkState) -> None:
    away = replace(QUIET, link_state=link)
    watch = SilencedWatch()
    assert watch.judge([away], 1000.0) == []
    assert watch.judge([LOUD], 1002.0) == []
    watch.judge([QUIET], 1004.0)
    watch.judge([away], 1006.0)
    watch.judge([QUIET], 1004.0 + QUIET_S)
    assert watch.judge([LOUD], 1006.0 + QUIET_S) == []


def test_what_is_not_marked_any_more_is_forgotten() -> None:
    watch = SilencedWatch()
    watch.judge([OFF], 1000.0)
    assert watch.judge([replace(LOUD, assignment=None)], 1002.0) == []
    assert watch.judge([LOUD], 1004.0) == []


def test_what_could_not_be_marked_comes_back_again_until_it_is() -> None:
    watch = SilencedWatch()
    watch.judge([OFF], 1000.0)
    assert watch.judge([LOUD], 1002.0) == [LOUD.ref]
    watch.keep([LOUD.ref])
    assert watch.judge([LOUD], 1004.0) == [LOUD.ref]
    watch.keep([LOUD.ref])
    watch.forget([LOUD.ref])
    assert watch.judge([LOUD], 1006.0) == []
