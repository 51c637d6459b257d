"""Whatever happens to channels and devices, and whenever: what changed is judged as all of it would be."""

from dataclasses import replace

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from micboard_tui.domain.assignment import Assignment, Performer, Role
from micboard_tui.domain.battery import NO_BATTERY, Battery, MinutesNote
from micboard_tui.domain.bay import Bay, BayState
from micboard_tui.domain.channel import (
    NO_WARNINGS,
    ChannelFacts,
    DeviceWarning,
    Encryption,
    Meters,
    Transmitter,
)
from micboard_tui.domain.device import Device, DeviceFault, DeviceKind, DeviceStatus
from micboard_tui.domain.identity import ChannelRef, DeviceId, LocationId, PerformerId
from micboard_tui.domain.judgement import judge_problems
from micboard_tui.domain.location import Location
from micboard_tui.domain.observation import BayHeard, DeviceHeard, FactsHeard, MetersHeard
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.problem_start import ProblemKey, ProblemStart, ProblemStarts
from micboard_tui.domain.show import ShowProfile
from micboard_tui.domain.threshold_set import ThresholdSet
from micboard_tui.domain.thresholds import DEFAULT_THRESHOLDS
from micboard_tui.services.live.state import LiveState

RACKS = [DeviceId("rack 1"), DeviceId("rack 2"), DeviceId("rack 3")]
CHARGER = DeviceId("charger")
LOCATIONS = [Location(LocationId("here"), "Here"), Location(LocationId("far"), "Far")]
PEOPLE = [None, Performer(PerformerId("ada"), "Ada"), Performer(PerformerId("ben"), "Ben")]

devices = st.sampled_from(RACKS)
numbers = st.integers(1, 2)
flags = st.sampled_from([False, False, True])
warnings = st.sampled_from(
    [NO_WARNINGS, NO_WARNINGS, *(frozenset({warning}) for warning in DeviceWarning)],
)
batteries = st.sampled_from(
    [
        NO_BATTERY,
        Battery(minutes=200),
        Battery(minutes=20),
        Battery(minutes=10),
        Battery(minutes_note=MinutesNote.CONTACT_WARNING),
    ]
)
packs = st.none() | st.builds(
    Transmitter,
    name=st.sampled_from([None, "Vox", "Other"]),
    muted=st.sampled_from([None, True]),
    battery=batteries,
)
facts = st.builds(
    ChannelFacts,
    frequency_khz=st.sampled_from([None, 500_000, 500_000, 500_100, 510_000]),
    frequency2_khz=st.sampled_from([None, None, 510_000]),
    shared_carrier=st.sampled_from([None, None, "1"]),
    receiver_muted=flags,
    encryption=st.sampled_from([None, Encryption.MISMATCH]),
    interference=flags,
    transmitter_present=st.sampled_from([None, True, True, False]),
    transmitter=packs,
    device_warnings=warnings,
    is_offline=flags,
    meter_interval_s=st.sampled_from([None, 0.0, 0.1, 5.0]),
)
meters = st.builds(
    Meters,
    rf_dbm=st.sampled_from([None, -50.0, -90.0, -100.0]),
    audio_dbfs=st.sampled_from([None, -20.0, 0.0]),
    carrier=st.sampled_from([None, True, True, False]),
    quality_percent=st.sampled_from([None, 20, 80]),
    overload=flags,
    rf_a_percent=st.sampled_from([None, 5, 50]),
    rf_overload=flags,
)
bays = st.builds(
    Bay,
    number=numbers,
    state=st.sampled_from(BayState),
    pack_name=st.sampled_from([None, "Vox"]),
    battery=batteries,
    error=st.sampled_from([None, "Too warm"]),
)
waits = st.sampled_from([0.0, 0.1, 1.0, 1.9, 2.0, 2.1, 3.0, 5.0, 5.1, 7.0, 60.0, 700.0])
"""Seconds: around those in which meters become stale, and problems that are gone end."""


