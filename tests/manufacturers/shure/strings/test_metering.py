"""Meters that several controllers share: whose rate it is, and what is left behind."""

from collections.abc import Callable, Iterable
from itertools import pairwise

import anyio
import pytest

from micboard_tui.domain.changed_rate import ChangedRate
from micboard_tui.domain.command import SetGain
from micboard_tui.domain.observation import FactsHeard
from micboard_tui.protocols.shure_strings.messages import Get, Message, Set
from tests.fakes.driver_runs import ReportCollector, running
from tests.fakes.links import StringsPeer, frames, until
from tests.fakes.meter_rates import InMemoryMeterRates
from tests.fakes.virtual_time import loop_time
from tests.manufacturers.receivers import ULXD4D_DEVICE, ULXD4D_OFF, ULXD4D_ON, nobody
from tests.manufacturers.shure.strings.test_strings_driver import session

pytestmark = pytest.mark.virtual_time


class Metered:
    """A ULXD4D whose channels have rates that were set before we came."""

    def __init__(
        self, *rates: str, refuses: Callable[[Message], bool] = lambda _: False, says_err: bool = True
    ) -> None:
        self.rates = dict(enumerate(rates, start=1))
        self._refuses = refuses
        self._says_err = says_err

    def __call__(self, message: Message) -> Iterable[bytes]:
        if self._refuses(message):
            return frames("REP ERR") if self._says_err else []
        match message:
            case Get(None, "MODEL"):
                return frames(ULXD4D_DEVICE[0])
            case Get(None, "DEVICE_ID"):
                return frames(ULXD4D_DEVICE[1])
            case Get(0, "ALL"):
                listed = [
                    text for text in (*ULXD4D_ON, *ULXD4D_OFF) if "RATE" not in text and "LVL" not in text
                ]
                rates = (f"REP {number} METER_RATE {rate}" for number, rate in self.rates.items())
                return frames(*ULXD4D_DEVICE, *listed, *rates)
            case Set(0, "METER_RATE", (rate,)):
                return [frame for number in self.rates for frame in self._set(number, rate)]
            case Set(int() as number, "METER_RATE", (rate,)):
                return self._set(number, rate)
            case Set(1, "AUDIO_GAIN", (gain,)):
                return frames(f"REP 1 AUDIO_GAIN {gain}")
            case _:
                return []

    def _set(self, number: int, rate: str) -> Iterable[bytes]:
        self.rates[number] = rate
        sample = [] if rate == "00000" else [f"SAMPLE {number} ALL AX 076 030"]
        return frames(f"REP {number} METER_RATE {rate}", *sample)


def rate_sets(peer: StringsPeer) -> list[tuple[int | None, str]]:
    return [(channel, values[0]) for channel, _, values in peer.sets]


async def test_leaving_puts_back_the_rate_that_each_channel_had_before_ours() -> None:
    device = Metered("01000", "00000")
    peer, driver = session(device)
    report = ReportCollector()
    async with running(driver, report):
        await until(lambda: bool(report.meters(1)) and bool(report.meters(2)))
        assert device.rates == {1: "00100", 2: "00100"}
    assert device.rates == {1: "01000", 2: "00000"}
    assert rate_sets(peer) == [(0, "00100"), (1, "01000"), (2, "00000")]


async def test_leaving_puts_back_what_another_controller_asked_for_meanwhile() -> None:
    device = Metered("00000", "00000")
    peer, driver = session(device)
    async with running(driver, ReportCollector()):
        await until(lambda: device.rates[2] == "00100")
        peer.say(b"< REP 2 METER_RATE 05000 >")
        await until(lambda: rate_sets(peer)[-1] == (2, "00100"))
    assert device.rates == {1: "00000", 2: "05000"}


async def test_a_rate_like_ours_that_another_controller_set_is_left_as_it_is() -> None:
    device = Metered("00100", "00100")
    _, driver = session(device)
    async with running(driver, ReportCollector()) as ended:
        await until(lambda: not ended)
    assert device.rates == {1: "00100", 2: "00100"}


async def test_after_a_lost_connection_our_own_rate_is_not_taken_for_that_of_another_controller() -> None:
    device = Metered("01000", "00000")
    peer, driver = session(device)
    async with running(driver, ReportCollector()) as ended:
        await until(lambda: device.rates == {1: "00100", 2: "00100"})
        peer.answer = nobody
        peer.hang_up()
        await until(lambda: bool(ended))
    assert device.rates == {1: "00100", 2: "00100"}

    peer.answer = device
    report = ReportCollector()
    async with running(driver, report):
        await until(lambda: bool(report.meters(1)))
    assert device.rates == {1: "01000", 2: "00000"}


async def test_a_single_look_takes_the_next_sample_where_another_controller_meters() -> None:
    device = Metered("01000", "05000")
    peer, driver = session(device)
    report = ReportCollector()

    async def sample_later() -> None:
        await until(lambda: any(isinstance(observation, FactsHeard) for observation in report.all))
        peer.say(b"< SAMPLE 1 ALL AX 087 023 >")
        peer.say(b"< SAMPLE 2 ALL XB 077 013 >")

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(sample_later)
        await driver.read_once(report)
    assert (report.meters(1)[-1].rf_dbm, report.meters(2)[-1].rf_dbm) == (-41.0, -51.0)
    assert rate_sets(peer) == []


