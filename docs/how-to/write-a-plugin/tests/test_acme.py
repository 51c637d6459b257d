"""The codec by value, the mapping on its lines, and the driver against the simulated receiver."""

import asyncio
from collections.abc import AsyncGenerator, Sequence

import pytest
import pytest_asyncio

from acme_micboard import MANUFACTURER, open_driver
from acme_micboard.driver import DRIVER
from acme_micboard.mapping import observation_of
from acme_micboard.pretend import SimulatedReceiver
from acme_micboard.probe import probe
from acme_micboard.wire import MAX_LINE, Decoder, encode
from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import SessionOptions
from micboard_tui.domain.channel import Meters
from micboard_tui.domain.command import Identify, SetChannelName
from micboard_tui.domain.observation import Alive, DeviceHeard, FactsHeard, MetersHeard, Observation

OPTIONS = SessionOptions(meter_interval_s=0.05, connect_timeout_s=1.0, silence_limit_s=1.0)
HOST = "127.0.0.1"


class Stand:
    """The simulated receiver on a port of its own."""

    def __init__(self, device: SimulatedReceiver, port: int) -> None:
        self.device, self.port = device, port


@pytest_asyncio.fixture
async def stand() -> AsyncGenerator[Stand]:
    device = SimulatedReceiver()
    async with await asyncio.start_server(device.serve, HOST, 0) as server:
        yield Stand(device, server.sockets[0].getsockname()[1])


async def until(reported: Sequence[object], count: int) -> None:
    async with asyncio.timeout(5):
        while len(reported) < count:
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("size", [1, 3, 100])
def test_lines_survive_any_chunking(size: int) -> None:
    stream = encode("SHOW", 1) + encode("LEVEL", 1, -52, "--")
    decoder = Decoder()
    chunks = [stream[at : at + size] for at in range(0, len(stream), size)]
    assert [line for chunk in chunks for line in decoder.feed(chunk)] == [
        ["SHOW", "1"],
        ["LEVEL", "1", "-52", "--"],
    ]


def test_endless_lines_do_not_grow() -> None:
    decoder = Decoder()
    for _ in range(100):
        decoder.feed(b"x" * 1000)
    assert len(decoder.feed(b"\n")[0][0]) == MAX_LINE


def test_what_is_not_known_is_none() -> None:
    facts = observation_of("CHANNEL 2 606200 OFF -- Spare".split(), 0.1)
    assert isinstance(facts, FactsHeard)
    assert (facts.facts.transmitter_present, facts.facts.transmitter) == (False, None)
    assert observation_of("LEVEL 2 -- --".split(), 0.1) == MetersHeard(2, Meters(carrier=False))
    for line in ("LEVEL 9 -52 -20", "LEVEL", "CHANNEL x", "IS", "WHAT IS THIS"):
        assert observation_of(line.split(), 0.1) is None


async def test_a_session_reports_and_says_goodbye(stand: Stand) -> None:
    driver = open_driver(HOST, stand.port, OPTIONS)
    reported: list[Observation] = []
    session = asyncio.create_task(driver.run(reported.extend))
    await until(reported, 9)
    assert isinstance(reported[0], DeviceHeard)
    assert (reported[0].model, reported[0].own_name, reported[0].channel_count) == ("TL2", "Acme Rack", 2)
    assert MetersHeard(1, Meters(-52, audio_dbfs=-20, carrier=True)) in reported
    done = await driver.execute(SetChannelName(1, "A much too long name"))
    assert (done.value, done.adapted) == ("A much too l", True)
    session.cancel()
    await asyncio.wait([session])
    await asyncio.sleep(0.05)
    assert stand.device.interval_s == 0


async def test_reading_once_is_everything_and_one_set_of_meters(stand: Stand) -> None:
    reported: list[Observation] = []
    await open_driver(HOST, stand.port, OPTIONS).read_once(reported.extend)
    news = [observation for observation in reported if not isinstance(observation, Alive)]
    assert [type(observation) for observation in news[:3]] == [DeviceHeard, FactsHeard, FactsHeard]
    assert {observation.number for observation in news if isinstance(observation, MetersHeard)} == {1, 2}


async def test_what_it_cannot_do_is_refused(stand: Stand) -> None:
    driver = open_driver(HOST, stand.port, OPTIONS)
    for command, code in (
        (Identify(), ErrorCode.COMMAND_NOT_SUPPORTED),
        (SetChannelName(3, "x"), ErrorCode.DEVICE_REFUSED),
    ):
        with pytest.raises(DeviceError) as caught:
            await driver.execute_once(command)
        assert (caught.value.code, bool(caught.value.info.hint)) == (code, True)
    with pytest.raises(DeviceError, match="not connected"):
        await driver.execute(Identify())


async def test_it_is_found_by_asking(stand: Stand) -> None:
    found = await probe(HOST, stand.port, 1.0)
    assert found is not None
    assert (found.model, found.own_name, found.driver) == ("TL2", "Acme Rack", DRIVER)
    assert await probe("127.0.0.250", 1, 0.2) is None


def test_the_names_agree() -> None:
    assert all(name == spec.name for name, spec in MANUFACTURER.drivers.items())
