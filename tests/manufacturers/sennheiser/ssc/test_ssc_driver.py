"""The driver against devices by table: what it asks, subscribes, reports, sets, and how it ends."""

from collections.abc import Iterable, Mapping
from contextlib import suppress

import anyio
import pytest

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import SessionOptions
from micboard_tui.domain.bay import BayState
from micboard_tui.domain.channel import Meters
from micboard_tui.domain.device import DeviceKind
from micboard_tui.domain.observation import DeviceHeard, FactsHeard, MetersHeard
from micboard_tui.manufacturers.sennheiser.driver_names import SSC
from micboard_tui.manufacturers.sennheiser.ssc import SPEC
from micboard_tui.manufacturers.sennheiser.ssc.probe import probe_over
from micboard_tui.manufacturers.sennheiser.transmitter_presence import LOST_S
from micboard_tui.protocols.ssc.messages import PING, Code, Fault, Message, Value
from tests.fakes.datagrams import Answer, SscPeer, Table
from tests.fakes.driver_runs import ReportCollector, run_until_error, running
from tests.fakes.links import until
from tests.fakes.virtual_time import loop_time
from tests.manufacturers.sennheiser.ssc.ssc_devices import (
    DEVICE,
    GAUGE,
    IDENTITY,
    M1,
    battery_percent,
    clocked,
    em_2,
    said,
    scripted_session,
)

pytestmark = pytest.mark.virtual_time


async def test_a_look_reports_the_device_then_facts_then_meters_and_subscribes_nothing() -> None:
    device, driver = scripted_session(em_2())
    report = ReportCollector()
    await driver.read_once(report)

    assert report.kinds == [DeviceHeard, FactsHeard, FactsHeard, MetersHeard, MetersHeard]
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

    device, driver = scripted_session(answer)
    report = ReportCollector()
    await driver.read_once(report)
    assert report.meters()[-1].rf_dbm == -62.5
    assert device.subscribed == set()
    assert {wish.terms.cancel for request in device.requests for wish in request.subscriptions} == {
        False,
        True,
    }


async def test_without_metering_no_meter_is_asked_for() -> None:
    device, driver = scripted_session(em_2(), SessionOptions(meter_interval_s=0))
    await driver.read_once(ReportCollector())
    report = ReportCollector()
    async with anyio.create_task_group() as group:
        group.start_soon(driver.run, report)
        await until(lambda: "/mates/tx2/warnings" in device.subscribed)
        group.cancel_scope.cancel()
    assert not report.meters()
    assert report.facts().meter_interval_s == 0
    asked = {address for message in device.requests for address in message.values}
    assert not any(address.startswith("/m/") for address in asked | device.subscribed)


async def test_a_session_subscribes_in_groups_and_cancels_all_of_it_when_it_ends() -> None:
    device, driver = scripted_session(em_2())
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
    assert [len(branch & {"/rx1", "/rx2"}) for branch in branches] == [0, 1, 1, 0, 0, 0]
    meters = next(wish for wish in wishes if "/m/rx1/af" in wish.addresses)
    assert (meters.terms.min_ms, meters.terms.max_ms) == (100, 100)
    assert device.subscribed == set()
    assert not device.is_open
    assert device.connections == 1


async def test_news_change_only_what_they_name() -> None:
    device, driver = scripted_session(em_2())
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


async def test_a_link_that_breaks_off_is_lost_first_and_off_later_and_takes_the_battery_with_it() -> None:
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


def refused(device: SscPeer) -> Iterable[Message]:
    device.hang_up()
    return ()


async def test_a_silent_device_is_reported_with_its_cure() -> None:
    device = SscPeer(lambda _: ())
    error = await run_until_error(clocked(device))
    assert error.code is ErrorCode.DEVICE_SILENT
    for text in ("third-party access", "SSCv1 (Legacy)", "sennheiser-sscv2", "port"):
        assert text in error.info.hint


async def test_a_closed_port_may_be_an_ewdx_that_admits_no_third_party() -> None:
    device = SscPeer(lambda _: refused(device))
    error = await run_until_error(clocked(device))
    assert error.code is ErrorCode.DEVICE_UNREACHABLE
    assert "sennheiser-sscv2" in error.info.hint


@pytest.mark.parametrize("hangs_up", [True, False])
async def test_a_look_at_an_address_that_nothing_answers_from_reports_nothing(hangs_up: bool) -> None:
    """A report without a value would make the device look online."""
    device = SscPeer(lambda _: refused(device) if hangs_up else ())
    report = ReportCollector()
    with anyio.move_on_after(1.0 if not hangs_up else 10.0), suppress(DeviceError):
        await clocked(device).read_once(report)
    assert report.all == []


