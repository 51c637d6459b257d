"""A day of a hundred channels: every planted fault is one alarm of the right cause, and calm is no alarm."""

from collections.abc import Callable

import pytest

from micboard_tui.domain.alarm import AlarmEventKind
from micboard_tui.domain.alarm_rules import AlarmKey
from micboard_tui.domain.battery import Battery
from micboard_tui.domain.bay import Bay, BayState
from micboard_tui.domain.device import DeviceStatus
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.problem import ProblemCode
from tests.domain.alarm_rig import FINE, STAGE, AlarmRig

P = ProblemCode
DAY_S = 86_400.0
RACKS = 25
COARSE_S = 600.0
"""Between two judgements while nothing happens."""


class Fault:
    def __init__(
        self, key: AlarmKey, begin: Callable[[AlarmRig], None], end: Callable[[AlarmRig], None]
    ) -> None:
        self.key, self.begin, self.end = key, begin, end


def weak(rig: AlarmRig, dbm: float) -> None:
    rig.meter(rig.ref(2, 4), rf_dbm=dbm, rf_a_dbm=dbm, rf_b_dbm=dbm)


FAULTS = [
    Fault(
        AlarmKey(P.RF_LOST, DeviceId("rack3"), 2),
        lambda rig: rig.link(LinkState.RF_LOST, rig.ref(2, 3)),
        lambda rig: rig.link(LinkState.LIVE, rig.ref(2, 3)),
    ),
    Fault(
        AlarmKey(P.OFFLINE, DeviceId("rack5")),
        lambda rig: rig.status(DeviceStatus.OFFLINE, 5),
        lambda rig: rig.status(DeviceStatus.ONLINE, 5),
    ),
    Fault(
        AlarmKey(P.BATTERY_CRITICAL, DeviceId("rack7"), 1),
        lambda rig: rig.charge(rig.ref(1, 7), Battery(percent=5), "1"),
        lambda rig: rig.charge(rig.ref(1, 7), Battery(percent=90), "2"),
    ),
    Fault(
        AlarmKey(P.RF_CRITICAL, DeviceId("rack4"), 2),
        lambda rig: weak(rig, -98.0),
        lambda rig: weak(rig, FINE.rf_dbm or 0.0),
    ),
    Fault(
        AlarmKey(P.QUALITY_LOW, DeviceId("rack9"), 4),
        lambda rig: rig.meter(rig.ref(4, 9), quality_percent=20),
        lambda rig: rig.meter(rig.ref(4, 9), quality_percent=100),
    ),
    Fault(
        AlarmKey(P.CHARGER_FAULT, DeviceId("rack1"), part=2),
        lambda rig: rig.dock(Bay(2, BayState.FAULT)),
        lambda rig: rig.dock(Bay(2, BayState.EMPTY)),
    ),
    Fault(
        AlarmKey(P.AUDIO_CLIP, DeviceId("rack2"), 1),
        lambda rig: rig.meter(rig.ref(1, 2), overload=True),
        lambda rig: rig.meter(rig.ref(1, 2), overload=False),
    ),
    Fault(
        AlarmKey(P.NETWORK_LOST, location_id=STAGE),
        lambda rig: rig.status(DeviceStatus.OFFLINE, *range(10, RACKS + 1)),
        lambda rig: rig.status(DeviceStatus.ONLINE, *range(10, RACKS + 1)),
    ),
]


@pytest.mark.no_cover
def test_a_day_of_a_hundred_channels_has_one_alarm_for_each_fault_and_none_while_it_is_calm() -> None:
    rig = AlarmRig(devices=RACKS, manufacturer="sennheiser")
    rig.dock(Bay(2, BayState.EMPTY))
    calm_s = DAY_S / (len(FAULTS) + 1)
    began = rig.now
    for fault in FAULTS:
        rig.run(calm_s, COARSE_S)
        count = len(rig.events)
        rig.run(2.0)
        assert len(rig.events) == count
        fault.begin(rig)
        rig.run(12.0)
        assert rig.shown == [fault.key]
        fault.end(rig)
        rig.run(2.0)
        rig.run(60.0, 5.0)
        assert rig.shown == []
        for alarm in rig.desk.alarms:
            rig.desk, _ = rig.desk.acknowledge(alarm.key, "Pia", rig.now)
        rig.run(70.0, 10.0)
        # Nothing is remembered of what is over.
        assert rig.desk.alarms == ()
        assert rig.desk.watched == {}
    rig.run(began + DAY_S - rig.now, COARSE_S)
    shown = [
        event.alarm.key
        for event in rig.events
        if event.kind is AlarmEventKind.RAISED and not event.alarm.hidden_by
    ]
    assert shown == [fault.key for fault in FAULTS]
    raised = [event.alarm.key for event in rig.events if event.kind is AlarmEventKind.RAISED]
    cleared = [event.alarm.key for event in rig.events if event.kind is AlarmEventKind.CLEARED]
    assert sorted(map(str, cleared)) == sorted(map(str, raised))
