"""What holds for every call, in virtual time: who may, how long it takes, and what becomes of it."""

from collections.abc import Callable
from typing import Any

import anyio
import pytest
from structlog.testing import capture_logs

from micboard_tui.bus.calls.call_client import TAKEN_WITHIN_S, CallClient
from micboard_tui.bus.calls.call_frames import REQUESTS, CallRequest, pack_request
from micboard_tui.bus.calls.call_server import CallServer
from micboard_tui.bus.calls.recent_calls import MAX_RUNNING_OF_USER
from micboard_tui.bus.calls.remote_methods import METHODS
from micboard_tui.bus.wire.value_codec import codec_of
from micboard_tui.contracts.device import Findings, Search
from micboard_tui.contracts.errors import ErrorCode, MicboardError
from micboard_tui.contracts.origin import FrontEnd, Origin, acting_from, current_origin
from micboard_tui.contracts.result import ServiceResult, Success
from micboard_tui.domain.command import Confirmation, Identify
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.secret import OwnerKind, SecretOwner
from tests.bus.calls.stage import ADA, BOB, SUBJECTS, Stage, open_stage
from tests.fakes.recorded_services import greeter

pytestmark = pytest.mark.virtual_time

READ, CHANGE = "AssignmentContract.list_performers", "AssignmentContract.forget_steps"
RACK = DeviceId("rack-a")
NO_ARGUMENTS = {"channels": b"\xa1x", "performer": b"\xa1x"}


def code_of(answer: ServiceResult[Any]) -> ErrorCode | None:
    return None if answer.success else answer.error.code


class Slow:
    """A method that takes its time."""

    def __init__(self, seconds: float, data: object = None) -> None:
        self.seconds, self.data = seconds, data
        self.begun = self.done = self.ended = 0

    async def __call__(self, **_: object) -> Success[object]:
        self.begun += 1
        try:
            await anyio.sleep(self.seconds)
        finally:
            self.ended += 1
        self.done += 1
        return Success(self.data)


def slow(stage: Stage, title: str, seconds: float) -> Slow:
    method = Slow(seconds, () if title == READ else None)
    stage.fake.answers[title] = method
    return method


def now() -> float:
    return anyio.current_time()


# How long it takes.


async def test_a_call_is_waited_for_as_long_as_it_goes_on() -> None:
    async with open_stage() as stage:
        slow(stage, READ, 60.0)
        began_at = now()
        assert (await stage.remote.assignments.list_performers()).success
        assert 60.0 <= now() - began_at < 60.1
        assert len([each for each in stage.bus.published if each.payload == b"w"]) in {59, 60}


async def test_progress_comes_a_few_times_a_second_and_the_last_one_wins() -> None:
    reports: list[int] = []

    async def discover(*, listener: Callable[[Findings], None], **_: object) -> Success[Findings]:
        for asked in range(200):
            listener(Findings(asked=asked, to_ask=200))
            await anyio.sleep(0.01)
        return Success(Findings(asked=200))

    async with open_stage() as stage:
        stage.fake.answers["DeviceContract.discover"] = discover
        found = await stage.remote.devices.discover(Search(), lambda news: reports.append(news.asked))
        assert found == Success(Findings(asked=200))
    assert 7 <= len(reports) <= 9
    assert reports == sorted(reports)
    assert reports[-1] > 170


async def test_progress_is_not_sent_to_who_does_not_want_it() -> None:
    async def discover(*, search: Search, listener: object = None) -> Success[Findings]:
        assert listener is None
        return Success(Findings())

    async with open_stage() as stage:
        stage.fake.answers["DeviceContract.discover"] = discover
        assert (await stage.remote.devices.discover(Search(timeout_s=1.0))).success


@pytest.mark.parametrize(("title", "code"), [(READ, ErrorCode.BUS_LOST), (CHANGE, ErrorCode.OUTCOME_UNKNOWN)])
async def test_a_program_that_falls_silent_is_given_up_after_five_seconds(
    title: str, code: ErrorCode
) -> None:
    async with open_stage() as stage, anyio.create_task_group() as group:
        slow(stage, title, 3600.0)
        group.start_soon(cut_later, stage.hub.cut)
        began_at = now()
        assert code_of(await call(stage, title)) is code
        assert now() - began_at == pytest.approx(7.0, abs=0.1)


