"""The ports in the documentation are those that the program uses."""

import re
from pathlib import Path

from micboard_tui.api.options import DEFAULT_PORT as API_PORT
from micboard_tui.config.attachment import DEFAULT_PORT as BUS_PORT
from micboard_tui.manufacturers.sennheiser import MANUFACTURER as SENNHEISER
from micboard_tui.manufacturers.shure import MANUFACTURER as SHURE
from micboard_tui.manufacturers.transport import mdns
from micboard_tui.protocols.shure_slp import codec as slp

PAGE = Path(__file__).parents[2] / "docs" / "DEPLOYMENT.md"
POSTGRESQL_PORT = 5432


def listed_ports() -> list[tuple[int, str]]:
    """The port of each row, and the row."""
    text = PAGE.read_text(encoding="utf-8")
    table = text.partition("<!-- ports: begin -->")[2].partition("<!-- ports: end -->")[0]
    return [(int(port), row) for row, port in re.findall(r"^(\| (?:TCP|UDP) (\d+) .*)$", table, re.MULTILINE)]


def test_every_driver_stands_in_the_table_with_its_port() -> None:
    rows = listed_ports()
    for manufacturer in (SHURE, SENNHEISER):
        for code, driver in manufacturer.drivers.items():
            assert [port for port, row in rows if f"`{code}`" in row] == [driver.default_port], code


def test_no_port_is_missing_and_none_too_many() -> None:
    drivers = [driver for each in (SHURE, SENNHEISER) for driver in each.drivers.values()]
    used = {driver.default_port for driver in drivers} | {slp.PORT, mdns.PORT, API_PORT, BUS_PORT}
    assert {port for port, _ in listed_ports()} == used | {POSTGRESQL_PORT}
    assert any(slp.GROUP in row for port, row in listed_ports() if port == slp.PORT)
