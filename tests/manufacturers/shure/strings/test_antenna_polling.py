"""The antennas of an SLX-D+, which are asked for apart from its samples."""

from collections.abc import Iterable

import anyio
import pytest

from micboard_tui.protocols.shure_strings.messages import Get, Message, Set
from tests.fakes.driver_runs import ReportCollector, running
from tests.fakes.links import frames, until
from tests.manufacturers.receivers import ulxd4d
from tests.manufacturers.shure.strings.test_strings_driver import session

pytestmark = pytest.mark.virtual_time

LISTED = ("CHAN_NAME {Vox}", "AUDIO_GAIN 030", "FREQUENCY 0578350", "TX_MODEL SLXD2", "METER_RATE 00000")
ASKED = (1, "ANTENNA_STATUS")


class Plus:
    """An SLXD4+; ``letters`` is its answer, empty for none."""

    def __init__(self, letters: str) -> None:
        self.letters = letters

    def __call__(self, message: Message) -> Iterable[bytes]:
        match message:
            case Get(None, "MODEL"):
                return frames("REP MODEL {SLXD4+}")
            case Get(None, "DEVICE_ID"):
                return frames("REP DEVICE_ID {Plus}")
            case Get(1, "ALL"):
                return frames(*(f"REP 1 {text}" for text in LISTED))
            case Get(1, "ANTENNA_STATUS") if self.letters:
                return frames(f"REP 1 ANTENNA_STATUS {self.letters}", "SAMPLE 1 ALL 102 098 083")
            case Set(1, "METER_RATE", (rate,)):
                return frames(f"REP 1 METER_RATE {rate}", "SAMPLE 1 ALL 102 098 083")
            case _:
                return []


async def test_antennas_are_asked_every_three_seconds_and_shown_with_the_next_sample() -> None:
    device = Plus("XB")
    peer, driver = session(device, silence_limit_s=1000.0)
    report = ReportCollector()
    async with running(driver, report):
        await until(lambda: bool(report.meters(1)))
        assert report.meters(1)[-1].antenna is None
        await anyio.sleep(16.0)
        assert peer.gets.count(ASKED) in {4, 5}, "it is looked at once a second"
        assert report.meters(1)[-1].antenna == "B"
        device.letters = ""
        await anyio.sleep(20.0)
        peer.say(b"< SAMPLE 1 ALL 102 098 083 >")
        await until(lambda: report.meters(1)[-1].antenna is None)


async def test_a_receiver_that_never_tells_its_antennas_is_left_alone() -> None:
    peer, driver = session(Plus(""), silence_limit_s=1000.0)
    async with running(driver, ReportCollector()):
        await anyio.sleep(60.0)
    assert peer.gets.count(ASKED) == 3


async def test_a_receiver_without_that_property_is_not_asked() -> None:
    peer, driver = session(ulxd4d, silence_limit_s=1000.0)
    async with running(driver, ReportCollector()):
        await anyio.sleep(10.0)
    assert ASKED not in peer.gets
