"""The driver against devices by table: what it asks, subscribes, reports, sets, and how it ends."""

from collections.abc import Iterable, Mapping

import anyio
import pytest

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import SessionOptions
from micboard_tui.domain.bay import BayState
from micboard_tui.domain.channel import Meters
from micboard_tui.domain.command import (
    Command,
    Identify,
    SetChannelName,
    SetDeviceName,
    SetFrequency,
    SetGain,
    SetGroupChannel,
    SetMute,
    SetSlotRf,
)
from micboard_tui.domain.device import DeviceKind
from micboard_tui.domain.observation import Alive, DeviceHeard, FactsHeard, MetersHeard
from micboard_tui.manufacturers.sennheiser.driver_names import SSC
from micboard_tui.manufacturers.sennheiser.ssc import SPEC
from micboard_tui.manufacturers.sennheiser.ssc.change_tracker import DeviceLayout
from micboard_tui.manufacturers.sennheiser.ssc.commands import prepare_command
from micboard_tui.manufacturers.sennheiser.ssc.driver import make_ssc_driver
from micboard_tui.manufacturers.sennheiser.ssc.families.digital6000 import DIGITAL_6000
from micboard_tui.manufacturers.sennheiser.ssc.families.ewdx import EWDX
from micboard_tui.manufacturers.sennheiser.ssc.family import Family
from micboard_tui.manufacturers.sennheiser.ssc.probe import probe_over
from micboard_tui.manufacturers.sennheiser.transmitter_presence import LOST_S
from micboard_tui.manufacturers.session_driver import SessionDriver
from micboard_tui.protocols.ssc.messages import PING, SUBSCRIBE, Fault, Message, Value
from tests.fakes.datagrams import Answer, SscPeer, Table
from tests.fakes.driver_runs import ReportCollector, run_until_error
from tests.fakes.links import until
from tests.fakes.virtual_time import run_in_virtual_time
from tests.manufacturers.sennheiser.ssc.ssc_devices import DEVICE, IDENTITY, M1, em_2

pytestmark = pytest.mark.virtual_time

GAUGE = "/mates/tx1/battery/gauge"


def battery_percent(report: ReportCollector) -> int | None:
    """Of the transmitter on channel 1."""
    transmitter = report.facts().transmitter
    return None if transmitter is None else transmitter.battery.percent


def session(answer: Answer, options: SessionOptions | None = None) -> tuple[SscPeer, SessionDriver]:
    device = SscPeer(answer)
    return device, clocked(device, options)


def said(**values: Value) -> bytes:
    """A notification; ``rx1__gain`` stands for ``/rx1/gain``."""
    from micboard_tui.protocols.ssc.codec import encode

    return encode(Message({f"/{name.replace('__', '/')}": value for name, value in values.items()}, {}))


def clocked(device: SscPeer, options: SessionOptions | None = None) -> SessionDriver:
    """A driver that lives by the clock of the loop."""
    return make_ssc_driver(device.dial, options or SessionOptions(), anyio.current_time)


async def test_a_look_reports_the_device_then_facts_then_meters_and_subscribes_nothing() -> None:
    device, driver = session(em_2())
    report = ReportCollector()
    await driver.read_once(report)

    told = [each for each in report.all if not isinstance(each, Alive)]
    assert [type(each) for each in told] == [DeviceHeard, FactsHeard, FactsHeard, MetersHeard, MetersHeard]
    (em,) = report.devices
    assert (em.model, em.own_name, em.firmware, em.rf_band, em.channel_count) == (
        "EWDX2CH", "EWDX_A", "3.0.2", "Q1-9", 2,
    )  # fmt: skip
    assert (report.facts().name, battery_percent(report), report.facts(2).transmitter_present) == (
        "LEAD",
        84,
        False,
    )
    assert report.meters() == [Meters(-62.5, -62.5, None, -21.4, "A", True, 96)]
    assert not device.is_open
    assert device.sets == []
    assert not any(message.subscriptions for message in device.requests)