async def cut_later(cut: Callable[[], None]) -> None:
    await anyio.sleep(2.5)
    cut()


async def call(stage: Stage, title: str) -> ServiceResult[Any]:
    assignments = stage.remote.assignments
    return await (assignments.forget_steps(actor=ADA) if title == CHANGE else assignments.list_performers())


# Who may.


async def test_that_no_program_takes_calls_is_waited_for_once_and_then_answered_at_once() -> None:
    async with open_stage() as stage:
        stage.server.cancel()
        await anyio.sleep(0.1)
        for longest in (TAKEN_WITHIN_S + 0.1, 0.01, 0.01):
            began_at = now()
            answer = await stage.remote.assignments.forget_steps(actor=ADA)
            assert code_of(answer) is ErrorCode.NOT_SERVED
            assert now() - began_at < longest
            assert answer.error is not None
            assert "micboard-tui serve" in answer.error.hint


async def test_a_program_that_has_no_successor_is_not_waited_for() -> None:
    async with open_stage() as stage:
        client = CallClient(stage.board, SUBJECTS, ADA, has_successors=False)
        assert (await client.call(METHODS["AssignmentContract.list_performers"], {})).success
        stage.server.cancel()
        await anyio.sleep(0.1)
        began_at = now()
        answer = await client.call(METHODS["AssignmentContract.list_performers"], {})
        assert code_of(answer) is ErrorCode.NOT_SERVED
        assert now() - began_at < 0.01


async def test_who_may_not_is_told_at_once_and_which_right_is_missing() -> None:
    async with open_stage() as stage:
        remote = await stage.connect(BOB, may=lambda subject: ".rpc.read." in subject)
        began_at = now()
        answer = await remote.devices.execute(RACK, Identify(), actor=BOB)
        assert now() - began_at < 0.01
        assert code_of(answer) is ErrorCode.NOT_ALLOWED
        assert answer.error is not None
        assert "control" in answer.error.message
        assert "--role control" in answer.error.hint
        assert stage.fake.calls == []


async def test_a_right_that_is_less_than_the_method_needs_is_refused() -> None:
    execute = METHODS["DeviceContract.execute"]
    arguments = execute.encode_arguments({"device_id": RACK, "command": Identify()})
    payload = REQUESTS.encode(CallRequest("1", arguments))
    async with open_stage() as stage:
        stage.fake.answer(execute.title, Success(Confirmation(Identify(), "on")))
        assert await stage.send("read", execute.title, payload) is ErrorCode.NOT_ALLOWED
        assert stage.fake.calls == []
        assert await stage.send("control", execute.title, payload) is None
        assert stage.fake.titles() == [execute.title]


async def test_who_acts_is_taken_from_the_subject() -> None:
    async with open_stage() as stage:
        other = await stage.connect("Ödön / 2nd.stage > *")
        await other.assignments.forget_steps(actor=ADA)
        assert stage.fake.calls[0].arguments == {"actor": "Ödön / 2nd.stage > *"}


async def test_a_program_that_acts_for_others_calls_in_the_name_of_who_acts() -> None:
    async with open_stage() as stage:
        remote = await stage.connect("api", acts_for_others=True)
        assert (await remote.assignments.forget_steps(actor=BOB)).success
        assert stage.fake.calls[-1].arguments == {"actor": BOB}
        assert (await remote.assignments.list_performers()).success
        users = [called.user for each in stage.bus.published if (called := SUBJECTS.parse_call(each.subject))]
        assert users[-2:] == [BOB, "api"]


async def test_a_call_carries_from_where_it_comes_and_each_call_its_own() -> None:
    origins: list[Origin] = []

    async def note(**_: object) -> Success[None]:
        origins.append(current_origin())
        return Success(None)

    board = Origin(FrontEnd.BOARD, "foh", "pts/3", address="10.0.0.7")
    async with open_stage() as stage:
        stage.fake.answers[CHANGE] = note
        with acting_from(board):
            await stage.remote.assignments.forget_steps(actor=ADA)
        await stage.remote.assignments.forget_steps(actor=ADA)
    assert origins == [board, Origin()]


