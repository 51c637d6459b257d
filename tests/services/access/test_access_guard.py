"""Every changing method of every contract goes through the guard, and only those that may do so pass."""

import inspect
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from micboard_tui.contracts.call_rights import (
    ALLOWED_READ_ONLY,
    ALLOWED_WHILE_LOCKED,
    NEEDS_ARMED_CONTROL,
    ONLY_READING,
    RIGHTS,
    CallRight,
    is_change,
)
from micboard_tui.contracts.call_texts import CALL_TEXTS
from micboard_tui.contracts.device import DeviceContract
from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.contracts.result import Success
from micboard_tui.contracts.services import CONTRACTS
from micboard_tui.contracts.walks import WalkContract
from micboard_tui.domain.show_lock import ShowLock
from micboard_tui.services.access.access_guard import AccessGuard
from micboard_tui.services.access.audit_service import AuditService
from micboard_tui.services.access.guarded_contracts import CallGuard, ReadingGuard, guard_contract
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.steady_clock import SteadyClock
from tests.fakes.audit import InMemoryAudit, find_no_titles
from tests.services.stage import Clock

LOCK = ShowLock("Ada", 1_000.0)


class Recorded:
    """A service of any contract: writes down what is called, and answers that it was done."""

    running = "the running walk test"

    def __init__(self) -> None:
        self.called: list[str] = []

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - a method of any contract
        async def method(*_: object, **__: object) -> Success[str]:
            self.called.append(name)
            return Success(name)

        return method


class Access:
    """What the guard asks; a test sets it."""

    def __init__(self) -> None:
        self.lock: ShowLock | None = None
        self.armed = {"Ada"}
        self.is_read_only = False
        self.audited, self.clock = InMemoryAudit(), Clock()
        self.live = LiveState(SteadyClock(self.clock, self.clock))

    @property
    def guard(self) -> AccessGuard:
        return AccessGuard(
            is_read_only=self.is_read_only,
            find_lock=self.find_lock,
            is_armed=self.armed.__contains__,
            audit=AuditService(self.audited, self.live, self.clock, find_no_titles),
        )

    async def find_lock(self) -> ShowLock | None:
        return self.lock


@pytest.fixture
def access() -> Access:
    return Access()


def methods_that_travel() -> Iterator[tuple[type, str]]:
    for contract in CONTRACTS.values():
        for name, value in vars(contract).items():
            if inspect.iscoroutinefunction(value) and f"{contract.__name__}.{name}" in RIGHTS:
                yield contract, name


def arguments_of(contract: type, name: str) -> Mapping[str, object]:
    parameters = inspect.signature(vars(contract)[name]).parameters
    needed = {each: None for each in parameters if each != "self"}
    return {**needed, "actor": "Ada"} if "actor" in needed else needed


async def answers_through(guard: CallGuard) -> Mapping[str, ErrorCode | None]:
    """What each method of each contract answers; None: it was carried out."""
    answers: dict[str, ErrorCode | None] = {}
    for contract, name in methods_that_travel():
        target = Recorded()
        answer = await getattr(guard_contract(contract, target, guard), name)(**arguments_of(contract, name))
        title = f"{contract.__name__}.{name}"
        answers[title] = None if answer.success else answer.error.code
        # What is refused reaches no service.
        assert target.called == ([name] if answer.success else []), title
    return answers


async def test_while_the_show_is_locked_all_that_changes_is_refused_but_for_a_list(access: Access) -> None:
    access.lock = LOCK
    answers = await answers_through(access.guard)
    refused = {title for title, code in answers.items() if code is ErrorCode.SHOW_LOCKED}
    changing = {title for title in answers if RIGHTS[title] is not CallRight.READ} - ONLY_READING
    assert refused == changing - ALLOWED_WHILE_LOCKED
    assert {code for code in answers.values() if code is not None} == {ErrorCode.SHOW_LOCKED}
    assert {"DeviceContract.execute", "UserContract.arm_control", "AssignmentContract.undo"} <= refused


async def test_a_program_that_only_reads_changes_nothing(access: Access) -> None:
    access.is_read_only = True
    for guard in (access.guard, ReadingGuard()):
        answers = await answers_through(guard)
        passed = {title for title, code in answers.items() if code is None}
        assert passed == {title for title in answers if not is_change(title)} | ALLOWED_READ_ONLY
        assert {*answers.values()} == {None, ErrorCode.READ_ONLY}


async def test_without_a_lock_only_what_needs_armed_control_is_refused(access: Access) -> None:
    answers = await answers_through(access.guard)
    assert {*answers.values()} == {None}
    access.armed = set()
    answers = await answers_through(access.guard)
    assert {title for title, code in answers.items() if code is not None} == NEEDS_ARMED_CONTROL
    assert answers["DeviceContract.execute"] is ErrorCode.CONTROL_NOT_ARMED


def test_what_needs_the_right_to_control_a_device_needs_armed_control() -> None:
    controls = {title for title, right in RIGHTS.items() if right is CallRight.CONTROL}
    about_arming = {title for title in controls if title.startswith("UserContract.")}
    assert controls - about_arming - ONLY_READING == NEEDS_ARMED_CONTROL


def test_each_change_has_plain_words_and_nothing_else_has() -> None:
    assert set(CALL_TEXTS) == {title for title in RIGHTS if is_change(title)}


def test_each_exception_is_a_change_that_there_is() -> None:
    assert all(is_change(title) for title in ALLOWED_WHILE_LOCKED | ALLOWED_READ_ONLY | NEEDS_ARMED_CONTROL)
    assert set(RIGHTS) >= ONLY_READING


def test_what_only_reads_and_takes_who_acts_is_no_change() -> None:
    wrong = [
        title
        for contract, name in methods_that_travel()
        if (title := f"{contract.__name__}.{name}") in ONLY_READING
        and "actor" in inspect.signature(vars(contract)[name]).parameters
    ]
    assert wrong == []


async def test_a_refusal_has_its_cure(access: Access) -> None:
    access.lock = LOCK
    devices = guard_contract(DeviceContract, Recorded(), access.guard)
    answer = await devices.remove("rack-1", actor="Bo")
    assert not answer.success
    assert answer.error.message.startswith("The show is locked, by Ada at ")
    assert "micboard-tui unlock" in answer.error.hint


async def test_what_is_read_without_waiting_is_passed_on(access: Access) -> None:
    walks = guard_contract(WalkContract, Recorded(), access.guard)
    assert walks.running == "the running walk test"