async def test_meters_that_only_subscribers_get_are_subscribed_for_a_moment() -> None:
    table = em_2()
    for address in list(table.values):
        if address.startswith("/m/"):
            del table.values[address]

    def answer(message: Message) -> Iterable[Message]:
        if message.subscriptions:
            table.values.update({**M1, "/m/rx2/rsqi": 0})
        return table(message)

    device, driver = session(answer)
    report = ReportCollector()
    await driver.read_once(report)
    assert report.meters()[-1].rf_dbm == -62.5
    assert device.subscribed == set()
    assert {wish.terms.cancel for each in device.requests for wish in each.subscriptions} == {False, True}


async def test_without_metering_no_meter_is_asked_for() -> None:
    device, driver = session(em_2(), SessionOptions(meter_interval_s=0))
    await driver.read_once(ReportCollector())
    report = ReportCollector()
    async with anyio.create_task_group() as group:
        group.start_soon(driver.run, report)
        await until(lambda: "/mates/tx2/warnings" in device.subscribed)
        group.cancel_scope.cancel()
    assert not report.meters()
    assert report.facts().meter_interval_s == 0
    asked = {address for message in device.requests for address in message.values}
    assert not any(each.startswith("/m/") for each in asked | device.subscribed)


async def test_a_session_subscribes_in_groups_and_cancels_all_of_it_when_it_ends() -> None:
    device, driver = session(em_2())
    report = ReportCollector()
    async with anyio.create_task_group() as group:
        group.start_soon(driver.run, report)
        await until(lambda: "/m/rx2/af" in device.subscribed and bool(report.meters(2)))
        await until(lambda: report.facts().meter_interval_s == 0.1)
        standing = device.subscribed
        group.cancel_scope.cancel()

    assert {"/device/name", "/rx1/warnings", GAUGE, "/m/rx1/rssi"} <= standing
    wishes = [wish for message in device.requests for wish in message.subscriptions]
    assert all(wish.terms.lifetime_s == 60 for wish in wishes if not wish.terms.cancel)
    branches = [{address.rsplit("/", 1)[0] for address in wish.addresses} for wish in wishes[:6]]
    assert [len(each & {"/rx1", "/rx2"}) for each in branches] == [0, 1, 1, 0, 0, 0]
    meters = next(wish for wish in wishes if "/m/rx1/af" in wish.addresses)
    assert (meters.terms.min_ms, meters.terms.max_ms) == (100, 100)
    assert device.subscribed == set()
    assert not device.is_open
    assert device.connections == 1


async def test_news_change_only_what_they_name() -> None:
    device, driver = session(em_2())
    report = ReportCollector()
    async with anyio.create_task_group() as group:
        group.start_soon(driver.run, report)
        await until(lambda: "/m/rx2/af" in device.subscribed)
        device.say(b'{"mates":{"tx1":{"battery":{"gauge":77}}}}\r\n')
        device.say(b'{"m":{"rx1":{"rsqi":50,"divi":2}}}')
        device.say(b'{"rx1":{"name":"\x1b[2J"}}\0')
        device.say(b'{"nobody":{"asked":"' + b"x" * 60_000 + b'"}}')
        device.say(b"rubbish")
        await until(lambda: battery_percent(report) == 77)
        group.cancel_scope.cancel()
    assert report.meters()[-1] == Meters(-62.5, None, -62.5, -21.4, "B", True, 50)
    assert "nobody" not in repr(report.all)


def test_a_link_that_breaks_off_is_lost_first_and_off_later_and_takes_the_battery_with_it() -> None:
    async def evening() -> None:
        table = em_2()
        device = SscPeer(table)
        report = ReportCollector()
        async with anyio.create_task_group() as group:
            group.start_soon(clocked(device).run, report)
            await anyio.sleep(3)
            assert (report.facts().transmitter_present, battery_percent(report)) == (True, 84)

            table.values["/rx1/warnings"] = ["NoLink"]
            device.say(said(rx1__warnings=["NoLink"]))
            await anyio.sleep(1)
            assert (report.facts().transmitter_present, battery_percent(report)) == (True, None)
            assert report.meters()[-1].carrier is False

            await anyio.sleep(LOST_S + 0.2)
            assert report.facts().transmitter is None
            assert report.facts().transmitter_present is False

            table.values |= {"/rx1/warnings": [], GAUGE: 30}
            device.say(said(rx1__warnings=[]))
            await anyio.sleep(0.1)
            assert battery_percent(report) is None, "the old battery is not believed"
            await anyio.sleep(2)
            assert battery_percent(report) == 30
            group.cancel_scope.cancel()

    run_in_virtual_time(evening)


