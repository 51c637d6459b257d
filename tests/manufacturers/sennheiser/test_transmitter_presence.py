"""How the presence of a transmitter develops, by what is reported and by time alone."""

import pytest

from micboard_tui.domain.channel import Transmitter
from micboard_tui.manufacturers.sennheiser.transmitter_presence import (
    LOST_S,
    Presence,
    PresenceTracker,
    is_present,
    transmitter_while_present,
)

UNKNOWN, HERE, LOST, AWAY = Presence.UNKNOWN, Presence.HERE, Presence.LOST, Presence.AWAY


@pytest.mark.parametrize(
    ("reports", "presence"),
    [
        ([], UNKNOWN),
        ([UNKNOWN], UNKNOWN),
        ([HERE], HERE),
        ([LOST], AWAY),
        ([AWAY], AWAY),
        ([HERE, LOST], LOST),
        ([HERE, LOST, LOST], LOST),
        ([HERE, LOST, HERE], HERE),
        ([HERE, AWAY], AWAY),
        ([HERE, AWAY, LOST], AWAY),
        ([HERE, UNKNOWN, LOST], AWAY),
        ([HERE, LOST, UNKNOWN], UNKNOWN),
    ],
)
def test_presence_follows_the_reports(reports: list[Presence], presence: Presence) -> None:
    tracker = PresenceTracker()
    for report in reports:
        before = tracker.presence
        assert tracker.update(report, 100.0) is (tracker.presence is not before)
    assert tracker.presence is presence


def test_a_lost_transmitter_is_away_after_fifteen_seconds() -> None:
    tracker = PresenceTracker()
    tracker.update(HERE, 0.0)
    tracker.update(LOST, 100.0)
    tracker.update(LOST, 110.0)
    assert LOST_S == 15.0
    assert not tracker.expire(114.9)
    assert tracker.presence is LOST
    assert tracker.expire(115.0)
    assert tracker.presence is AWAY
    assert not tracker.expire(200.0), "it expires once"


def test_a_transmitter_that_comes_back_does_not_expire() -> None:
    tracker = PresenceTracker()
    tracker.update(HERE, 0.0)
    tracker.update(LOST, 100.0, lost_s=3.0)
    tracker.update(HERE, 102.0)
    assert not tracker.expire(1000.0)
    assert tracker.presence is HERE


def test_what_a_transmitter_reported_goes_with_its_link() -> None:
    pack = Transmitter(name="Vocal")
    assert [is_present(presence) for presence in (UNKNOWN, HERE, LOST, AWAY)] == [None, True, True, False]
    assert [transmitter_while_present(presence, pack) for presence in (UNKNOWN, HERE, LOST, AWAY)] == [
        None,
        pack,
        Transmitter(),
        None,
    ]


def test_before_any_report_nothing_expires() -> None:
    tracker = PresenceTracker()
    assert not tracker.expire(1e9)
    assert tracker.presence is UNKNOWN
