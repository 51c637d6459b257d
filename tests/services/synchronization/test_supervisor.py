from collections.abc import Iterator, Sequence
from typing import NoReturn

import pytest
import structlog

from micboard_tui.contracts.errors import NEEDS_PERSON, DeviceError, ErrorCode
from micboard_tui.contracts.ports import Report
from micboard_tui.domain.command import Command, Confirmation
from micboard_tui.domain.device import DeviceFault, DeviceStatus
from micboard_tui.domain.observation import Alive, Observation
from micboard_tui.services.synchronization.reconnect_wait import LONGEST_WAIT_S
from micboard_tui.services.synchronization.supervisor import Supervisor, SupervisorState

UNREACHABLE = DeviceError(ErrorCode.DEVICE_UNREACHABLE, "gone", hint="wait")
REFUSED = DeviceError(ErrorCode.DEVICE_REFUSED, "no", hint="allow")
SILENT = DeviceError(ErrorCode.DEVICE_SILENT, "no word", hint="look")


class ScriptedDriver:
    """Each session speaks or not, and ends with an error."""

    def __init__(self, *sessions: tuple[bool, Exception]) -> None:
        self._sessions: Iterator[tuple[bool, Exception]] = iter(sessions)

    async def run(self, report: Report) -> NoReturn:
        speaks, error = next(self._sessions, (False, KeyboardInterrupt()))
        if speaks:
            report([Alive()])
        raise error

    async def execute(self, command: Command) -> Confirmation:
        raise UNREACHABLE

    async def execute_once(self, command: Command) -> Confirmation:
        raise UNREACHABLE

    async def read_once(self, report: Report) -> None:
        raise UNREACHABLE


class Recorder:
    def __init__(self) -> None:
        self.waits: list[float] = []
        self.states: list[DeviceStatus] = []
        self.faults: list[DeviceFault | None] = []
        self.heard: list[Observation] = []

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)

    def announce(self, status: DeviceStatus, fault: DeviceFault | None) -> None:
        self.states.append(status)
        self.faults.append(fault)

    def report(self, observations: Sequence[Observation]) -> None:
        self.heard += observations


async def supervise(*sessions: tuple[bool, Exception]) -> tuple[Recorder, Supervisor]:
    recorder = Recorder()
    supervisor = Supervisor(
        "rack", recorder.report, recorder.announce, sleep=recorder.sleep, random_share=lambda: 0.0
    )
    with pytest.raises(KeyboardInterrupt):
        await supervisor.run(ScriptedDriver(*sessions))
    return recorder, supervisor


async def test_waits_grow_while_nothing_is_heard() -> None:
    recorder, supervisor = await supervise(*[(False, UNREACHABLE)] * 7)
    least = [1, 2, 4, 8, 16, 30, 30]
    assert all(
        low <= wait <= min(low + 0.5, LONGEST_WAIT_S) for low, wait in zip(least, recorder.waits, strict=True)
    )
    assert (supervisor.connects, supervisor.failures) == (8, 7)


async def test_waits_start_anew_once_the_device_has_spoken() -> None:
    recorder, _ = await supervise(
        (False, UNREACHABLE), (False, UNREACHABLE), (True, SILENT), (False, UNREACHABLE)
    )
    assert [int(wait) for wait in recorder.waits] == [1, 2, 1, 1]


@pytest.mark.parametrize("code", [ErrorCode.DEVICE_REFUSED, ErrorCode.API_ERROR])
async def test_a_device_that_answers_with_no_is_not_asked_every_second(code: ErrorCode) -> None:
    no = DeviceError(code, "no room", hint="wait")
    recorder, _ = await supervise(*[(True, no)] * 6)
    assert [int(wait) for wait in recorder.waits] == [1, 2, 4, 8, 16, 30]


async def test_a_dropped_connection_is_tried_again_before_it_is_announced() -> None:
    recorder, _ = await supervise((True, UNREACHABLE), (True, UNREACHABLE), (False, UNREACHABLE))
    assert recorder.states == [DeviceStatus.CONNECTING, DeviceStatus.OFFLINE]
    assert recorder.faults[-1] == DeviceFault("DEVICE_UNREACHABLE", "gone", "wait")


async def test_silence_and_refusal_are_announced_at_once() -> None:
    recorder, supervisor = await supervise((True, SILENT), (False, REFUSED))
    assert recorder.states == [DeviceStatus.CONNECTING, DeviceStatus.OFFLINE, DeviceStatus.REFUSED]
    assert supervisor.fault == DeviceFault("DEVICE_REFUSED", "no", "allow")


async def test_a_driver_that_crashes_is_one_more_device_that_failed() -> None:
    recorder, _ = await supervise((True, ValueError("boom")), (True, SILENT))
    assert [fault.code for fault in recorder.faults if fault] == ["API_ERROR", "DEVICE_SILENT"]
    assert len(recorder.heard) == 2


async def test_a_device_that_stays_away_is_told_once_for_each_reason() -> None:
    with structlog.testing.capture_logs() as logs:
        await supervise((True, UNREACHABLE), *[(False, UNREACHABLE)] * 5, (False, REFUSED), (True, SILENT))
    warned = [event["code"] for event in logs if event["log_level"] == "warning"]
    assert warned == ["DEVICE_UNREACHABLE", "DEVICE_REFUSED", "DEVICE_SILENT"]


@pytest.mark.parametrize("has_spoken", [False, True])
async def test_another_certificate_is_a_refusal_that_ends_when_the_trusted_one_is_back(
    has_spoken: bool,
) -> None:
    changed = DeviceError(ErrorCode.CERTIFICATE_CHANGED, "another", hint="compare")
    recorder, supervisor = await supervise((has_spoken, changed), (False, changed), (True, UNREACHABLE))
    assert recorder.states == [DeviceStatus.CONNECTING, DeviceStatus.REFUSED, DeviceStatus.REFUSED]
    assert supervisor.connects == 4
    assert [round(wait) >= low for wait, low in zip(recorder.waits, [1, 2, 1], strict=True)] == [True] * 3
    assert len(recorder.heard) == 1 + has_spoken


@pytest.mark.parametrize("code", sorted(NEEDS_PERSON))
@pytest.mark.parametrize("spoke", [False, True])
async def test_where_a_person_must_act_nothing_more_is_sent(code: ErrorCode, spoke: bool) -> None:
    recorder = Recorder()
    driver = ScriptedDriver((spoke, DeviceError(code, "no", hint="act")), (True, SILENT))
    supervisor = Supervisor("rack", recorder.report, recorder.announce, sleep=recorder.sleep)
    await supervisor.run(driver)
    assert supervisor.state is SupervisorState.STOPPED
    assert (supervisor.connects, recorder.waits) == (1, [])
    assert recorder.states[-1] is DeviceStatus.REFUSED
    assert recorder.faults[-1] == DeviceFault(code, "no", "act")
