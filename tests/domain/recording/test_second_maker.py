"""A second of all channels, made of what was received in it."""

from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.domain.channel import Meters
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.observation import Alive, MetersHeard
from micboard_tui.domain.recording.reading import (
    ReadingFlag,
    link_flag,
    link_states_of,
)
from micboard_tui.domain.recording.sample_ring import samples_between
from micboard_tui.domain.recording.second_codec import CHANNELS_LIMIT, ChannelOrder
from micboard_tui.domain.recording.second_maker import (
    MAX_READINGS,
    ChannelStatus,
    ReceivedTogether,
    make_second,
)
from micboard_tui.domain.recording.second_summary import EMPTY
from micboard_tui.domain.recording.summary_columns import summary_at
from tests.domain.recording.reference import encode_meters, summarize

RACK = DeviceId("rack")
ONE, TWO, THREE = (ChannelRef(RACK, number) for number in (1, 2, 3))
LIVE = link_flag(LinkState.LIVE)
LEVELS = st.one_of(st.none(), st.integers(-120, 20).map(float))
METERS = st.builds(
    Meters,
    rf_dbm=LEVELS,
    rf_a_dbm=LEVELS,
    audio_dbfs=LEVELS,
    quality_percent=st.one_of(st.none(), st.integers(0, 100)),
    overload=st.booleans(),
    rf_a_percent=st.one_of(st.none(), st.integers(0, 100)),
)


def test_a_second_has_samples_and_summaries_of_all_channels() -> None:
    received: list[ReceivedTogether] = [
        (1.0, RACK, [MetersHeard(1, Meters(rf_a_dbm=-60.0, audio_dbfs=-20.0, quality_percent=80)), Alive()]),
        (1.1, RACK, [MetersHeard(1, Meters(rf_a_dbm=-70.0, rf_b_dbm=-65.0, overload=True))]),
    ]
    statuses = [ChannelStatus(ONE, LIVE, 70), ChannelStatus(TWO, link_flag(LinkState.OFFLINE), None)]
    order, columns, block = make_second(received, statuses, ChannelOrder((THREE,)))
    assert order.refs == (THREE, ONE, TWO)
    one, two = (summary_at(columns, order.index[ref]) for ref in (ONE, TWO))
    assert (one.rf_a.lowest, one.rf_a.mean, one.rf_a.highest, one.rf_b.known) == (-70.0, -65.0, -60.0, 1)
    assert (one.audio.lowest, one.quality, one.battery_percent, one.readings) == (-20.0, 80, 70, 2)
    assert one.flags == ReadingFlag.ANTENNA_DBM | ReadingFlag.OVERLOAD | LIVE
    assert link_states_of(two.flags) == {LinkState.OFFLINE}
    assert (two.readings, two.charge, summary_at(columns, 0)) == (0, None, EMPTY)
    samples = samples_between([block], ONE, 0, 2)
    assert [(sample.at, sample.rf_a) for sample in samples] == [(1.0, -60.0), (1.1, -70.0)]
    assert make_second([], statuses, order).order is order


@given(st.lists(st.tuples(st.integers(1, 3), METERS), max_size=30))
def test_every_channel_has_the_summary_of_its_readings(heard: list[tuple[int, Meters]]) -> None:
    received = [(float(at), RACK, [MetersHeard(*each)]) for at, each in enumerate(heard)]
    order, columns, block = make_second(received, [], ChannelOrder((ONE, TWO, THREE)))
    for ref in order.refs:
        readings = [encode_meters(meters) for number, meters in heard if number == ref.number]
        assert summary_at(columns, order.index[ref]) == summarize(readings)
        assert [sample.reading for sample in samples_between([block], ref, 0, 99)] == readings


def test_a_flood_of_readings_and_channels_is_bounded() -> None:
    flood = [(1.0, RACK, [MetersHeard(1, Meters(audio_dbfs=-20.0))] * (MAX_READINGS + 5))]
    _, columns, block = make_second(flood, [], ChannelOrder())
    assert (summary_at(columns, 0).readings, len(block)) == (MAX_READINGS, MAX_READINGS)
    full = ChannelOrder(tuple(ChannelRef(DeviceId("full"), number) for number in range(CHANNELS_LIMIT)))
    order, columns, _ = make_second(flood, [ChannelStatus(TWO, LIVE, 1)], full)
    assert len(order.refs) == CHANNELS_LIMIT
    assert not any(columns[15])
