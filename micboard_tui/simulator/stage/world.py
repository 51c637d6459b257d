"""The stage: all channels on it, moved by ``step`` and by nothing else, so that a seed repeats an evening."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from micboard_tui.simulator.stage.air import Air
from micboard_tui.simulator.stage.pack import Battery
from micboard_tui.simulator.stage.scenario import Mishap, Scenario

STEP_S = 0.1
"""How often a running world is moved."""
SWAP_S = 30.0
"""How long it takes until a fresh battery is brought."""


class World:
    """All channels of a rack. The same airs, scenario, seed and steps give the same evening."""

    def __init__(self, airs: Sequence[Air], scenario: Scenario, seed: int) -> None:
        self.airs = tuple(airs)
        self.scenario = scenario
        self.now_s = 0.0
        self._mishaps = [
            _ChannelMishaps(air, scenario, Random(f"fate {seed} {index}"))
            for index, air in enumerate(self.airs)
        ]
        self._prepare(Random(f"start {seed}"))
        # A stage that has been on for a moment already: no meter starts at a made-up value.
        for air in self.airs:
            air.step(STEP_S, scenario.deep_fades_per_s)

    def step(self, seconds: float) -> None:
        """Let time pass."""
        scenario = self.scenario
        self.now_s += seconds
        for mishaps in self._mishaps:
            mishaps.step(seconds)
            air = mishaps.air
            air.pack.step(seconds, scenario.drain_factor)
            air.step(seconds, scenario.deep_fades_per_s)

    def _prepare(self, dice: Random) -> None:
        scenario = self.scenario
        for index, air in enumerate(self.airs):
            pack = air.pack
            pack.battery.charge = dice.uniform(*scenario.charge)
            if scenario.low_every and index % scenario.low_every == 1:
                pack.battery.charge = scenario.low_charge
            if scenario.off_every and index % scenario.off_every == scenario.off_every // 2:
                pack.switch(on=False)


class _ChannelMishaps:
    """What happens to one channel: one mishap at a time, and a fresh battery after an empty one."""

    __slots__ = ("_dice", "_left_s", "_mishap", "_next_s", "_scenario", "air")

    def __init__(self, air: Air, scenario: Scenario, dice: Random) -> None:
        self.air = air
        self._scenario = scenario
        self._dice = dice
        self._mishap: Mishap | None = None
        self._left_s = 0.0
        self._next_s = {
            mishap: dice.expovariate(1 / odds.every_s) for mishap, odds in scenario.mishaps.items()
        }

    def step(self, seconds: float) -> None:
        if self._mishap is not None:
            self._left_s -= seconds
            if self._left_s <= 0.0:
                self._happen(self._mishap, on=False)
                self._mishap = None
        for mishap in self._next_s:
            self._next_s[mishap] -= seconds
            if self._next_s[mishap] <= 0.0:
                self._begin(mishap)
        pack = self.air.pack
        if not pack.is_on and pack.battery.charge <= 0.0 and pack.off_for_s >= SWAP_S:
            pack.insert(_fresh_battery(pack.battery))
            pack.switch(on=True)

    def _begin(self, mishap: Mishap) -> None:
        odds = self._scenario.mishaps[mishap]
        self._next_s[mishap] = self._dice.expovariate(1 / odds.every_s)
        if self._mishap is None and self.air.pack.is_on:
            self._mishap = mishap
            self._left_s = self._dice.uniform(*odds.lasts_s)
            self._happen(mishap, on=True)

    def _happen(self, mishap: Mishap, *, on: bool) -> None:
        air = self.air
        match mishap:
            case Mishap.DROP_OUT:
                air.dropped = on
            case Mishap.MUTED:
                air.pack.mute(on=on)
            case Mishap.OFF:
                if on or air.pack.battery.charge > 0.0:
                    air.pack.switch(on=not on)
            case Mishap.INTERFERENCE:
                air.interfere(on=on)
            case Mishap.WRONG_KEY:
                air.mismatch(on=on)
            case Mishap.CLIPPING:
                air.clipping = on


def _fresh_battery(empty: Battery) -> Battery:
    return replace(empty, charge=1.0, cycles=empty.cycles + 1, temperature_c=24.0)
