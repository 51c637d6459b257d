"""What it costs to conclude alarms from the states of 400 channels, without the judgement of their problems.

By hand:

    uv run python benchmarks/alarms.py [--seconds 120] [--channels 400]

The states are made anew for each judgement, as 4,000 readings a second do, and judged twice a second as the
alarm service does. Printed is the processor time that finding the conditions and following them on the
desk takes, in ms for each second of the show: for a calm rig, for one where every tenth channel is in
trouble, and for the one moment at which every receiver vanishes. The first two are to stay below 3 ms, and
the desk alone below 5 ms in its longest step, in which 500 alarms are raised.
"""

import argparse
import random
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace

from micboard_tui.domain.alarm_context import AlarmContext
from micboard_tui.domain.alarm_desk import AlarmDesk
from micboard_tui.domain.battery import Battery
from micboard_tui.domain.battery_forecast import BatteryForecast, Confidence, ForecastSource
from micboard_tui.domain.channel import ChannelFacts, ChannelState, Meters, Transmitter
from micboard_tui.domain.condition_finder import ConditionFinder
from micboard_tui.domain.device import Device, DeviceSnapshot, DeviceState, DeviceStatus
from micboard_tui.domain.identity import ChannelRef, DeviceId, LocationId
from micboard_tui.domain.judgement import Judgement, judge_problems
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.problem_start import ProblemStarts

CHANNELS_A_DEVICE = 4
PACE_S = 0.5
PLACES = 4
TROUBLED = 10
"""Every tenth channel is."""


class Rig:
    """Receivers whose meters move at random."""

    def __init__(self, channels: int) -> None:
        self._random = random.Random(1)
        self.now = 1_000_000.0
        self._starts = ProblemStarts()
        self._devices: dict[DeviceId, DeviceSnapshot] = {}
        self._facts: dict[ChannelRef, ChannelFacts] = {}
        for number in range(channels):
            ref = ChannelRef(DeviceId(f"rack {number // CHANNELS_A_DEVICE}"), 1 + number % CHANNELS_A_DEVICE)
            place = LocationId(f"room {number % PLACES}")
            device = Device(ref.device_id, "shure", "shure-strings", "10.0.0.1", 2202, location_id=place)
            state = DeviceState(ref.device_id, status=DeviceStatus.ONLINE, status_since=self.now)
            self._devices[ref.device_id] = DeviceSnapshot(device, state)
            pack = Transmitter(battery=Battery(minutes=300))
            self._facts[ref] = ChannelFacts(transmitter=pack, frequency_khz=470_000 + 350 * number)

    @property
    def context(self) -> AlarmContext:
        forecast = BatteryForecast(240, 280, 320, ForecastSource.MINUTES, Confidence.GOOD)
        return AlarmContext(
            expected=frozenset(self._facts),
            minutes_to_break=60.0,
            minutes_to_end=150.0,
            forecasts=dict.fromkeys(self._facts, forecast),
            loop_lag_s=0.01,
            is_stored=True,
        )

    def judge(self, *, is_troubled: bool, is_gone: bool = False) -> Judgement:
        """All states of the next moment."""
        self.now += PACE_S
        states = {
            ref: self._state(ref, is_troubled=is_troubled and number % TROUBLED == 0, is_gone=is_gone)
            for number, ref in enumerate(self._facts)
        }
        status = DeviceStatus.OFFLINE if is_gone else DeviceStatus.ONLINE
        channels: dict[DeviceId, list[ChannelState]] = {}
        for ref, state in states.items():
            channels.setdefault(ref.device_id, []).append(state)
        devices = {
            device_id: replace(
                device,
                state=replace(device.state, status=status, status_since=self.now),
                channels=tuple(channels[device_id]),
            )
            for device_id, device in self._devices.items()
        }
        judgement = judge_problems(states, devices, self.now, self._starts)
        self._starts = judgement.starts
        return judgement

    def _state(self, ref: ChannelRef, *, is_troubled: bool, is_gone: bool) -> ChannelState:
        rf_dbm, audio_dbfs = self._random.uniform(-70, -45), self._random.uniform(-50, -15)
        if is_troubled:
            rf_dbm -= 30
        meters = Meters(
            rf_dbm,
            rf_dbm,
            rf_dbm - self._random.uniform(0, 10),
            audio_dbfs,
            quality_percent=60 if is_troubled else 100,
        )
        return ChannelState(
            *ref,
            link_state=LinkState.OFFLINE if is_gone else LinkState.LIVE,
            link_since=self.now,
            facts=self._facts[ref],
            meters=meters,
            audio_peak_dbfs=audio_dbfs,
            observed_at=self.now,
            meters_at=self.now,
        )


def measure(rig: Rig, judgements: Iterable[Judgement]) -> Iterator[tuple[float, float]]:
    """The processor time of each judgement in ms, all together and that of the desk."""
    finder, desk, context = ConditionFinder(), AlarmDesk(), rig.context
    for judgement in judgements:
        began = time.process_time()
        conditions = finder.find(judgement, context, desk.watched)
        are_found = time.process_time()
        desk, _ = desk.follow(conditions.by_key, judgement.starts.at, *conditions[1:])
        ended = time.process_time()
        yield (ended - began) * 1000, (ended - are_found) * 1000


def report(name: str, rig: Rig, judgements: Iterable[Judgement], seconds: float) -> None:
    costs = list(measure(rig, judgements))
    all_ms, desk_ms = [each[0] for each in costs], [each[1] for each in costs]
    print(
        f"{name:<12}{sum(all_ms) / seconds:8.2f} ms a second{max(all_ms):8.2f} ms the longest;"
        f"  desk{sum(desk_ms) / seconds:8.2f} ms a second{max(desk_ms):8.2f} ms the longest"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--channels", type=int, default=400)
    options = parser.parse_args()
    count = round(options.seconds / PACE_S)
    for name, is_troubled in (("calm", False), ("in trouble", True)):
        rig = Rig(options.channels)
        judgements = (rig.judge(is_troubled=is_troubled) for _ in range(count))
        report(name, rig, judgements, options.seconds)
    rig = Rig(options.channels)
    vanishing = (rig.judge(is_troubled=False, is_gone=number > 10) for number in range(40))
    report("all vanish", rig, vanishing, 40 * PACE_S)


if __name__ == "__main__":
    main()
