"""The subscriptions of a session: when they are renewed, refused, missed and cancelled."""

from collections.abc import Iterable

import anyio
import pytest

from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.protocols.ssc.messages import SUBSCRIBE, Fault, Message
from tests.fakes.datagrams import Answer, SscPeer
from tests.fakes.driver_runs import ReportCollector, run_until_error
from tests.fakes.links import until
from tests.fakes.virtual_time import loop_time
from tests.manufacturers.sennheiser.ssc.ssc_devices import (
    GAUGE,
    M1,
    battery_percent,
    clocked,
    em_2,
    said,
    scripted_session,
)

pytestmark = pytest.mark.virtual_time


def requested_subscriptions(device: SscPeer) -> list[str]:
    """The first address of every subscription that was asked for."""
    return [wish.addresses[0] for message in device.requests for wish in message.subscriptions]


async def stream(device: SscPeer, seconds: int) -> None:
    """Let the device meter ten times a second."""
    for _ in range(seconds * 10):
        await anyio.sleep(0.1)
        device.say(said(m__rx1__rssi=-60.0))


async def test_subscriptions_are_renewed_at_half_their_life() -> None:
    device = SscPeer(em_2())
    async with anyio.create_task_group() as group:
        group.start_soon(clocked(device).run, ReportCollector())
        await stream(device, 10)
        device.requests.clear()
        await stream(device, 60)
        assert requested_subscriptions(device).count("/rx1/name") == 2
        # Ten notifications a second use up half of a thousand in 50 seconds; half a minute is less.
        assert requested_subscriptions(device).count("/m/rx1/rssi") == 2
        group.cancel_scope.cancel()


async def test_readings_that_stop_are_subscribed_again_with_all_the_rest_and_then_less_often() -> None:
    device = SscPeer(em_2())
    async with anyio.create_task_group() as group:
        group.start_soon(clocked(device).run, ReportCollector())
        await stream(device, 10)
        device.requests.clear()
        await anyio.sleep(4)
        assert len(requested_subscriptions(device)) == len(set(requested_subscriptions(device))) == 6
        device.requests.clear()
        await anyio.sleep(20)
        assert requested_subscriptions(device).count("/m/rx1/rssi") in {2, 3}
        assert requested_subscriptions(device).count("/rx1/name") <= 1
        group.cancel_scope.cancel()


async def test_terms_that_the_device_adapts_are_kept_to() -> None:
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
        assert requested_subscriptions(device) == ["/m/rx1/rssi"], "half of fifty notifications are used up"
        await anyio.sleep(10)
        assert "/rx1/name" in requested_subscriptions(device)
        group.cancel_scope.cancel()


async def test_what_cannot_be_subscribed_is_asked_for_and_310_is_answered_at_once() -> None:
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
        assert [address for address in requested_subscriptions(device) if not address.startswith("/m/")] == [
            "/rx2/name"
        ]
        group.cancel_scope.cancel()


async def test_what_a_linked_transmitter_cannot_tell_yet_is_asked_for_again() -> None:
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


def refuse_by_address(message: Message) -> Iterable[Message]:
    if not message.subscriptions:
        yield from em_2()(message)
    for wish in message.subscriptions:
        yield Message({}, dict.fromkeys(wish.addresses, Fault(406)))


def refuse_by_method(message: Message) -> Iterable[Message]:
    if not message.subscriptions:
        yield from em_2()(message)
    else:
        yield Message({}, {SUBSCRIBE: Fault(406)})


@pytest.mark.parametrize("answer", [refuse_by_address, refuse_by_method])
async def test_a_device_that_serves_no_more_clients_is_reported_as_refusing(answer: Answer) -> None:
    error = await run_until_error(clocked(SscPeer(answer)))
    assert error.code is ErrorCode.DEVICE_REFUSED
    assert "Close other programs" in error.info.hint


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

    device, driver = scripted_session(answer)
    report = ReportCollector()
    async with anyio.create_task_group() as group:
        group.start_soon(driver.run, report)
        await until(lambda: bool(report.meters()) and bool(report.devices))
        await until(lambda: len(device.subscribed) > len(M1))
        group.cancel_scope.cancel()
    assert cancelled.count(cancelled[0]) == 2
    assert {cancelled.count(address) for address in cancelled[1:-1]} == {1}