async def test_a_device_that_falls_silent_is_asked_first_and_given_up_then() -> None:
    table = em_2()
    gone = False
    device = SscPeer(lambda message: () if gone else table(message))
    driver = clocked(device, SessionOptions(meter_interval_s=0))
    async with running(driver, ReportCollector()) as errors:
        await anyio.sleep(40)
        assert not errors, "pings keep a quiet device alive"
        gone = True
        device.requests.clear()
        await until(lambda: bool(errors))
    (error,) = errors
    assert error.code is ErrorCode.DEVICE_SILENT
    assert "sscv2" not in error.info.hint
    assert sum(PING in message.values for message in device.requests) == 2, "two missing answers are enough"
    again = await run_until_error(driver)
    assert (again.code, "power" in again.info.hint) == (ErrorCode.DEVICE_SILENT, True)


async def test_a_metering_device_that_falls_silent_gets_its_subscriptions_and_our_goodbye_once() -> None:
    table = em_2()
    gone = False
    device = SscPeer(lambda message: () if gone else table(message))
    async with running(clocked(device), ReportCollector()) as errors:
        for _ in range(50):
            await anyio.sleep(0.1)
            device.say(said(m__rx1__rssi=-60.0))
        gone = True
        device.requests.clear()
        await until(lambda: bool(errors))
    wishes = [wish for message in device.requests for wish in message.subscriptions]
    requested = [wish.addresses for wish in wishes if not wish.terms.cancel]
    cancelled = [wish.addresses for wish in wishes if wish.terms.cancel]
    assert len(requested) == len(set(requested)) == 6
    assert len(cancelled) == len(set(cancelled)) == 6


async def test_a_device_that_restarts_ends_the_session() -> None:
    device, driver = scripted_session(em_2())
    async with running(driver, ReportCollector()) as errors:
        await until(lambda: "/m/rx2/af" in device.subscribed)
        device.say(b'{"osc":{"state":{"close":true}}}')
        await until(lambda: bool(errors))
    assert [error.code for error in errors] == [ErrorCode.DEVICE_UNREACHABLE]
    assert "restart" in str(errors[0])


async def test_the_round_trip_is_measured_now_and_then() -> None:
    report = ReportCollector()
    with anyio.move_on_after(32):
        await clocked(SscPeer(em_2())).run(report)
    assert report.round_trips_s


@pytest.mark.parametrize(
    ("values", "refused", "code", "text"),
    [
        ({}, dict.fromkeys(IDENTITY, 403), ErrorCode.DEVICE_REFUSED, "third-party access"),
        (IDENTITY, {}, ErrorCode.API_ERROR, "an EWDX2CH, and has no channel"),
        ({**IDENTITY, "/device/identity/product": "TCC2"}, {}, ErrorCode.API_ERROR, "It is a TCC2, which"),
        ({}, {}, ErrorCode.API_ERROR, "device without a model"),
        ({**IDENTITY, "/bays/device_type": []}, {}, ErrorCode.API_ERROR, "no channel and no bay"),
        ({**IDENTITY, "/bays/device_type": ["NONE"] * 65}, {}, None, ""),
    ],
)
async def test_devices_that_cannot_be_watched_say_why(
    values: Mapping[str, Value], refused: Mapping[str, int], code: ErrorCode | None, text: str
) -> None:
    _, driver = scripted_session(Table(values, refused))
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
async def test_channels_are_counted_by_asking(channels: int) -> None:
    tuned = {f"/rx{n}/frequency": 500_000 + n * 600 for n in range(1, channels + 1)}
    report = ReportCollector()
    await clocked(SscPeer(Table({**IDENTITY, **DEVICE, **tuned}))).read_once(report)
    assert report.devices[-1].channel_count == channels
    assert report.facts(channels).frequency_khz == 500_000 + channels * 600
    assert report.facts(channels).transmitter_present is None


async def test_a_device_that_answers_little_at_a_time_is_read_all_the_same() -> None:
    table = em_2()

    def answer(message: Message) -> Iterable[Message]:
        if len(message.values) > 2:
            return [Message({}, {"": Fault(450, "answer too long")})]
        return table(message)

    report = ReportCollector()
    await clocked(SscPeer(answer)).read_once(report)
    assert report.facts().name == "LEAD"


