"""What goes wrong with an SSCv2 device, and the error that each of it is."""

import anyio
import pytest

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import Access, Driver
from micboard_tui.simulator.sennheiser.sscv2.authentication import MAX_WRONG, PASSWORD
from micboard_tui.simulator.sennheiser.sscv2.http_service import MAX_SESSIONS
from micboard_tui.simulator.sennheiser.sscv2.sscv2_device import Sscv2Device
from tests.fakes.driver_runs import ReportCollector
from tests.fakes.links import UNHURRIED_S, until
from tests.manufacturers.sennheiser.sscv2.simulated_device import device, driver, watching
from tests.simulator.simulated_devices import running

pytestmark = [pytest.mark.integration, pytest.mark.virtual_time]

WRONG, ANOTHER = "Not-the-1st", "Another-1"


async def failure(
    simulated: Sscv2Device, port: int, access: Access | None = None, **timing: float
) -> DeviceError:
    with anyio.fail_after(UNHURRIED_S), pytest.raises(DeviceError) as raised:
        await driver(simulated, port, access, **timing).run(ReportCollector())
    assert raised.value.info.hint
    return raised.value


async def run_on(session_driver: Driver) -> None:
    await session_driver.run(ReportCollector())


async def test_without_a_password_nothing_is_sent() -> None:
    simulated = device()
    async with running(simulated) as port:
        error = await failure(simulated, port, Access(fingerprint=simulated.fingerprint))

    assert error.code is ErrorCode.CREDENTIALS_NEEDED
    assert list(simulated.requests) == []


async def test_a_wrong_password_is_tried_once_and_not_even_to_say_goodbye() -> None:
    simulated = device()
    async with running(simulated) as port:
        error = await failure(simulated, port, Access(secret=WRONG, fingerprint=simulated.fingerprint))

    assert error.code is ErrorCode.CREDENTIALS_REFUSED
    assert "user api" in str(error)
    assert WRONG not in repr(error.info)
    assert [request.path for request in simulated.requests if request.has_secret] == [
        "/api/ssc/state/subscriptions"
    ]
    assert simulated.authenticator.wrong == 1


async def test_a_locked_account_refuses_the_right_password_too() -> None:
    simulated = device()
    wrong = Access(secret=WRONG, fingerprint=simulated.fingerprint)
    async with running(simulated) as port:
        for _ in range(MAX_WRONG):
            await failure(simulated, port, wrong)
        error = await failure(simulated, port)

    assert error.code is ErrorCode.CREDENTIALS_REFUSED
    assert simulated.authenticator.is_locked


async def test_a_password_changed_meanwhile_ends_the_session_and_is_not_tried_again() -> None:
    simulated = device()
    async with running(simulated) as port, watching(driver(simulated, port)) as (_report, errors):
        simulated.faults.password = ANOTHER
        await until(lambda: bool(errors))
        assert errors[0].code in {ErrorCode.DEVICE_UNREACHABLE, ErrorCode.CREDENTIALS_REFUSED}
        error = await failure(simulated, port)

    assert error.code is ErrorCode.CREDENTIALS_REFUSED


async def test_an_unknown_certificate_is_refused_before_anything_is_sent() -> None:
    simulated = device()
    async with running(simulated) as port:
        error = await failure(simulated, port, Access(secret=PASSWORD))

    assert error.code is ErrorCode.CERTIFICATE_UNKNOWN
    assert error.info.details["fingerprint"] == simulated.fingerprint
    assert list(simulated.requests) == []


async def test_a_changed_certificate_ends_the_session_and_the_new_peer_never_hears_who_we_are() -> None:
    simulated = device()
    before = simulated.fingerprint
    known = Access(secret=PASSWORD, fingerprint=before)
    async with running(simulated) as port, watching(driver(simulated, port, known)) as (report, errors):
        await until(lambda: len(report.meters()) > 1)
        simulated.faults.change_certificate()
        await until(lambda: simulated.fingerprint != before)
        heard = len(simulated.requests)
        await until(lambda: bool(errors))
        error = await failure(simulated, port, known)

    assert error.code is ErrorCode.CERTIFICATE_CHANGED
    assert error.info.details == {"fingerprint": simulated.fingerprint, "accepted": before}
    assert len(simulated.requests) == heard


async def test_a_device_without_a_free_session_is_reported_as_refusing() -> None:
    simulated = device()
    simulated.faults.full = True
    async with running(simulated) as port:
        error = await failure(simulated, port)

    assert error.code is ErrorCode.DEVICE_REFUSED
    assert "controllers" in error.info.hint


@pytest.mark.no_cover
async def test_a_session_that_could_not_be_given_back_is_given_back_next_time() -> None:
    simulated = device()
    async with running(simulated) as port:
        session_driver = driver(simulated, port, connect_timeout_s=0.3)
        async with watching(session_driver) as (_report, errors):
            simulated.faults.freeze = True
            simulated.faults.cut()
            await until(lambda: bool(errors))
        assert simulated.sessions == 1
        simulated.faults.clear()
        async with watching(session_driver):
            assert simulated.sessions == 1

    assert errors[0].code is ErrorCode.DEVICE_UNREACHABLE