def wished(device: SscPeer) -> list[str]:
    """The first address of every subscription that was asked for."""
    return [wish.addresses[0] for message in device.requests for wish in message.subscriptions]


async def stream(device: SscPeer, seconds: int) -> None:
    """Let the device meter ten times a second."""
    for _ in range(seconds * 10):
        await anyio.sleep(0.1)
        device.say(said(m__rx1__rssi=-60.0))


def test_subscriptions_are_renewed_at_half_their_life() -> None:
    async def minutes() -> None:
        device = SscPeer(em_2())
        async with anyio.create_task_group() as group:
            group.start_soon(clocked(device).run, ReportCollector())
            await stream(device, 10)
            device.requests.clear()
            await stream(device, 60)
            assert wished(device).count("/rx1/name") == 2
            # Ten notifications a second use up half of a thousand in 50 seconds; half a minute is less.
            assert wished(device).count("/m/rx1/rssi") == 2
            group.cancel_scope.cancel()

    run_in_virtual_time(minutes)


def test_readings_that_stop_are_subscribed_again_with_all_the_rest_and_then_less_and_less_often() -> None:
    async def minutes() -> None:
        device = SscPeer(em_2())
        async with anyio.create_task_group() as group:
            group.start_soon(clocked(device).run, ReportCollector())
            await stream(device, 10)
            device.requests.clear()
            await anyio.sleep(4)
            assert len(wished(device)) == len(set(wished(device))) == 6
            device.requests.clear()
            await anyio.sleep(20)
            assert wished(device).count("/m/rx1/rssi") in {2, 3}
            assert wished(device).count("/rx1/name") <= 1
            group.cancel_scope.cancel()

    run_in_virtual_time(minutes)


def test_terms_that_the_device_adapts_are_kept_to() -> None:
    async def hours() -> None:
        table = em_2()

        def answer(message: Message) -> Iterable[Message]:
            for reply in table(message):
                wishes = tuple(
                    wish._replace(terms=wish.terms._replace(lifetime_s=20, notifications=50, max_ms=0))
                    for wish in reply.subscriptions
                )
                yield reply._replace(subscriptions=wishes)

        device = SscPeer(answer)
        report = ReportCollector()
        async with anyio.create_task_group() as group:
            group.start_soon(clocked(device).run, report)
            await anyio.sleep(5)
            assert report.facts().meter_interval_s is None, "on change is no promise"
            device.requests.clear()
            for _ in range(60):
                await anyio.sleep(0.01)
                device.say(said(m__rx1__rssi=-60.0))
            await anyio.sleep(1)
            assert wished(device) == ["/m/rx1/rssi"], "half of fifty notifications are used up"
            await anyio.sleep(10)
            assert "/rx1/name" in wished(device)
            group.cancel_scope.cancel()

    run_in_virtual_time(hours)


def test_what_cannot_be_subscribed_is_asked_for_and_310_is_answered_at_once() -> None:
    async def hours() -> None:
        table = em_2()
        table.unsubscribable = {"/rx1/gain", "/device/location"}
        device = SscPeer(table)
        report = ReportCollector()
        async with anyio.create_task_group() as group:
            group.start_soon(clocked(device).run, report)
            await anyio.sleep(3)
            table.values["/rx1/gain"] = 30
            await anyio.sleep(6)
            assert report.facts().gain_db == 30
            device.requests.clear()
            device.say(b'{"osc":{"error":[{"rx2":{"name":[310,{"desc":"subscription terminates"}]}}]}}')
            await anyio.sleep(1)
            assert [each for each in wished(device) if not each.startswith("/m/")] == ["/rx2/name"]
            group.cancel_scope.cancel()

    run_in_virtual_time(hours)


def test_what_a_linked_transmitter_cannot_tell_yet_is_asked_for_again() -> None:
    async def minutes() -> None:
        table = em_2()
        table.refused[GAUGE] = 424
        device = SscPeer(table)
        report = ReportCollector()
        async with anyio.create_task_group() as group:
            group.start_soon(clocked(device).run, report)
            await anyio.sleep(3)
            assert (report.facts().transmitter_present, battery_percent(report)) == (True, None)
            del table.refused[GAUGE]
            await anyio.sleep(6)
            assert battery_percent(report) == 84
            group.cancel_scope.cancel()

    run_in_virtual_time(minutes)