async def test_bays_report_packs_that_come_and_go() -> None:
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
    assert [device.bay_count for device in report.devices] == [2, 3]
    assert report.devices[0].kind is DeviceKind.CHARGER


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
        (Table({}, dict.fromkeys(IDENTITY, 401)), "third-party access"),
        (Table({**IDENTITY, "/device/identity/product": "TCC2"}), "It is a TCC2"),
    ],
)
async def test_a_probe_names_what_is_in_the_way(table: Table, text: str) -> None:
    found = await probe_over(SscPeer(table).dial, "10.0.0.1", 45, 1.0)
    assert found is not None
    assert found.fault is not None
    assert text in found.fault.message
    assert found.fault.hint


async def test_a_probe_of_a_silent_address_finds_nothing_and_soon_ends() -> None:
    begun = loop_time()
    assert await probe_over(SscPeer(lambda _: ()).dial, "10.0.0.1", 45, 1.0) is None
    assert loop_time() - begun <= 3.0
    device = SscPeer(lambda _: refused(device))
    assert await probe_over(device.dial, "10.0.0.1", 45, 1.0) is None


def test_the_driver_has_a_name_a_port_and_no_secret() -> None:
    assert (SPEC.name, SPEC.default_port, SPEC.secret) == ("sennheiser-ssc", 45, None)
    assert SPEC.open("10.0.0.1", 45, SessionOptions()) is not None


def leave_unanswered(table: Table, *prefixes: str, unknown: bool = False) -> Answer:
    """``table`` without any answer at addresses that begin so, and at ``unknown`` ones."""

    def answer(message: Message) -> Iterable[Message]:
        for reply in table(message):
            values = {name: value for name, value in reply.values.items() if not name.startswith(prefixes)}
            errors = {
                name: error
                for name, error in reply.errors.items()
                if not name.startswith(prefixes) and not (unknown and error.code == Code.NOT_FOUND)
            }
            yield reply._replace(values=values, errors=errors)

    return answer


async def test_a_device_that_leaves_addresses_unanswered_is_read_once_in_a_few_datagrams() -> None:
    device = SscPeer(leave_unanswered(em_2(), "/device/identity/serial", "/rx1/gain", unknown=True))
    report = ReportCollector()
    begun = loop_time()
    await clocked(device).read_once(report)
    assert (report.facts().name, report.facts().gain_db, battery_percent(report)) == ("LEAD", None, 84)
    assert report.meters(1)[-1].rf_dbm == -62.5
    assert report.devices[-1].channel_count == 2
    assert loop_time() - begun < 8.0
    assert len(device.requests) < 45


async def test_a_device_that_says_what_it_is_and_nothing_else_is_not_called_unsupported() -> None:
    device = SscPeer(leave_unanswered(em_2(), "/rx", "/m", "/slot", "/bays", unknown=True))
    with pytest.raises(DeviceError, match="It is an EWDX2CH, and answers nothing else") as caught:
        await clocked(device).read_once(ReportCollector())
    assert caught.value.code is ErrorCode.DEVICE_SILENT
    assert "SSCv1 (Legacy)" in caught.value.info.hint
    assert "supported" not in caught.value.info.hint


async def test_a_refused_model_is_asked_little() -> None:
    product = {**IDENTITY, "/device/identity/product": "TCC2"}
    device = SscPeer(leave_unanswered(Table(product), unknown=True))
    with pytest.raises(DeviceError, match="It is a TCC2"):
        await clocked(device).read_once(ReportCollector())
    assert len(device.requests) <= 5


async def test_a_device_that_never_answers_is_asked_four_times() -> None:
    device = SscPeer(lambda _: ())
    with pytest.raises(DeviceError):
        await clocked(device).read_once(ReportCollector())
    assert len(device.requests) == 4


async def test_what_only_subscribers_are_told_is_read_once_all_the_same() -> None:
    table = em_2()

    def answer(message: Message) -> Iterable[Message]:
        hidden = {"/rx1/name", GAUGE}
        if not message.subscriptions:
            for reply in table(message):
                yield reply._replace(
                    values={name: value for name, value in reply.values.items() if name not in hidden}
                )
        else:
            yield from table(message)

    device = SscPeer(answer)
    report = ReportCollector()
    await clocked(device).read_once(report)
    assert (report.facts().name, battery_percent(report)) == ("LEAD", 84)
    assert device.subscribed == set()


async def test_what_was_heard_until_time_ran_out_is_kept() -> None:
    table = em_2()

    def answer(message: Message) -> Iterable[Message]:
        asks_all = "/rx1/gain" in message.values
        return () if asks_all and len(message.values) < 9 else leave_unanswered(table, "/m/")(message)

    report = ReportCollector()
    with anyio.move_on_after(0.7) as scope:
        await clocked(SscPeer(answer)).read_once(report)
    assert scope.cancelled_caught
    assert (report.facts().name, report.facts().frequency_khz) == ("LEAD", 552_300)
