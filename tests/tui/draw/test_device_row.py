"""A registered device as one row, and in words."""

from dataclasses import replace

import pytest

from micboard_tui.contracts.health import DeviceHealth
from micboard_tui.contracts.manufacturers import DriverInfo
from micboard_tui.domain.bay import Bay
from micboard_tui.domain.channel import ChannelState, DeviceWarning
from micboard_tui.domain.device import DeviceFault, DeviceKind, DeviceSnapshot, DeviceState, DeviceStatus
from micboard_tui.services.manufacturer_catalog import ManufacturerCatalog
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.device_row import (
    WHY_LINES,
    AccessKeys,
    DeviceRow,
    columns_for,
    describe_device,
    explain_fault,
    kind_of,
)
from tests.fakes import vault
from tests.fakes.plugins import Plugins
from tests.services.results import data_of
from tests.tui.scripted_rig import device

ONE = device(2, name="Rack A")
ONLINE = DeviceState(ONE.id, status=DeviceStatus.ONLINE, status_since=940.0, model="X", last_seen_at=999.0)
CHANNELS = (ChannelState(ONE.id, 1), ChannelState(ONE.id, 2))
CATALOG = ManufacturerCatalog(Plugins(vault.MANUFACTURER))
SPEC = data_of(CATALOG.find(vault.MANUFACTURER.code)).drivers[vault.DRIVER]
WITH_KEY = replace(SPEC, secret="API key")  # noqa: S106 - what kind
PLAIN = replace(SPEC, secret=None, shows_certificate=False)


def said(lines: list[list[Cell]]) -> list[str]:
    return ["".join(cell.text for cell in line) for line in lines]


def bays(count: int) -> tuple[Bay, ...]:
    return tuple(map(Bay, range(1, count + 1)))


@pytest.mark.parametrize(
    ("state", "channels", "kind", "why"),
    [
        (ONLINE, CHANNELS, "receiver  2 ch", ""),
        (replace(ONLINE, kind=DeviceKind.IEM_TRANSMITTER), CHANNELS[:1], "in-ear    1 ch", ""),
        (replace(ONLINE, kind=DeviceKind.CHARGER, bays=bays(8)), (), "charger   8 bays", ""),
        (replace(ONLINE, kind=DeviceKind.CHARGER, bays=bays(1)), (), "charger   1 bay", ""),
        (replace(ONLINE, kind=DeviceKind.CHARGER), (), "charger   – bays", "not reported any bay yet"),
        (ONLINE, (), "receiver  – ch", "not reported any channel yet"),
        (replace(ONLINE, bays=bays(3)), CHANNELS, "receiver  2 ch", "It has 3 bays too"),
        (DeviceState(ONE.id), (), "–", "not heard yet"),
    ],
)
def test_a_dash_in_the_row_has_its_reason_below(
    state: DeviceState, channels: tuple[ChannelState, ...], kind: str, why: str
) -> None:
    snapshot = DeviceSnapshot(ONE, state, channels)
    assert kind_of(snapshot) == kind
    assert why in " ".join(said(describe_device(snapshot, None, 1000.0, 80)))


def test_what_a_device_warns_of_stands_below_its_row_with_what_to_do() -> None:
    warned = replace(ONLINE, device_warnings=frozenset({DeviceWarning.POWER_SUPPLY}))
    lines = describe_device(DeviceSnapshot(ONE, warned, CHANNELS), None, 1000.0, 80)
    assert lines[-1] == [Cell(" Power supply fails: Rack A – check both power cables", "warning")]


def test_names_of_columns_stand_above_them() -> None:
    health = DeviceHealth(ONE.id, 5, 12.0, 1, 0, 999.0, 0.0004)
    snapshot = DeviceSnapshot(ONE, ONLINE, CHANNELS, "Main Stage")
    for width in range(60, 201, 4):
        columns = columns_for(width)
        (line,) = said([columns.cells(DeviceRow(snapshot, health, 1000.0))])
        head = columns.head
        assert ("kind" in head) is (width >= 80)
        if width >= 80:
            assert head.index("kind") == line.index("receiver")
        assert head.index("address") == line.index(ONE.host)
        assert head.index("status") == line.index("online for 1m")
        assert line.endswith(" online for 1m")
        assert len(line) + len("refused for 12m") - len("online for 1m") <= width
        assert ("Main Stage" in line) is ("location" in head)


@pytest.mark.parametrize(
    ("code", "spec", "help_"),
    [
        ("CERTIFICATE_CHANGED", SPEC, "f6 shows both"),
        ("CREDENTIALS_REFUSED", SPEC, "w asks for the right password"),
        ("CREDENTIALS_NEEDED", WITH_KEY, "w asks for its API key"),
        ("CERTIFICATE_UNKNOWN", PLAIN, ""),
        ("CREDENTIALS_NEEDED", PLAIN, ""),
        ("CREDENTIALS_NEEDED", None, ""),
        ("DEVICE_SILENT", SPEC, ""),
    ],
)
def test_a_key_is_named_only_where_it_helps(code: str, spec: DriverInfo | None, help_: str) -> None:
    fault = DeviceFault(code, "It says\x1b no " * 9, "Look at it " * 40)
    refused = replace(ONLINE, status=DeviceStatus.REFUSED, fault=fault)
    lines = said(explain_fault(DeviceSnapshot(ONE, refused), fault, spec, AccessKeys("f6", "w"), 80))
    assert len(lines) == WHY_LINES
    assert all(len(line) <= 80 for line in lines)
    assert lines[0].startswith(f" {code}")
    assert lines[-1].endswith("…")
    assert "\x1b" not in "".join(lines)
    assert any(line.strip().startswith(help_) for line in lines) if help_ else "asks" not in "".join(lines)


@pytest.mark.parametrize(("failures", "text"), [(0, "0 errors"), (1, "1 error"), (2, "2 errors")])
def test_one_error_is_counted_in_the_singular(failures: int, text: str) -> None:
    health = DeviceHealth(ONE.id, failures=failures)
    assert said(describe_device(DeviceSnapshot(ONE, ONLINE, CHANNELS), health, 1000.0, 80))[1].endswith(text)


def test_the_model_is_shown_whole_where_there_is_room() -> None:
    assert columns_for(80).room("model") == 9
    assert columns_for(120).room("model") == 12
    assert columns_for(200).room("model") == 16


@pytest.mark.parametrize(("width", "has_room"), [(80, False), (120, False), (200, True)])
def test_who_reads_a_device_is_told_where_there_are_several(width: int, has_room: bool) -> None:
    health = DeviceHealth(ONE.id, collector="foh")
    row = DeviceRow(DeviceSnapshot(replace(ONE, zone="land"), ONLINE, CHANNELS), health, 1000.0)
    columns = columns_for(width, with_collector=True)
    drawn = "".join(cell.text for cell in columns.cells(row))
    assert ("collector" in columns.head) is ("foh" in drawn) is has_room
    assert len(drawn) <= width
    assert "collector" not in columns_for(width).head
    below = " ".join(said(describe_device(row.device, health, 1000.0, width)))
    assert "read by foh in zone land" in below