async def test_what_a_program_cancels_for_another_is_cancelled_there() -> None:
    async with open_stage() as stage:
        method = slow(stage, CHANGE, 60.0)
        remote = await stage.connect("api", acts_for_others=True)
        with anyio.move_on_after(1.0):
            await remote.assignments.forget_steps(actor=BOB)
        await anyio.sleep(1.0)
        assert (method.begun, method.ended, method.done) == (1, 1, 0)


async def test_a_call_is_answered_in_the_inbox_of_its_user_only() -> None:
    payload = REQUESTS.encode(CallRequest("1"))
    async with open_stage() as stage:
        before = len(stage.bus.published)
        for reply in (SUBJECTS.inbox(BOB) + ".1", SUBJECTS.sign_of_life("hub"), SUBJECTS.inbox(ADA), ""):
            await stage.board.publish(SUBJECTS.call("write", ADA, *CHANGE.split(".")), payload, reply)
            await stage.board.publish(SUBJECTS.call_follow_up(ADA), payload, reply)
        await anyio.sleep(5.0)
        assert len(stage.bus.published) == before + 8
        assert stage.fake.calls == []


# Cancelling.


@pytest.mark.parametrize("title", [READ, CHANGE])
async def test_a_call_that_is_cancelled_here_is_cancelled_there(title: str) -> None:
    async with open_stage() as stage:
        method = slow(stage, title, 3600.0)
        with anyio.move_on_after(1.0):
            await call(stage, title)
        await anyio.sleep(0.1)
        frames = len(stage.bus.published)
        await anyio.sleep(10.0)
        assert (method.begun, method.done) == (1, 0)
        assert len(stage.bus.published) == frames


async def test_a_user_cannot_cancel_the_calls_of_others() -> None:
    async with open_stage() as stage:
        method = slow(stage, CHANGE, 10.0)
        other = await stage.connect(BOB)
        async with anyio.create_task_group() as group:
            group.start_soon(stage.remote.assignments.list_performers)
            with anyio.move_on_after(1.0):
                await other.assignments.forget_steps(actor=BOB)
            stage.fake.answers[CHANGE] = again = Slow(10.0)
            assert (await stage.remote.assignments.forget_steps(actor=ADA)).success
        assert (method.done, again.done) == (0, 1)


@pytest.mark.parametrize(("title", "done"), [(READ, 0), (CHANGE, 1)])
async def test_a_read_of_a_board_that_died_ends_and_a_change_goes_on(title: str, done: int) -> None:
    async with open_stage() as stage, anyio.create_task_group() as group:
        method = slow(stage, title, 30.0)
        group.start_soon(call, stage, title)
        await anyio.sleep(2.0)
        await stage.board.close()
        await anyio.sleep(13.0)
        assert method.ended == 0
        await anyio.sleep(4.0)
        assert method.ended == 1 - done
        await anyio.sleep(20.0)
        assert (method.done, method.ended) == (done, 1)
        group.cancel_scope.cancel()


# What becomes of it when the connection is lost.


async def test_a_change_during_which_the_connection_was_lost_is_done_once_and_its_answer_comes() -> None:
    async with open_stage() as stage, anyio.create_task_group() as group:
        method = slow(stage, CHANGE, 4.0)
        group.start_soon(lose, stage, 2.0)
        assert (await call(stage, CHANGE)).success
        assert (method.begun, method.done) == (1, 1)


async def lose(stage: Stage, seconds: float) -> None:
    await anyio.sleep(1.0)
    stage.bus.stop()
    await anyio.sleep(seconds)
    stage.bus.start()


async def test_the_answer_of_a_change_that_was_done_while_the_connection_was_lost_comes() -> None:
    async with open_stage() as stage, anyio.create_task_group() as group:
        method = slow(stage, CHANGE, 2.0)
        group.start_soon(lose, stage, 3.0)
        began_at = now()
        assert (await call(stage, CHANGE)).success
        assert now() - began_at == pytest.approx(4.0, abs=0.1)
        assert method.begun == 1