async def test_a_single_look_does_not_wait_for_a_sample_that_comes_once_a_minute() -> None:
    device = Metered("60000", "01000")
    peer, driver = session(device)
    report = ReportCollector()
    await driver.read_once(report)
    assert report.meters(1)[-1].rf_dbm == -52.0
    assert rate_sets(peer) == [(1, "00100"), (1, "60000")]
    assert device.rates == {1: "60000", 2: "01000"}


async def test_a_single_look_meters_only_the_channels_that_nobody_meters() -> None:
    device = Metered("01000", "00000")
    peer, driver = session(device)
    report = ReportCollector()
    await driver.read_once(report)
    assert report.meters(2)[-1].rf_dbm == -52.0
    assert rate_sets(peer) == [(2, "00100"), (2, "00000")]
    assert report.facts(1).meter_interval_s is None


@pytest.mark.parametrize("says_err", [True, False])
async def test_a_single_look_asks_channel_by_channel_where_index_0_does_not_take_a_rate(
    says_err: bool,
) -> None:
    device = Metered(
        "00000",
        "00000",
        refuses=lambda message: isinstance(message, Set) and message.channel == 0,
        says_err=says_err,
    )
    peer, driver = session(device)
    report = ReportCollector()
    await driver.read_once(report)
    assert [report.meters(number)[-1].rf_dbm for number in (1, 2)] == [-52.0, -52.0]
    assert rate_sets(peer) == [(0, "00100"), (1, "00100"), (2, "00100"), (1, "00000"), (2, "00000")]


@pytest.mark.no_cover
async def test_our_claim_backs_off_to_ten_seconds_and_no_more() -> None:
    claimed: list[float] = []

    def insisting(message: Message) -> Iterable[bytes]:
        if isinstance(message, Set) and message.property == "METER_RATE":
            claimed.append(loop_time())
            return frames("REP 1 METER_RATE 60000", "REP 2 METER_RATE 00100", "SAMPLE 2 ALL AX 076 030")
        return device(message)

    device = Metered("00100", "00100")
    _, driver = session(insisting, silence_limit_s=1000.0)
    report = ReportCollector()
    async with running(driver, report):
        await until(lambda: len(claimed) > 20)
        assert report.facts(1).meter_interval_s == 0.1
    pauses = [later - earlier for earlier, later in pairwise(claimed[:-2])]
    assert max(pauses) <= 11.0


async def test_facts_are_reported_whole_after_a_reconnection() -> None:
    device = Metered("00000", "00000")

    def interrupting(message: Message) -> Iterable[bytes]:
        """Reports a change unasked before it lists."""
        if message == Get(0, "ALL"):
            peer.say(b"< REP 1 BATT_RUN_TIME 00404 >")
        return device(message)

    peer, driver = session(interrupting)
    report = ReportCollector()
    await driver.read_once(report)
    facts = [observation.facts for observation in report.all if isinstance(observation, FactsHeard)]
    assert [each.name for each in facts[:2]] == ["Lead Vox", "Podium"]
    assert None not in {each.name for each in facts}


async def test_what_is_changed_is_kept_before_it_is_changed_and_forgotten_when_it_is_put_back() -> None:
    memory = InMemoryMeterRates()
    device = Metered("01000", "00000")
    kept_at_change: list[int] = []

    def answer(message: Message) -> Iterable[bytes]:
        if isinstance(message, Set):
            kept_at_change.append(len(memory.kept))
        return device(message)

    peer, driver = session(answer, meter_rates=memory)
    async with running(driver, ReportCollector()):
        await until(lambda: device.rates == {1: "00100", 2: "00100"})
        assert memory.kept == {1: ChangedRate(100, 1000), 2: ChangedRate(100, 0)}
        assert kept_at_change[0] == 2
        await anyio.sleep(10)
        assert memory.writes == 1
        peer.say(b"< REP 2 METER_RATE 05000 >")
        await until(lambda: memory.kept[2] == ChangedRate(100, 5000))
    assert device.rates == {1: "01000", 2: "05000"}
    assert memory.kept == {}


async def test_a_lost_connection_leaves_what_is_to_be_put_back_to_the_next_session() -> None:
    memory = InMemoryMeterRates()
    device = Metered("01000", "00000")
    peer, driver = session(device, meter_rates=memory)
    async with running(driver, ReportCollector()) as ended:
        await until(lambda: device.rates == {1: "00100", 2: "00100"})
        peer.hang_up()
        await until(lambda: bool(ended))
    assert (memory.kept, memory.left) == ({}, {1: ChangedRate(100, 1000), 2: ChangedRate(100, 0)})
    # The next one may have a driver of its own, as after a retry by hand.
    _, driver = session(device, meter_rates=memory)
    async with running(driver, report := ReportCollector()):
        await until(lambda: bool(report.meters(2)))
    assert device.rates == {1: "01000", 2: "00000"}
    assert (memory.kept, memory.left) == ({}, {})


