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
@pytest.mark.no_cover
def test_all_listings_print_the_same_shape(micboard: Command, rack: Rack) -> None:
    for device in rack.devices:
        micboard("devices", "add", "shure", device.host, "--port", str(device.port))
    micboard("devices", "add", "shure", "127.0.3.99")
    read, status, listed, shown = (
        check_fits("devices", micboard(*arguments, "--json").out)
        for arguments in (
            ("poll", "--once"),
            ("status",),
            ("devices", "list"),
            ("devices", "show", rack.devices[0].host),
        )
    )
    assert len(read["devices"]) == 3
    assert read.keys() == status.keys() == listed.keys()
    assert listed["devices"] == status["devices"]
    assert shown["devices"][0] in status["devices"]
    differences: set[str] = set()
    for now, stored in zip(read["devices"], status["devices"], strict=True):
        differences |= differing(now, stored)
        for channel, stored_channel in zip(now["channels"], stored["channels"], strict=True):
            differences |= differing(channel, stored_channel)
    # Dips of RF are held for moments, and are not stored.
    assert differences - {"channels"} <= {"rf_low_dbm"}


def differing(one: dict[str, object], other: dict[str, object]) -> set[str]:
    """The members in which two objects with the same members differ."""
    assert one.keys() == other.keys()
    return {name for name, value in one.items() if value != other[name]}
