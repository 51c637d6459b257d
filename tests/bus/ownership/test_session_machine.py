"""The same with real sessions: no device is ever connected twice, and soon each is connected."""

from hypothesis import settings
from hypothesis.stateful import rule

from tests.bus.ownership.test_fleet_machine import FleetMachine
from tests.fakes.fleet import QUIET_S
from tests.fakes.session_fleet import SessionFleet

OPENED_WITHIN_S = 2.0
"""A collector looks for new devices every 1.5 seconds."""


class SessionMachine(FleetMachine):
    """The fleet checks at every moment that no device is connected twice, or hears two."""

    make_fleet = SessionFleet
    fleet: SessionFleet

    @rule()
    def be_connected_soon(self) -> None:
        self._close_sessions()
        self.fleet.run_until(
            lambda: self.fleet.is_served and self.fleet.is_connected, QUIET_S + OPENED_WITHIN_S
        )


TestSessionMachine = SessionMachine.TestCase
TestSessionMachine.settings = settings(max_examples=6, stateful_step_count=20)