async def test_what_is_sent_to_a_device_that_fell_silent_has_not_put_anything_back() -> None:
    memory = InMemoryMeterRates()
    device = Metered("01000", "00000")
    is_silent = False
    _, driver = session(lambda message: [] if is_silent else device(message), meter_rates=memory)
    async with running(driver, ReportCollector()):
        await until(lambda: device.rates == {1: "00100", 2: "00100"})
        is_silent = True
        await anyio.sleep(20)
    assert device.rates == {1: "00100", 2: "00100"}
    assert memory.left == {1: ChangedRate(100, 1000), 2: ChangedRate(100, 0)}


@pytest.mark.parametrize("interval_s", [None, 0.2])
async def test_rates_that_a_killed_program_of_ours_has_left_are_not_another_controllers(
    interval_s: float | None,
) -> None:
    memory = InMemoryMeterRates({1: ChangedRate(100, 1000), 2: ChangedRate(100, 0)})
    device = Metered("00100", "00100")
    ours = "00100" if interval_s is None else "00200"
    _, driver = session(device, interval_s, meter_rates=memory)
    async with running(driver, report := ReportCollector()):
        await until(lambda: bool(report.meters(1)) and device.rates == {1: ours, 2: ours})
        assert memory.kept == {1: ChangedRate(int(ours), 1000), 2: ChangedRate(int(ours), 0)}
    assert device.rates == {1: "01000", 2: "00000"}
    assert (memory.kept, memory.left) == ({}, {})


async def sample_all_the_time(peer: StringsPeer) -> None:
    while True:
        await anyio.sleep(0.01)
        if peer.is_open:
            peer.say(b"< SAMPLE 1 ALL AX 076 030 >< SAMPLE 2 ALL AX 076 030 >")


async def test_rates_that_were_left_are_put_back_though_their_meters_never_stopped() -> None:
    memory = InMemoryMeterRates({1: ChangedRate(100, 1000), 2: ChangedRate(100, 0)})
    memory.recall_s = 0.05
    device = Metered("00100", "00100")
    peer, driver = session(device, meter_rates=memory)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(sample_all_the_time, peer)
        async with running(driver, report := ReportCollector()):
            await until(lambda: bool(report.meters(2)))
            await anyio.sleep(1)
        tasks.cancel_scope.cancel()
    assert rate_sets(peer) == [(1, "01000"), (2, "00000")]
    assert device.rates == {1: "01000", 2: "00000"}


async def test_a_rate_is_put_back_after_a_lost_connection_though_meters_never_stopped() -> None:
    device, memory = Metered("00500", "00000"), InMemoryMeterRates()
    memory.recall_s = 0.05
    peer, driver = session(device, meter_rates=memory)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(sample_all_the_time, peer)
        async with running(driver, ReportCollector()) as ended:
            await until(lambda: device.rates == {1: "00100", 2: "00100"})
            peer.hang_up()
            await until(lambda: bool(ended))
        async with running(driver, report := ReportCollector()):
            await until(lambda: bool(report.meters(2)))
            await anyio.sleep(1)
        tasks.cancel_scope.cancel()
    assert device.rates == {1: "00500", 2: "00000"}


async def test_a_single_look_puts_back_what_a_killed_program_has_left() -> None:
    memory = InMemoryMeterRates({1: ChangedRate(100, 1000), 2: ChangedRate(100, 0)})
    device = Metered("00100", "00100")
    _, driver = session(device, meter_rates=memory)
    await driver.read_once(report := ReportCollector())
    assert report.meters(1)
    assert report.meters(2)
    assert device.rates == {1: "01000", 2: "00000"}
    assert memory.left == {}


async def test_without_meters_of_ours_they_are_put_in_order_at_once() -> None:
    memory = InMemoryMeterRates({1: ChangedRate(100, 1000), 2: ChangedRate(100, 0)})
    device = Metered("00100", "00100")
    peer, driver = session(device, 0, meter_rates=memory)
    async with running(driver, ReportCollector()):
        await until(lambda: device.rates == {1: "01000", 2: "00000"})
        await anyio.sleep(5)
    assert rate_sets(peer) == [(1, "01000"), (2, "00000")]
    assert memory.left == {}


async def test_a_device_that_was_changed_or_restarted_since_is_as_it_says() -> None:
    memory = InMemoryMeterRates({1: ChangedRate(100, 1000), 2: ChangedRate(100, 2000)})
    device = Metered("05000", "00000")
    _, driver = session(device, meter_rates=memory)
    async with running(driver, ReportCollector()):
        await until(lambda: device.rates == {1: "00100", 2: "00100"})
    assert device.rates == {1: "05000", 2: "00000"}


async def test_a_command_on_its_own_asks_the_memory_for_nothing() -> None:
    memory = InMemoryMeterRates({1: ChangedRate(100, 1000)})
    peer, driver = session(Metered("00100", "00100"), meter_rates=memory)
    with anyio.fail_after(60):
        await driver.execute_once(SetGain(1, 22))
    assert [name for _, name, _ in peer.sets] == ["AUDIO_GAIN"]
    assert memory.left == {1: ChangedRate(100, 1000)}