class JudgementMachine(RuleBasedStateMachine):
    """Two racks with two channels, a third that comes and goes, and a charger."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1_700_000_000.0
        self.live = LiveState(lambda: self.now)
        self.starts = ProblemStarts()
        """Of the judgements of everything."""
        self.unjudged = 0
        """So many more steps pass before it is judged."""
        self.place(RACKS, [None] * len(RACKS))
        for rack in RACKS:
            self.describe(rack, 2, "ULXD4D", NO_WARNINGS)
        self.live.take_observations(CHARGER, [DeviceHeard(DeviceKind.CHARGER, 0, "SBRC", bay_count=2)])

    @rule(seconds=waits)
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @rule(steps=st.integers(1, 4))
    def let_it_gather(self, steps: int) -> None:
        self.unjudged = steps

    @invariant()
    def judge(self) -> None:
        """What is found is what is found when everything is judged anew."""
        self.unjudged -= 1
        if self.unjudged >= 0:
            return
        snapshot = self.live.snapshot()
        states = {state.ref: state for device in snapshot for state in device.channels}
        whole = judge_problems(
            states, {device.device.id: device for device in snapshot}, self.now, self.starts
        )
        self.starts = whole.starts
        judgement = self.live.judge()
        assert judgement.states == whole.states
        assert [*judgement.problems.items()] == [*whole.problems.items()], "in rack order"
        assert [*judgement.device_problems.items()] == [*whole.device_problems.items()]
        assert judgement.conflicts == whole.conflicts
        assert judgement.starts == whole.starts
        assert [*judgement.states] == [*whole.states]
        assert {key: device.state for key, device in judgement.devices.items()} == {
            key: device.state for key, device in whole.devices.items()
        }

    # What devices report.

    @rule(device=devices, number=numbers, meters=meters)
    def hear_meters(self, device: DeviceId, number: int, meters: Meters) -> None:
        self.live.take_observations(device, [MetersHeard(number, meters)])

    @rule(device=devices, number=numbers, facts=facts)
    def hear_facts(self, device: DeviceId, number: int, facts: ChannelFacts) -> None:
        self.live.take_observations(device, [FactsHeard(number, facts)])

    @rule(device=devices, number=numbers, khz=st.sampled_from([500_000, 500_100, 510_000]))
    def go_on_the_air(self, device: DeviceId, number: int, khz: int) -> None:
        on_air = ChannelFacts(frequency_khz=khz, transmitter_present=True, meter_interval_s=0.1)
        self.live.take_observations(
            device, [FactsHeard(number, on_air), MetersHeard(number, Meters(-50.0, carrier=True))]
        )

    @rule(
        device=devices,
        count=st.sampled_from([2, 2, 1]),
        model=st.sampled_from([None, "ULXD4D", "SLXD4D"]),
        warned_of=warnings,
    )
    def describe(
        self, device: DeviceId, count: int, model: str | None, warned_of: frozenset[DeviceWarning]
    ) -> None:
        description = DeviceHeard(DeviceKind.RECEIVER, count, model, device_warnings=warned_of)
        self.live.take_observations(device, [description])

    @rule(device=st.sampled_from([*RACKS, CHARGER]), bay=bays)
    def hear_bay(self, device: DeviceId, bay: Bay) -> None:
        self.live.take_observations(device, [BayHeard(bay)])

    @rule(device=st.sampled_from([*RACKS, CHARGER]), status=st.sampled_from(DeviceStatus))
    def change_status(self, device: DeviceId, status: DeviceStatus) -> None:
        self.live.status(device, status, DeviceFault("code", "message", "hint"))

    # What people change.

    @rule(
        placed=st.lists(devices, unique=True, min_size=2),
        places=st.lists(st.sampled_from([None, LOCATIONS[0].id, LOCATIONS[1].id]), min_size=3, max_size=3),
    )
    def place(self, placed: list[DeviceId], places: list[LocationId | None]) -> None:
        racks = (
            Device(device, "shure", "shure-strings", f"10.0.0.{device[-1]}", 2202, location_id=location)
            for device, location in zip(placed, places, strict=False)
        )
        self.live.place([*racks, Device(CHARGER, "shure", "shure-strings", "10.0.0.9", 2202)], LOCATIONS)

    @rule(
        assigned=st.dictionaries(
            st.builds(ChannelRef, devices, numbers),
            st.tuples(
                st.sampled_from(PEOPLE),
                st.sampled_from(Role),
                flags,
                flags,
                st.sampled_from([None, "Vox", "Cello"]),
            ),
        )
    )
    def cast(self, assigned: dict[ChannelRef, tuple[Performer | None, Role, bool, bool, str | None]]) -> None:
        self.live.cast(
            [person for person in PEOPLE if person is not None],
            [
                Assignment(
                    ref, performer, role, expected_off=off, shared_pack=is_shared, planned_pack=planned_pack
                )
                for ref, (performer, role, off, is_shared, planned_pack) in assigned.items()
            ],
        )

    @rule(
        rf_low_dbm=st.sampled_from([-85.0, -40.0]),
        quality_low_percent=st.sampled_from([10, 40]),
        profile=st.sampled_from(ShowProfile),
    )
    def change_thresholds(self, rf_low_dbm: float, quality_low_percent: int, profile: ShowProfile) -> None:
        numbers = replace(DEFAULT_THRESHOLDS, rf_low_dbm=rf_low_dbm, quality_low_percent=quality_low_percent)
        self.live.judge_by(ThresholdSet(numbers), profile)

    # What else happens.

    @rule(correction_s=st.sampled_from([-3600.0, -1.0, 1.0, 3600.0]))
    def set_clock(self, correction_s: float) -> None:
        self.now += correction_s
        self.live.shift_clock(correction_s)
        self.starts = self.starts.shift_clock(correction_s)

    @rule(correction_s=st.sampled_from([-5.0, -0.5]))
    def turn_clock_back(self, correction_s: float) -> None:
        self.now += correction_s

    @rule(is_anew=st.booleans())
    def recall_states(self, is_anew: bool) -> None:
        self.live.recall(self.live.snapshot(), is_anew=is_anew)

    @rule(device=devices, number=numbers, code=st.sampled_from(ProblemCode), ago_s=waits)
    def recall_problem(self, device: DeviceId, number: int, code: ProblemCode, ago_s: float) -> None:
        stored = [ProblemStart(ProblemKey(device, number, code), self.now - ago_s - 1.0, self.now - ago_s)]
        self.live.problems.recall(stored)
        self.starts = self.starts.recall(stored, self.now)


TestJudgement = JudgementMachine.TestCase
TestJudgement.settings = settings(max_examples=25, stateful_step_count=40, phases=(Phase.generate,))
