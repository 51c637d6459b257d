"""Whatever happens to collectors, bus and devices: never two owners at once, and soon exactly one."""

from collections.abc import Callable
from typing import ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from micboard_tui.bus.ownership.load_balance import load_of, tolerance_of
from tests.fakes.fleet import QUIET_S, Collector, Fleet

ZONES = ("main", "foh")
MOST_COLLECTORS = 4
MOST_DEVICES = 8
BALANCED_WITHIN_S = 80.0

numbers = st.integers(0, MOST_DEVICES - 1)
zones = st.sampled_from((*ZONES, ZONES[0]))
waits = st.sampled_from([0.0, 0.05, 0.5, 2.6, 3.2, 4.5])
"""Seconds: around those in which leases end, others take over, and what was free is taken by any."""


class FleetMachine(RuleBasedStateMachine):
    """The fleet checks at every moment that no two collectors may send to one device."""

    make_fleet: ClassVar[type[Fleet]] = Fleet

    def __init__(self) -> None:
        super().__init__()
        self.fleet = self.make_fleet()
        self.was_balanced = False
        for number in range(3):
            self.fleet.set_device(f"d{number}", "main", 4)
        for name in "bc":
            self.fleet.join(name, "main")
        self.fleet.run(4.0)

    def teardown(self) -> None:
        self.fleet.close()

    # Collectors.

    @precondition(lambda self: len(self.fleet.collectors) < MOST_COLLECTORS)
    @rule(name=st.sampled_from("abc"), zone=zones, seconds=waits)
    def join(self, name: str, zone: str, seconds: float) -> None:
        self.fleet.join(name, zone)
        self.fleet.run(seconds)

    @rule(number=numbers, seconds=waits)
    def leave(self, number: int, seconds: float) -> None:
        self._on(number, seconds, lambda found: not (found.is_leaving or found.is_frozen), self.fleet.leave)

    @rule(number=numbers, seconds=waits)
    def kill(self, number: int, seconds: float) -> None:
        self._on(number, seconds, lambda _: True, self.fleet.kill)

    @rule(number=numbers, seconds=waits)
    def freeze(self, number: int, seconds: float) -> None:
        self._on(number, seconds, lambda found: not found.is_frozen, self.fleet.freeze)

    @rule(number=numbers, seconds=waits)
    def thaw(self, number: int, seconds: float) -> None:
        self._on(number, seconds, lambda found: found.is_frozen, self.fleet.thaw)

    @rule(number=numbers)
    def keep_sessions_open(self, number: int) -> None:
        self._on(
            number, 0.0, lambda _: True, lambda found: setattr(found, "never_closes", not found.never_closes)
        )

    @rule(number=numbers, seconds=waits, ahead_s=st.sampled_from([-7200.0, -3.0, 3.0, 7200.0]))
    def set_clock(self, number: int, seconds: float, ahead_s: float) -> None:
        self._on(number, seconds, lambda _: True, lambda found: setattr(found, "ahead_s", ahead_s))

    # The bus.

    @rule(number=numbers, seconds=waits)
    def cut(self, number: int, seconds: float) -> None:
        self._on(number, seconds, lambda found: found.is_connected, self.fleet.cut)

    @rule(number=numbers, seconds=waits, on_its_way=st.integers(0, 2))
    def stall(self, number: int, seconds: float, on_its_way: int) -> None:
        self._on(
            number,
            seconds,
            lambda found: found.is_connected,
            lambda found: self.fleet.stall(found, on_its_way),
        )

    @rule(number=numbers, seconds=waits)
    def restore(self, number: int, seconds: float) -> None:
        self._on(number, seconds, lambda found: not found.is_connected, self.fleet.restore)

    @precondition(lambda self: self.fleet.bus.is_running)
    @rule(seconds=waits)
    def stop_server(self, seconds: float) -> None:
        self.fleet.stop_server()
        self.fleet.run(seconds)

    @precondition(lambda self: not self.fleet.bus.is_running)
    @rule(loses_disk=st.booleans(), seconds=waits, late=st.none() | numbers)
    def start_server(self, seconds: float, late: int | None, *, loses_disk: bool) -> None:
        self._start_server(late, loses_disk=loses_disk)
        self.fleet.run(seconds)

    @precondition(lambda self: self.fleet.bus.is_running)
    @rule(away=st.sampled_from([0.0, 0.3, 1.0]), seconds=waits, late=numbers, loses_disk=st.booleans())
    def restart_server(self, away: float, seconds: float, late: int, *, loses_disk: bool) -> None:
        """So soon that leases are still valid; one collector is back later than the others."""
        self.fleet.stop_server()
        self.fleet.run(away)
        self._start_server(late, loses_disk=loses_disk)
        self.fleet.run(seconds)

    # Devices.

    @rule(number=numbers, zone=zones, channels=st.sampled_from([0, 1, 4, 8]))
    def set_device(self, number: int, zone: str, channels: int) -> None:
        self.fleet.set_device(f"d{number}", zone, channels)

    @rule(number=numbers)
    def remove_device(self, number: int) -> None:
        if self.fleet.devices:
            self.fleet.remove_device(sorted(self.fleet.devices)[number % len(self.fleet.devices)])

    # What is to hold.

    @rule()
    def have_one_owner_each_soon(self) -> None:
        """A session that does not close keeps its device where it is, so it ends first."""
        self._close_sessions()
        self.fleet.run_until(lambda: self.fleet.is_served, QUIET_S)

    @precondition(lambda self: not self.was_balanced)
    @rule()
    def be_balanced_in_the_end(self) -> None:
        """Once, since it takes long."""
        self.was_balanced = True
        self._close_sessions()
        if not self.fleet.bus.is_running:
            self.fleet.start_server()
        for collector in tuple(self.fleet.collectors):
            if collector.is_frozen:
                self.fleet.thaw(collector)
            self.fleet.restore(collector)
        self.fleet.run(BALANCED_WITHIN_S)
        assert self.fleet.is_served, self.fleet.describe()
        for zone in ZONES:
            self._check_balance([found for found in self.fleet.collectors if found.zone == zone])

    def _check_balance(self, collectors: list[Collector]) -> None:
        loads = {found.token: found.load for found in collectors}
        difference = max(loads.values(), default=0) - min(loads.values(), default=0)
        if difference <= tolerance_of(loads):
            return
        most = max(collectors, key=lambda found: (found.load, found.token))
        smallest = min(load_of(self.fleet.devices[found][1]) for found in most.ownership.owned)
        assert 2 * smallest > difference, self.fleet.describe()

    def _close_sessions(self) -> None:
        for collector in self.fleet.collectors:
            collector.never_closes = False
        self.fleet.run(5.0 if any(found.sessions for found in self.fleet.collectors) else 0.0)

    def _start_server(self, late: int | None, *, loses_disk: bool) -> None:
        collectors = self.fleet.collectors
        without = collectors[late % len(collectors)] if late is not None and collectors else None
        self.fleet.start_server(loses_disk=loses_disk, without=without)

    def _on(
        self,
        number: int,
        seconds: float,
        choose: Callable[[Collector], bool],
        act: Callable[[Collector], object],
    ) -> None:
        if chosen := [found for found in self.fleet.collectors if choose(found)]:
            act(chosen[number % len(chosen)])
            self.fleet.run(seconds)


TestFleetMachine = pytest.mark.long(FleetMachine.TestCase)
TestFleetMachine.settings = settings(max_examples=12, stateful_step_count=30)
