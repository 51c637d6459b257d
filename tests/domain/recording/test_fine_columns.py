from micboard_tui.domain.channel import Meters
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.recording.fine_columns import refine_span, summary_of
from micboard_tui.domain.recording.reading import link_flag
from micboard_tui.domain.recording.recorded_span import RecordedSpan
from micboard_tui.domain.recording.sample_ring import Sample
from micboard_tui.domain.recording.second_summary import EMPTY, merge
from tests.domain.recording.reference import encode_meters


def sample(at: float, level: float) -> Sample:
    return Sample(at, encode_meters(Meters(level, level, level, -20.0, "A", carrier=True)))


SECOND = merge(summary_of(sample(0.0, -50.0)), summary_of(sample(0.1, -90.0)))._replace(
    charge=80, flags=link_flag(LinkState.LIVE)
)


def lows(span: RecordedSpan) -> list[float | None]:
    return [column.rf_a.lowest for column in span.columns]


def test_samples_say_where_in_a_second_the_dip_was() -> None:
    coarse = RecordedSpan(10.0, 11.0, [SECOND] * 10, 1.0)
    samples = [sample(10.0 + tick / 10, -90.0 if tick == 5 else -50.0) for tick in range(10)]
    fine = refine_span(coarse, [*samples, *samples])
    assert lows(fine) == [-50.0] * 5 + [-90.0] + [-50.0] * 4
    assert round(fine.step_s, 3) == 0.1
    assert {(column.charge, bool(column.flags & link_flag(LinkState.LIVE))) for column in fine.columns} == {
        (80, True)
    }


def test_a_sample_fills_narrow_columns_until_the_next_and_no_gap() -> None:
    narrow = RecordedSpan(0.0, 4.0, [EMPTY] * 16, 0.0)
    fine = refine_span(narrow, [sample(0.0, -50.0), sample(0.5, -60.0), sample(3.0, -70.0)])
    assert lows(fine) == [-50.0] * 2 + [-60.0] * 2 + [None] * 8 + [-70.0] * 2 + [None] * 2


def test_where_there_are_no_samples_the_records_stay() -> None:
    coarse = RecordedSpan(10.0, 12.0, [SECOND] * 4, 1.0)
    assert refine_span(coarse, []) is coarse
    assert refine_span(coarse, [sample(50.0, -50.0)]) is coarse
    half = refine_span(coarse, [sample(10.0 + tick / 10, -60.0) for tick in range(10)])
    assert lows(half) == [-60.0, -60.0, -90.0, -90.0]
    assert half.step_s == 1.0