def no_room_by_address(message: Message) -> Iterable[Message]:
    if not message.subscriptions:
        yield from em_2()(message)
    for wish in message.subscriptions:
        yield Message({}, dict.fromkeys(wish.addresses, Fault(406)))


def no_room_by_method(message: Message) -> Iterable[Message]:
    if not message.subscriptions:
        yield from em_2()(message)
    else:
        yield Message({}, {SUBSCRIBE: Fault(406)})


@pytest.mark.parametrize("answer", [no_room_by_address, no_room_by_method])
def test_a_device_that_serves_no_more_clients_is_reported_as_refusing(answer: Answer) -> None:
    async def run() -> DeviceError:
        with pytest.raises(DeviceError) as caught:
            await clocked(SscPeer(answer)).run(ReportCollector())
        return caught.value

    error = run_in_virtual_time(run)
    assert error.code is ErrorCode.DEVICE_REFUSED
    assert "Close other programs" in error.info.hint


def refused(device: SscPeer) -> Iterable[Message]:
    device.hang_up()
    return ()


def test_a_silent_device_is_reported_with_its_cure() -> None:
    async def run() -> None:
        device = SscPeer(lambda _: ())
        error = await run_until_error(clocked(device))
        assert error.code is ErrorCode.DEVICE_SILENT
        for text in ("third-party access", "SSCv1 (Legacy)", "sennheiser-sscv2", "port"):
            assert text in error.info.hint

    run_in_virtual_time(run)


def test_a_closed_port_may_be_an_ewdx_that_admits_no_third_party() -> None:
    async def run() -> None:
        device = SscPeer(lambda _: refused(device))
        error = await run_until_error(clocked(device))
        assert error.code is ErrorCode.DEVICE_UNREACHABLE
        assert "sennheiser-sscv2" in error.info.hint

    run_in_virtual_time(run)


def test_a_device_that_falls_silent_is_asked_first_and_given_up_then() -> None:
    async def run() -> None:
        table = em_2()
        gone = False
        device = SscPeer(lambda message: () if gone else table(message))
        driver = clocked(device, SessionOptions(meter_interval_s=0))
        errors: list[DeviceError] = []

        async def watch() -> None:
            errors.append(await run_until_error(driver))

        async with anyio.create_task_group() as group:
            group.start_soon(watch)
            await anyio.sleep(40)
            assert not errors, "pings keep a quiet device alive"
            gone = True
            device.requests.clear()
            await anyio.sleep(6)
        (error,) = errors
        assert error.code is ErrorCode.DEVICE_SILENT
        assert "sscv2" not in error.info.hint
        assert sum(PING in message.values for message in device.requests) >= 4
        again = await run_until_error(driver)
        assert (again.code, "power" in again.info.hint) == (ErrorCode.DEVICE_SILENT, True)

    run_in_virtual_time(run)


async def test_a_goodbye_that_gets_lost_is_sent_again_and_only_that_one() -> None:
    table = em_2()
    cancelled: list[tuple[str, ...]] = []

    def answer(message: Message) -> Iterable[Message]:
        for wish in message.subscriptions:
            if wish.terms.cancel:
                cancelled.append(wish.addresses)
                if len(cancelled) == 1:
                    return ()
        return table(message)

    device, driver = session(answer)
    report = ReportCollector()
    async with anyio.create_task_group() as group:
        group.start_soon(driver.run, report)
        await until(lambda: bool(report.meters()) and bool(report.devices))
        await until(lambda: len(device.subscribed) > len(M1))
        group.cancel_scope.cancel()
    assert cancelled.count(cancelled[0]) == 2
    assert {cancelled.count(each) for each in cancelled[1:-1]} == {1}