async def test_it_opens_no_more_sessions_than_a_device_has() -> None:
    simulated = device()
    async with running(simulated) as port, anyio.create_task_group() as group:
        for _ in range(MAX_SESSIONS):
            group.start_soon(run_on, driver(simulated, port))
        await until(lambda: simulated.connections == MAX_SESSIONS)
        error = await failure(simulated, port)
        group.cancel_scope.cancel()

    assert error.code is ErrorCode.DEVICE_REFUSED


@pytest.mark.no_cover
async def test_a_stream_that_breaks_is_a_drop_and_can_be_opened_again() -> None:
    simulated = device()
    async with running(simulated) as port:
        async with watching(driver(simulated, port)) as (report, errors):
            await until(lambda: len(report.meters()) > 1)
            simulated.faults.cut()
            await until(lambda: bool(errors))
        assert errors[0].code is ErrorCode.DEVICE_UNREACHABLE
        assert simulated.sessions == 0
        async with watching(driver(simulated, port)) as (again, errors):
            await until(lambda: len(again.meters()) > 1)


@pytest.mark.parametrize("model", ["EWDX2CHS", "SPECTERA"])
async def test_a_stream_without_events_while_levels_move_is_given_up(model: str) -> None:
    simulated = device(model)
    async with (
        running(simulated) as port,
        watching(driver(simulated, port, quiet_s=0.1)) as (_report, errors),
    ):
        simulated.faults.silent = True
        await until(lambda: bool(errors))

    assert errors[0].code is ErrorCode.DEVICE_UNREACHABLE
    assert "no changes" in str(errors[0])


async def test_a_stream_without_any_event_has_a_limit_even_when_nothing_moves() -> None:
    simulated = device()
    async with (
        running(simulated, stage_moves=False) as port,
        watching(driver(simulated, port, stream_limit_s=0.5)) as (_report, errors),
    ):
        await until(lambda: bool(errors))

    assert errors[0].code is ErrorCode.DEVICE_UNREACHABLE


async def test_forgotten_sessions_are_noticed_by_whoever_adds_to_them() -> None:
    simulated = device()
    pack = simulated.airs[0].pack
    pack.switch(on=False)
    simulated.faults.strict = True
    async with running(simulated) as port, watching(driver(simulated, port)) as (_report, errors):
        simulated.faults.forget_sessions()
        await until(lambda: simulated.sessions == 0)
        # Streams of forgotten sessions tell nothing, so a sample finds out, or a transmitter that comes.
        pack.switch(on=True)
        await until(lambda: bool(errors))

    assert errors[0].code is ErrorCode.DEVICE_UNREACHABLE


async def test_one_bad_path_takes_no_others_with_it() -> None:
    simulated = device()
    simulated.faults.bad_path = "/api/rf/transmission"
    async with running(simulated) as port, watching(driver(simulated, port)) as (report, errors):
        await until(lambda: len(report.meters()) > 1)
        simulated.airs[0].interfere(on=True)
        simulated.airs[0].tune(481_000)
        await until(lambda: report.facts().frequency_khz == 481_000)

    assert errors == []


async def test_a_device_that_freezes_is_silent() -> None:
    simulated = device()
    async with running(simulated) as port:
        frozen = driver(simulated, port, silence_limit_s=0.6, connect_timeout_s=0.2)
        async with watching(frozen) as (_report, errors):
            simulated.faults.silent = simulated.faults.freeze = True
            await until(lambda: bool(errors))
        simulated.faults.clear()

    assert errors[0].code is ErrorCode.DEVICE_SILENT


async def test_a_device_that_restarts_is_away_and_not_locked() -> None:
    simulated = device()
    async with running(simulated) as port:
        session_driver = driver(simulated, port)
        async with watching(session_driver) as (_report, errors):
            simulated.faults.reboot(0.5)
            await until(lambda: bool(errors))
        assert errors[0].code is ErrorCode.DEVICE_UNREACHABLE
        with pytest.raises(DeviceError) as raised:
            await session_driver.run(ReportCollector())
        assert raised.value.code is ErrorCode.DEVICE_UNREACHABLE
        await anyio.sleep(0.7)
        async with watching(session_driver) as (again, errors):
            await until(lambda: len(again.meters()) > 1)
        assert errors == []


async def test_a_closed_port_refuses_whoever_never_spoke_to_it() -> None:
    simulated = device()
    async with running(simulated) as port:
        simulated.faults.refuse = True
        await anyio.sleep(0.2)
        error = await failure(simulated, port)

    assert error.code is ErrorCode.DEVICE_REFUSED


async def test_being_cancelled_in_the_middle_of_opening_leaves_no_session() -> None:
    simulated = device("EWDX4CHDS")
    async with running(simulated) as port:
        for after_s in (0.05, 0.1, 0.2, 0.4, 0.9):
            with anyio.move_on_after(after_s):
                await driver(simulated, port).run(ReportCollector())
        await until(lambda: simulated.connections == 0)
        assert simulated.sessions <= 1


async def test_a_device_that_answers_nothing_any_more_is_asked_seldom() -> None:
    simulated = device()
    async with running(simulated) as port, watching(driver(simulated, port)) as (_, errors):
        simulated.faults.freeze = True
        await anyio.sleep(0.3)
        before = len(simulated.requests)
        await until(lambda: bool(errors))
        assert len(simulated.requests) - before <= 4
