"""JSON on the command line: all listings of devices are one document, and no name harms a terminal."""

import io
import json
from contextlib import redirect_stdout

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.cli.output import print_json
from micboard_tui.simulator.rack.rack import Rack
from tests.cli.conftest import Command
from tests.cli.schemas import check_fits


@given(st.text())
def test_json_keeps_every_name_and_harms_no_terminal(name: str) -> None:
    out = io.StringIO()
    with redirect_stdout(out):
        print_json({"name": name})
    assert json.loads(out.getvalue()) == {"schema": 1, "name": name}
    assert all(sign == "\n" or (sign.isprintable() or sign.isspace()) for sign in out.getvalue())
    assert not set(out.getvalue()) & {"\x7f", "\x9b", "\x1b", "\u202e"}


@pytest.mark.integration
def test_all_listings_print_the_same_shape(micboard: Command, rack: Rack) -> None:
    for device in rack.devices:
        micboard("devices", "add", "shure", device.host, "--port", str(device.port))
    micboard("devices", "add", "shure", "127.0.3.99")
    for arguments in (
        ("poll", "--once", "--json"),
        ("status", "--json"),
        ("devices", "list", "--json"),
        ("devices", "show", rack.devices[0].host, "--json"),
    ):
        document = check_fits("devices", micboard(*arguments).out)
        assert document["devices"], arguments