async def test_a_goodbye_that_is_never_confirmed_is_soon_given_up() -> None:
    table = em_2()

    def answer(message: Message) -> Iterable[Message]:
        return () if any(wish.terms.cancel for wish in message.subscriptions) else table(message)

    device, driver = session(answer)
    report = ReportCollector()
    async with anyio.create_task_group() as group:
        group.start_soon(driver.run, report)
        await until(lambda: len(device.subscribed) > len(M1))
        begun = anyio.current_time()
        group.cancel_scope.cancel()
    assert anyio.current_time() - begun < 2.0
    assert device.subscribed == set()


async def test_a_device_that_restarts_ends_the_session() -> None:
    device, driver = session(em_2())
    errors: list[DeviceError] = []

    async def watch() -> None:
        errors.append(await run_until_error(driver))

    async with anyio.create_task_group() as group:
        group.start_soon(watch)
        await until(lambda: "/m/rx2/af" in device.subscribed)
        device.say(b'{"osc":{"state":{"close":true}}}')
    assert [each.code for each in errors] == [ErrorCode.DEVICE_UNREACHABLE]
    assert "restart" in str(errors[0])


def test_the_round_trip_is_measured_now_and_then() -> None:
    async def run() -> None:
        report = ReportCollector()
        with anyio.move_on_after(32):
            await clocked(SscPeer(em_2())).run(report)
        assert any(isinstance(each, Alive) and each.round_trip_s is not None for each in report.all)

    run_in_virtual_time(run)


@pytest.mark.parametrize(
    ("values", "refused", "code", "text"),
    [
        ({}, dict.fromkeys(IDENTITY, 403), ErrorCode.DEVICE_REFUSED, "third parties"),
        (IDENTITY, {}, ErrorCode.API_ERROR, "It is a EWDX2CH"),
        ({}, {}, ErrorCode.API_ERROR, "device without a model"),
        ({**IDENTITY, "/bays/device_type": []}, {}, ErrorCode.API_ERROR, "no channel and no bay"),
        ({**IDENTITY, "/bays/device_type": ["NONE"] * 65}, {}, None, ""),
    ],
)
async def test_devices_that_cannot_be_watched_say_why(
    values: Mapping[str, Value], refused: Mapping[str, int], code: ErrorCode | None, text: str
) -> None:
    _, driver = session(Table(values, refused))
    if code is None:
        report = ReportCollector()
        await driver.read_once(report)
        assert len(report.bays) == 64, "a charger with more bays than any has is cut"
        return
    with pytest.raises(DeviceError) as caught:
        await driver.read_once(ReportCollector())
    assert caught.value.code is code
    assert text in str(caught.value)
    assert caught.value.info.hint


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_channels_are_counted_by_asking(channels: int) -> None:
    tuned = {f"/rx{n}/frequency": 500_000 + n * 600 for n in range(1, channels + 1)}
    report = ReportCollector()
    run_in_virtual_time(lambda: clocked(SscPeer(Table({**IDENTITY, **DEVICE, **tuned}))).read_once(report))
    assert report.devices[-1].channel_count == channels
    assert report.facts(channels).frequency_khz == 500_000 + channels * 600
    assert report.facts(channels).transmitter_present is None


def test_a_device_that_answers_little_at_a_time_is_read_all_the_same() -> None:
    table = em_2()

    def answer(message: Message) -> Iterable[Message]:
        if len(message.values) > 2:
            return [Message({}, {"": Fault(450, "answer too long")})]
        return table(message)

    report = ReportCollector()
    run_in_virtual_time(lambda: clocked(SscPeer(answer)).read_once(report))
    assert report.facts().name == "LEAD"


@pytest.mark.parametrize(
    ("command", "set_", "shown", "adapted"),
    [
        (SetGain(1, 15), ("/rx1/gain", 15), "+15 dB", False),
        (SetMute(2, muted=False), ("/rx2/mute", False), "not muted", False),
        (SetChannelName(1, " Maya "), ("/rx1/name", "MAYA"), "MAYA", False),
        (SetDeviceName("Rack B"), ("/device/name", "Rack B"), "Rack B", False),
        (SetFrequency(2, 500_025), ("/rx2/frequency", 500_025), "500.025 MHz", False),
    ],
)
async def test_commands_are_confirmed_by_the_value_that_holds(
    command: Command, set_: tuple[str, Value], shown: str, adapted: bool
) -> None:
    device, driver = session(em_2())
    confirmation = await driver.execute_once(command)
    assert (confirmation.value, confirmation.adapted) == (shown, adapted)
    assert device.sets == [set_]
    assert not any(message.subscriptions for message in device.requests)