@pytest.mark.parametrize(("title", "code"), [(READ, ErrorCode.BUS_LOST), (CHANGE, ErrorCode.OUTCOME_UNKNOWN)])
async def test_a_connection_that_does_not_come_back_ends_a_call(title: str, code: ErrorCode) -> None:
    async with open_stage() as stage, anyio.create_task_group() as group:
        slow(stage, title, 2.0)
        group.start_soon(lose, stage, 30.0)
        began_at = now()
        answer = await call(stage, title)
        assert code_of(answer) is code
        assert now() - began_at == pytest.approx(6.0, abs=0.1)
        group.cancel_scope.cancel()


async def test_a_read_is_sent_again_once_to_a_program_that_was_started_anew() -> None:
    async with open_stage() as stage, anyio.create_task_group() as group:
        method = slow(stage, READ, 3.0)
        group.start_soon(restart, stage, group)
        assert (await call(stage, READ)).success
        assert (method.begun, method.done) == (2, 1)
        group.cancel_scope.cancel()


async def restart(stage: Stage, group: anyio.abc.TaskGroup) -> None:
    """Lose the server together with the program, which comes back a second after the server."""
    await anyio.sleep(1.0)
    stage.bus.stop()
    stage.server.cancel()
    await anyio.sleep(1.0)
    stage.bus.start()
    await anyio.sleep(1.0)
    server = CallServer(stage.hub, SUBJECTS, stage.fake.services, greeter())
    group.start_soon(server.run)


async def test_a_change_is_not_sent_again_to_a_program_that_was_started_anew() -> None:
    async with open_stage() as stage, anyio.create_task_group() as group:
        method = slow(stage, CHANGE, 3.0)
        group.start_soon(restart, stage, group)
        assert code_of(await call(stage, CHANGE)) is ErrorCode.OUTCOME_UNKNOWN
        assert (method.begun, method.done) == (1, 0)
        group.cancel_scope.cancel()


async def test_nothing_is_sent_while_the_connection_is_lost() -> None:
    async with open_stage() as stage:
        stage.board.cut()
        assert code_of(await call(stage, CHANGE)) is ErrorCode.BUS_LOST
        stage.board.restore()
        await anyio.sleep(1.0)
        assert stage.fake.calls == []


async def test_a_program_that_ends_answers_what_it_was_doing() -> None:
    async with open_stage() as stage, anyio.create_task_group() as group:
        slow(stage, CHANGE, 10.0)
        group.start_soon(cut_later, stage.server.cancel)
        began_at = now()
        answer = await call(stage, CHANGE)
        assert code_of(answer) is ErrorCode.OUTCOME_UNKNOWN
        assert now() - began_at == pytest.approx(2.5, abs=0.1)


async def test_a_change_that_is_sent_twice_within_a_minute_is_done_once() -> None:
    async with open_stage() as stage:
        payload = await pack_request(CallRequest("7"))
        for _ in range(3):
            assert await stage.send("write", CHANGE, payload) is None
            await anyio.sleep(10.0)
        assert stage.fake.titles() == [CHANGE]
        assert await stage.send("write", "AssignmentContract.redo", payload) is ErrorCode.INVALID_VALUE
        # Of another user it is another call.
        assert await stage.send("write", CHANGE, payload, user=BOB) is None
        assert stage.fake.titles() == [CHANGE, CHANGE]


# What is not as it should be.


UNREADABLE = (
    (CHANGE, b"\xff\x00"),
    (CHANGE, b""),
    (CHANGE, b"x\x9c not zlib"),
    (CHANGE, REQUESTS.encode(CallRequest("1", {"actor": codec_of(str).encode("Eve")}))),
    (CHANGE, REQUESTS.encode(CallRequest("1", {"until": b"\xc0"}))),
    ("AssignmentContract.no_method", REQUESTS.encode(CallRequest("1"))),
    ("AssignmentContract.__init__", REQUESTS.encode(CallRequest("1"))),
    ("NoContract.undo", REQUESTS.encode(CallRequest("1"))),
    ("AssignmentContract.plan_pack", REQUESTS.encode(CallRequest("1"))),
    ("AssignmentContract.assign", REQUESTS.encode(CallRequest("1", NO_ARGUMENTS))),
)


