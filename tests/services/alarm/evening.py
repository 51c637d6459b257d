"""A rack of two channels that is judged as on an evening, with time that is passed in."""

from dataclasses import replace

from micboard_tui.domain.alarm_rules import AlarmKey
from micboard_tui.domain.device import DeviceStatus
from micboard_tui.domain.observation import FactsHeard, MetersHeard
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.services.alarm.alarm_service import LOOK_S, AlarmService
from micboard_tui.services.alarm.condition_reader import ConditionReader
from micboard_tui.services.event_loop_lag import LoopMonitor
from micboard_tui.services.events.event_service import EventService
from micboard_tui.services.live.state import LiveState
from tests.fakes.repositories import InMemoryDevices
from tests.fakes.services import FakeSessions, in_memory
from tests.fakes.stored_alarms import InMemoryAlarms
from tests.services.stage import HEARD, LOST, LOUD, ON, RACK, Clock

LOST_1 = AlarmKey(ProblemCode.RF_LOST, RACK.id, 1)
AWAY = AlarmKey(ProblemCode.OFFLINE, RACK.id)
AWAY_1 = AlarmKey(ProblemCode.OFFLINE, RACK.id, 1)
OTHER = replace(ON, frequency_khz=490_000)


class Evening:
    """Both channels are live at the beginning. ``alarms`` are those that an earlier program stored."""

    def __init__(
        self, alarms: InMemoryAlarms | None = None, now: float = 1_000.0, *, is_heard: bool = True
    ) -> None:
        self.clock = Clock(now)
        self.live = LiveState(self.clock)
        self.sessions = FakeSessions()
        self.sessions.is_running = True
        self.devices = InMemoryDevices(RACK)
        self.alarms = alarms or InMemoryAlarms()
        self.service = self.make_service()
        self.live.place([RACK], [])
        if is_heard:
            self.hear()

    def make_service(self, sessions: FakeSessions | None = None) -> AlarmService:
        """The service of a program; without ``sessions`` it is the one that judges."""
        events = EventService(self.alarms.events, self.devices, self.live, self.clock)
        conditions = ConditionReader(self.live, LoopMonitor(), lambda: None)
        return AlarmService(
            self.live,
            sessions or self.sessions,
            in_memory(self.devices),
            self.alarms,
            events,
            conditions,
        )

    def hear(self) -> None:
        """The rack is read for the first time."""
        self.live.take_observations(RACK.id, [HEARD, FactsHeard(1, ON), FactsHeard(2, OTHER)])
        self.speak()

    def run(self, seconds: float) -> None:
        for _ in range(round(seconds / LOOK_S)):
            self.clock.now += LOOK_S
            self.service.look()

    def speak(self, seconds: float = 0.0) -> None:
        """Both channels are heard with a carrier all the time."""
        for _ in range(1 + round(seconds)):
            self.live.take_observations(RACK.id, [MetersHeard(1, LOUD), MetersHeard(2, LOUD)])
            self.run(1.0 if seconds else 0.0)

    def lose_carrier(self, seconds: float) -> None:
        """Of channel 1."""
        for _ in range(max(1, round(seconds))):
            self.live.take_observations(RACK.id, [MetersHeard(1, LOST), MetersHeard(2, LOUD)])
            self.run(min(1.0, seconds))

    def go_offline(self, seconds: float) -> None:
        self.live.status(RACK.id, DeviceStatus.OFFLINE)
        self.run(seconds)

    @property
    def listed(self) -> dict[AlarmKey, bool]:
        """All alarms of now, and whether each is open."""
        return {alarm.key: alarm.is_open for alarm in self.live.findings.alarms.alarms}
