"""What became better or worse since an earlier show. Pure.

Figures are compared that do not depend on how long a show was: levels, shares of time, and counts in an hour
on air. A difference is named from a size on that another evening alone does not make.
"""

from collections.abc import Iterator
from typing import NamedTuple

from micboard_tui.domain.recap import Recap
from micboard_tui.domain.recap_channel import ChannelRecap
from micboard_tui.domain.recap_difference import Difference, RecapComparison, Verdict
from micboard_tui.domain.units import DASH, format_span
from micboard_tui.domain.walk_test import WORSE_DB

HOUR_S = 3600.0
LEAST_ON_AIR_S = 600.0
"""A channel that was on air for less is not compared."""
LEAST_RATIO = 1.5


class _Figure(NamedTuple):
    """A figure of which more is worse."""

    name: str
    earlier: float | None
    now: float | None
    least: float
    """A smaller difference is none."""
    unit: str = ""


def compare_recaps(now: Recap, earlier: Recap) -> RecapComparison:
    """Both are made of columns of the same length."""
    before = {channel.title.ref: channel for channel in earlier.channels}
    pairs = [
        (before[channel.title.ref], channel)
        for channel in now.channels
        if channel.title.ref in before
        and min(channel.on_air_s, before[channel.title.ref].on_air_s) >= LEAST_ON_AIR_S
    ]
    # Where nothing was recorded the program did not run, and no alarm is not known to be none.
    are_known = now.is_recorded and earlier.is_recorded
    found = [
        *(_compare_shows(now, earlier) if are_known else ()),
        *(difference for pair in pairs for difference in _compare_channels(*pair)),
    ]
    found.sort(key=lambda difference: difference.verdict is Verdict.BETTER)
    return RecapComparison(earlier.show, earlier.start, earlier.end, len(pairs), found)


def _compare_shows(now: Recap, earlier: Recap) -> Iterator[Difference]:
    figures = (
        _Figure("alarms in 10 minutes", earlier.figures.per_ten_minutes, now.figures.per_ten_minutes, 0.5),
        _Figure(
            "most alarms in 10 minutes",
            float(earlier.figures.most_in_ten_minutes),
            float(now.figures.most_in_ten_minutes),
            3,
        ),
        _Figure("disconnections in an hour", _disconnections(earlier), _disconnections(now), 1),
    )
    for figure in figures:
        yield from _compare(figure)
    reactions = earlier.figures.median_reaction_s, now.figures.median_reaction_s
    if None not in reactions:
        for difference in _compare(_Figure("median time until seen", *reactions, 10)):
            texts = [DASH if seconds is None else format_span(seconds) for seconds in reactions]
            yield difference._replace(earlier=texts[0], now=texts[1])


def _compare_channels(earlier: ChannelRecap, now: ChannelRecap) -> Iterator[Difference]:
    figures = (
        _Figure("time lost", earlier.outage_per_mille, now.outage_per_mille, 1, " per mille"),
        _Figure(
            "drop-outs in an hour",
            _in_an_hour(earlier, earlier.drop_outs),
            _in_an_hour(now, now.drop_outs),
            1,
        ),
        _Figure("clips in an hour", _in_an_hour(earlier, earlier.clips), _in_an_hour(now, now.clips), 3),
    )
    found = [difference for figure in figures for difference in _compare(figure)]
    if earlier.margin_db is not None and now.margin_db is not None:
        change = now.margin_db - earlier.margin_db
        if abs(change) >= WORSE_DB:
            verdict = Verdict.BETTER if change > 0 else Verdict.WORSE
            found.append(
                Difference(verdict, "margin", f"{earlier.margin_db:.0f} dB", f"{now.margin_db:.0f} dB")
            )
    for difference in found:
        yield difference._replace(ref=now.title.ref, subject=now.title.in_full)


def _compare(figure: _Figure) -> Iterator[Difference]:
    if figure.earlier is None or figure.now is None:
        return
    less, more = sorted((figure.earlier, figure.now))
    if more - less < figure.least or more < less * LEAST_RATIO:
        return
    verdict = Verdict.WORSE if figure.now > figure.earlier else Verdict.BETTER
    yield Difference(
        verdict, figure.name, f"{figure.earlier:.1f}{figure.unit}", f"{figure.now:.1f}{figure.unit}"
    )


def _disconnections(recap: Recap) -> float:
    hours = max(1.0, (recap.end - recap.start) / HOUR_S)
    return sum(device.disconnections for device in recap.devices) / hours


def _in_an_hour(channel: ChannelRecap, count: int | None) -> float | None:
    return None if count is None else count / max(1.0, channel.on_air_s / HOUR_S)