@pytest.mark.parametrize(("title", "payload"), UNREADABLE, ids=range(len(UNREADABLE)))
async def test_a_call_that_is_not_understood_is_refused(title: str, payload: bytes) -> None:
    async with open_stage() as stage:
        assert await stage.send("write", title, payload) is ErrorCode.INVALID_VALUE
        assert stage.fake.calls == []
        assert (await call(stage, READ)).success


async def test_a_change_that_holds_what_is_not_known_here_is_refused() -> None:
    channels = codec_of(tuple[ChannelRef, ...]).encode((ChannelRef(RACK, 1),))
    arguments = {"channels": channels, "role": codec_of(str).encode("understudy")}
    async with open_stage() as stage:
        payload = REQUESTS.encode(CallRequest("1", arguments))
        assert await stage.send("write", "AssignmentContract.mark", payload) is ErrorCode.INVALID_VALUE
        assert stage.fake.calls == []


async def test_a_method_that_crashes_is_answered_and_logged_without_its_arguments() -> None:
    async def keep(**_: object) -> object:
        raise RuntimeError

    async with open_stage() as stage:
        stage.fake.answers["SecretContract.keep"] = keep
        stage.fake.answer(READ, Success(()))
        with capture_logs() as logs:
            answer = await stage.remote.secrets.keep(SecretOwner(OwnerKind.DEVICE, RACK), "s3cr3t", actor=ADA)
        assert code_of(answer) is ErrorCode.TASK_CRASHED
        assert {entry["event"] for entry in logs} == {"call_crashed", "call_ended"}
        assert "s3cr3t" not in str(logs)
        assert (await call(stage, READ)).success


async def test_an_error_that_is_raised_is_a_failure() -> None:
    async def undo(**_: object) -> object:
        raise MicboardError(ErrorCode.NOTHING_TO_UNDO, "Nothing")

    async with open_stage() as stage:
        stage.fake.answers[CHANGE] = undo
        assert code_of(await call(stage, CHANGE)) is ErrorCode.NOTHING_TO_UNDO


@pytest.mark.no_cover
async def test_an_answer_that_is_no_answer_is_a_crash() -> None:
    async with open_stage() as stage:
        stage.fake.answer(READ, 3)
        assert code_of(await call(stage, READ)) is ErrorCode.TASK_CRASHED
        stage.fake.answer(READ, Success((3,)))
        assert code_of(await call(stage, READ)) is ErrorCode.TASK_CRASHED


async def test_a_user_has_so_many_calls_at_once_and_others_have_theirs() -> None:
    codes: list[ErrorCode | None] = []

    async def ask(stage: Stage) -> None:
        codes.append(code_of(await stage.remote.assignments.list_performers()))

    async with open_stage() as stage:
        other = await stage.connect(BOB)
        slow(stage, READ, 2.0)
        async with anyio.create_task_group() as group:
            for _ in range(MAX_RUNNING_OF_USER + 1):
                group.start_soon(ask, stage)
            await anyio.sleep(1.0)
            assert codes == [ErrorCode.TOO_MANY_REQUESTS]
            assert (await other.assignments.list_performers()).success
        assert codes.count(None) == MAX_RUNNING_OF_USER
        assert (await call(stage, READ)).success


async def test_changes_are_logged_with_who_what_and_how_it_went() -> None:
    async with open_stage() as stage:
        with capture_logs() as logs:
            await call(stage, CHANGE)
        (entry,) = logs
        assert entry["log_level"] == "info"
        assert entry.items() >= {"call": CHANGE, "user": ADA, "result": "done"}.items()
        with capture_logs() as logs:
            await call(stage, READ)
        assert [each["log_level"] for each in logs] == ["debug"]