async def test_a_goodbye_that_is_never_confirmed_is_soon_given_up() -> None:
    table = em_2()

    def answer(message: Message) -> Iterable[Message]:
        return () if any(wish.terms.cancel for wish in message.subscriptions) else table(message)

    device, driver = scripted_session(answer)
    report = ReportCollector()
    async with anyio.create_task_group() as group:
        group.start_soon(driver.run, report)
        await until(lambda: len(device.subscribed) > len(M1))
        begun = loop_time()
        group.cancel_scope.cancel()
    assert loop_time() - begun < 2.0
    assert device.subscribed == set()


async def test_levels_that_fail_to_come_stay_due_and_are_not_reported_again_as_new() -> None:
    """A device that forgot us and confirms nothing any more must not look alive: its levels have to age."""
    table, is_deaf = em_2(), False

    def answer(message: Message) -> Iterable[Message]:
        return () if is_deaf and message.subscriptions else table(message)

    device, report = SscPeer(answer), ReportCollector()
    async with anyio.create_task_group() as group:
        group.start_soon(clocked(device).run, report)
        await stream(device, 5)
        is_deaf = True
        await anyio.sleep(2)
        seen = len(report.meters())
        await anyio.sleep(30)
        assert report.facts().meter_interval_s == 0.1
        assert len(report.meters()) == seen
        group.cancel_scope.cancel()


async def test_levels_that_cannot_be_subscribed_are_due_as_often_as_they_are_asked_for() -> None:
    table = em_2()
    table.unsubscribable = {address for address in table.values if address.startswith("/m/")}
    device, report = SscPeer(table), ReportCollector()
    async with anyio.create_task_group() as group:
        group.start_soon(clocked(device).run, report)
        await anyio.sleep(5)
        device.requests.clear()
        await anyio.sleep(60)
        assert report.facts().meter_interval_s == 5.0
        assert len(report.meters()) >= 12
        assert requested_subscriptions(device).count("/rx1/name") == 2, "nothing else is asked for more often"
        group.cancel_scope.cancel()


@pytest.mark.no_cover
async def test_a_device_that_leaves_renewals_unanswered_is_asked_gently() -> None:
    table = em_2()
    seen: set[str] = set()

    def answer(message: Message) -> Iterable[Message]:
        if not message.subscriptions:
            return table(message)
        addresses = {address for wish in message.subscriptions for address in wish.addresses}
        is_renewal = addresses <= seen
        seen.update(addresses)
        return () if is_renewal else table(message)

    device = SscPeer(answer)
    async with anyio.create_task_group() as group:
        group.start_soon(clocked(device).run, ReportCollector())
        await stream(device, 120)
        device.requests.clear()
        await stream(device, 60)
        assert len(device.requests) <= 30
        assert requested_subscriptions(device).count("/rx1/name") == 2
        group.cancel_scope.cancel()


async def test_a_device_that_ends_every_subscription_at_once_is_asked_every_five_seconds() -> None:
    device = SscPeer(em_2())
    async with anyio.create_task_group() as group:
        group.start_soon(clocked(device).run, ReportCollector())
        await stream(device, 5)
        device.requests.clear()
        for _ in range(60):
            device.say(b'{"osc":{"error":[{"rx2":{"name":[310,{"desc":"subscription terminates"}]}}]}}')
            await stream(device, 1)
        assert requested_subscriptions(device).count("/rx2/name") in range(10, 16)
        group.cancel_scope.cancel()


async def test_all_that_cannot_be_subscribed_is_asked_for_in_one_datagram() -> None:
    table = em_2()
    table.unsubscribable = {"/rx1/gain", "/device/location", "/rx2/gain"}
    device = SscPeer(table)
    async with anyio.create_task_group() as group:
        group.start_soon(clocked(device).run, ReportCollector())
        await stream(device, 3)
        device.requests.clear()
        await stream(device, 10)
        polls = [set(message.values) for message in device.requests if "/rx1/gain" in message.values]
        assert polls == [table.unsubscribable] * 2
        group.cancel_scope.cancel()
