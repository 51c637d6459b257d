"""Bars rise at once and fall slowly."""

from dataclasses import replace

import pytest

from micboard_tui.domain.channel import ChannelState, Meters
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.tui.draw.meter_ballistics import Ballistics

REF = ChannelRef(DeviceId("a"), 1)


def at(dbfs: float | None) -> ChannelState:
    return replace(ChannelState(REF.device_id, REF.number), meters=Meters(audio_dbfs=dbfs))


def test_it_rises_at_once_and_falls_forty_decibels_a_second() -> None:
    bars = Ballistics()
    assert bars.bar(REF, at(-40), 0.0) == -40
    assert bars.bar(REF, at(-10), 0.1) == -10
    assert REF not in bars.falling
    assert bars.bar(REF, at(-50), 0.6) == pytest.approx(-30)
    assert bars.falling == {REF}
    assert bars.bar(REF, at(-50), 1.1) == pytest.approx(-50)
    assert bars.bar(REF, at(-50), 9.0) == -50
    assert not bars.falling


def test_what_is_not_known_has_no_bar() -> None:
    bars = Ballistics()
    bars.bar(REF, at(-10), 0.0)
    assert bars.bar(REF, at(None), 0.1) is None
    assert bars.bar(REF, at(-50), 0.2) == -50


def test_what_left_the_screen_is_forgotten() -> None:
    bars = Ballistics()
    bars.bar(REF, at(-10), 0.0)
    bars.bar(REF, at(-50), 0.1)
    bars.keep(frozenset())
    assert not bars.falling
    assert bars.bar(REF, at(-50), 0.2) == -50
