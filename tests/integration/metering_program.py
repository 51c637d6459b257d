"""A program that meters one device until it is killed. Run by test_killed_metering."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from micboard_tui.config.changed_rates import ChangedRates
from micboard_tui.contracts.ports import Driver, SessionOptions
from micboard_tui.domain.observation import Observation
from micboard_tui.manufacturers.shure import MANUFACTURER


def metering_driver(port: int, directory: Path) -> Driver:
    rates = ChangedRates(directory)
    options = SessionOptions(meter_rates=rates.of_device("127.0.0.1", port))
    return MANUFACTURER.drivers["shure-strings"].open("127.0.0.1", port, options)


def ignore(observations: Sequence[Observation]) -> None:
    pass


if __name__ == "__main__":
    asyncio.run(metering_driver(int(sys.argv[1]), Path(sys.argv[2])).run(ignore))