async def test_a_value_that_the_device_adapts_is_confirmed_as_adapted() -> None:
    table = em_2()

    def answer(message: Message) -> Iterable[Message]:
        if message.values.get("/rx1/gain") == 13:
            # News of the same address come first and are not the answer.
            yield Message({"/rx1/gain": 12}, {})
            message = message._replace(values={"/rx1/gain": 15})
        yield from table(message)

    _, driver = session(answer)
    confirmation = await driver.execute_once(SetGain(1, 13))
    assert (confirmation.value, confirmation.adapted) == ("+15 dB", True)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (SetGain(3, 0), ErrorCode.INVALID_VALUE),
        (SetGain(1, 43), ErrorCode.INVALID_VALUE),
        (SetGain(1, -4), ErrorCode.INVALID_VALUE),
        (SetChannelName(1, "NINECHARS"), ErrorCode.INVALID_VALUE),
        (SetDeviceName("Nineteen characters"), ErrorCode.INVALID_VALUE),
        (SetChannelName(1, "Far too long"), ErrorCode.INVALID_VALUE),
        (SetChannelName(1, "Löwe"), ErrorCode.INVALID_VALUE),
        (SetDeviceName(" "), ErrorCode.INVALID_VALUE),
        (SetFrequency(1, 500_010), ErrorCode.INVALID_VALUE),
        (SetFrequency(1, 100_000), ErrorCode.INVALID_VALUE),
        (SetGroupChannel(1, 1, 1), ErrorCode.COMMAND_NOT_SUPPORTED),
        (SetSlotRf(1, 1, on=True), ErrorCode.COMMAND_NOT_SUPPORTED),
    ],
)
async def test_commands_that_make_no_sense_are_not_sent(command: Command, code: ErrorCode) -> None:
    device, driver = session(em_2())
    with pytest.raises(DeviceError) as caught:
        await driver.execute_once(command)
    assert caught.value.code is code
    assert caught.value.info.hint
    assert device.sets == []


async def test_a_refusal_carries_its_code() -> None:
    def answer(message: Message) -> Iterable[Message]:
        if "/rx1/gain" in message.values and message.values["/rx1/gain"] is not None:
            # An error need not repeat our number.
            return [Message({}, {"/rx1/gain": Fault(423, "locked")})]
        return em_2()(message)

    _, driver = session(answer)
    with pytest.raises(DeviceError) as caught:
        await driver.execute_once(SetGain(1, 12))
    assert caught.value.code is ErrorCode.DEVICE_REFUSED
    assert "423 locked" in str(caught.value)


def test_a_command_that_gets_lost_is_sent_again_and_fails_when_nothing_confirms_it() -> None:
    async def run() -> None:
        table = em_2()
        deaf = 1

        def answer(message: Message) -> Iterable[Message]:
            nonlocal deaf
            if any(value is not None for value in message.values.values()) and deaf:
                deaf -= 1
                return ()
            return table(message)

        device = SscPeer(answer)
        assert (await clocked(device).execute_once(SetGain(1, 0))).value == "+0 dB"
        assert device.sets == [("/rx1/gain", 0)] * 2
        # It answers, but without our number: then it is asked what holds.
        answers = device.answer
        device.answer = lambda message: [each._replace(xid=None) for each in answers(message)]
        assert (await clocked(device).execute_once(SetGain(1, 6))).value == "+6 dB"
        device.answer = answers
        deaf = 99
        with pytest.raises(DeviceError) as caught:
            await clocked(device).execute_once(SetGain(1, 3))
        assert caught.value.code is ErrorCode.COMMAND_UNCONFIRMED
        assert "in force is +6 dB" in str(caught.value)
        device.answer = lambda message: () if "/rx1/gain" in message.values else answers(message)
        with pytest.raises(DeviceError, match=r"did not confirm /rx1/gain \+3 dB$"):
            await clocked(device).execute_once(SetGain(1, 3))

    run_in_virtual_time(run)


@pytest.mark.parametrize(
    ("command", "address"),
    [(Identify(), "/device/identification/visual"), (Identify(1), "/rx1/identification/visual")],
)
def test_a_lamp_flashes_for_a_moment_only(command: Command, address: str) -> None:
    async def run() -> list[tuple[str, Value]]:
        device = SscPeer(em_2())
        assert (await clocked(device).execute_once(command)).value == "flashing"
        return device.sets

    assert run_in_virtual_time(run) == [(address, True), (address, False)]


def test_commands_go_through_the_running_session() -> None:
    async def run() -> None:
        device = SscPeer(em_2())
        driver = clocked(device)
        with pytest.raises(DeviceError) as caught:
            await driver.execute(SetGain(1, 0))
        assert caught.value.code is ErrorCode.DEVICE_UNREACHABLE
        report = ReportCollector()
        async with anyio.create_task_group() as group:
            group.start_soon(driver.run, report)
            await anyio.sleep(3)
            assert (await driver.execute(SetGain(1, 6))).value == "+6 dB"
            assert report.facts().gain_db == 6
            await driver.execute(Identify(1))
            await anyio.sleep(5)
            assert device.sets[-1] == ("/rx1/identification/visual", False)
            group.cancel_scope.cancel()
        assert device.connections == 1

    run_in_virtual_time(run)


CHARGER = Table(
    {
        **IDENTITY,
        "/bays/device_type": ["EW-DX SK", "NONE"],
        "/bays/bat_gauge": [63, None],
        "/bays/identify": [False, False],
        "/device/name": "CHG",
    }
)
L_6000 = Table(
    {
        **IDENTITY,
        "/slot1/type": 1,
        "/slot1/subslot2/accu_detection": True,
        "/slot1/subslot2/led": "GREEN",
        "/slot1/subslot2/identify": False,
    }
)
RACK = Table({**IDENTITY, "/rx1/rf_quality": 0, "/audio/out1/gain_db": 4, "/rx1/identify": False})


@pytest.mark.parametrize(
    ("table", "command", "set_", "shown"),
    [
        (CHARGER, Identify(2), ("/bays/identify", [None, True]), "flashing"),
        (L_6000, Identify(2), ("/slot1/subslot2/identify", True), "flashing"),
        (RACK, SetGain(1, -12), ("/audio/out1/gain_db", 2), "-12 dB"),
        (RACK, Identify(1), ("/rx1/identify", True), "flashing"),
    ],
)
def test_each_family_gets_its_own_addresses_and_values(
    table: Table, command: Command, set_: tuple[str, Value], shown: str
) -> None:
    async def run() -> None:
        device = SscPeer(table)
        assert (await clocked(device).execute_once(command)).value == shown
        assert device.sets[0] == set_

    run_in_virtual_time(run)


@pytest.mark.parametrize(
    ("family", "lowest_khz", "highest_khz"), [(EWDX, 470_200, 1_999_000), (DIGITAL_6000, 470_100, 713_900)]
)
def test_each_family_has_its_tuning_range(family: Family, lowest_khz: int, highest_khz: int) -> None:
    layout = DeviceLayout(family, 2, family.groups_for(2))
    for khz in (lowest_khz, highest_khz):
        assert prepare_command(SetFrequency(2, khz), layout).value == khz
    for khz in (lowest_khz - 25, highest_khz + 25):
        with pytest.raises(DeviceError) as caught:
            prepare_command(SetFrequency(2, khz), layout)
        assert caught.value.code is ErrorCode.INVALID_VALUE


@pytest.mark.parametrize(
    ("table", "command"),
    [
        (RACK, SetMute(1, muted=True)),
        (CHARGER, SetGain(1, 0)),
        (L_6000, Identify()),
        (RACK, SetDeviceName("A")),
    ],
)
async def test_what_a_family_cannot_do_is_an_error(table: Table, command: Command) -> None:
    _, driver = session(table)
    with pytest.raises(DeviceError) as caught:
        await driver.execute_once(command)
    assert caught.value.code is ErrorCode.COMMAND_NOT_SUPPORTED


def test_bays_report_packs_that_come_and_go() -> None:
    async def run() -> None:
        device = SscPeer(
            Table({**IDENTITY, "/bays/device_type": ["EW-DX SK", "NONE"], "/bays/bat_gauge": [63, None]})
        )
        report = ReportCollector()
        async with anyio.create_task_group() as group:
            group.start_soon(clocked(device).run, report)
            await anyio.sleep(2)
            assert report.bays == [BayState.CHARGING, BayState.EMPTY]
            device.say(said(bays__bat_gauge=[100, None]))
            device.say(said(bays__device_type=["EW-DX SK", "NONE", "BA70"]))
            await anyio.sleep(1)
            group.cancel_scope.cancel()
        assert report.bays[2:] == [BayState.READY, BayState.UNKNOWN]
        assert [each.bay_count for each in report.devices] == [2, 3]
        assert report.devices[0].kind is DeviceKind.CHARGER

    run_in_virtual_time(run)


async def test_a_probe_asks_little_and_reports_the_model() -> None:
    device = SscPeer(em_2())
    found = await probe_over(device.dial, "10.0.0.1", 45, 1.0)
    assert found is not None
    assert (found.manufacturer, found.driver, found.model, found.own_name) == (
        "sennheiser", SSC, "EWDX2CH", "EWDX_A",
    )  # fmt: skip
    assert (found.kind, found.fault, found.port) == (DeviceKind.RECEIVER, None, 45)
    assert not any(message.subscriptions for message in device.requests)
    assert device.sets == []
    assert len(device.requests) <= 4


@pytest.mark.parametrize(
    ("table", "text"),
    [
        (Table({}, dict.fromkeys(IDENTITY, 401)), "third parties"),
        (Table({**IDENTITY, "/device/identity/product": "TCC2"}), "It is a TCC2"),
    ],
)
async def test_a_probe_names_what_is_in_the_way(table: Table, text: str) -> None:
    found = await probe_over(SscPeer(table).dial, "10.0.0.1", 45, 1.0)
    assert found is not None
    assert found.fault is not None
    assert text in found.fault.message
    assert found.fault.hint


def test_a_probe_of_a_silent_address_finds_nothing_and_soon_ends() -> None:
    async def run() -> None:
        begun = anyio.current_time()
        assert await probe_over(SscPeer(lambda _: ()).dial, "10.0.0.1", 45, 1.0) is None
        assert anyio.current_time() - begun <= 3.0
        device = SscPeer(lambda _: refused(device))
        assert await probe_over(device.dial, "10.0.0.1", 45, 1.0) is None

    run_in_virtual_time(run)


def test_the_driver_has_a_name_a_port_and_no_secret() -> None:
    assert (SPEC.name, SPEC.default_port, SPEC.secret) == ("sennheiser-ssc", 45, None)
    assert SPEC.open("10.0.0.1", 45, SessionOptions()) is not None


def test_levels_that_fail_to_come_stay_due_and_are_not_reported_again_as_new() -> None:
    """A device that forgot us and confirms nothing any more must not look alive: its levels have to age."""

    async def minutes() -> None:
        table, is_deaf = em_2(), False

        def answer(message: Message) -> Iterable[Message]:
            return () if is_deaf and message.subscriptions else table(message)

        device, report = SscPeer(answer), ReportCollector()
        async with anyio.create_task_group() as group:
            group.start_soon(clocked(device).run, report)
            await stream(device, 5)
            is_deaf = True
            await anyio.sleep(2)
            told = len(report.meters())
            await anyio.sleep(30)
            assert report.facts().meter_interval_s == 0.1
            assert len(report.meters()) == told
            group.cancel_scope.cancel()

    run_in_virtual_time(minutes)


def test_levels_that_cannot_be_subscribed_are_due_as_often_as_they_are_asked_for() -> None:
    async def minutes() -> None:
        table = em_2()
        table.unsubscribable = {each for each in table.values if each.startswith("/m/")}
        device, report = SscPeer(table), ReportCollector()
        async with anyio.create_task_group() as group:
            group.start_soon(clocked(device).run, report)
            await anyio.sleep(5)
            device.requests.clear()
            await anyio.sleep(60)
            assert report.facts().meter_interval_s == 5.0
            assert len(report.meters()) >= 12
            assert wished(device).count("/rx1/name") == 2, "nothing else is asked for more often"
            group.cancel_scope.cancel()

    run_in_virtual_time(minutes)
