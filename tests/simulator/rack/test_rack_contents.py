"""Racks of one maker and of both: what stands in them, and that all of it listens."""

import socket

import pytest

from micboard_tui.contracts.errors import ErrorCode, StartError
from micboard_tui.simulator.rack.rack import RackOptions, open_rack, plan
from micboard_tui.simulator.rack.rack_contents import (
    BLUEPRINTS,
    MIXED,
    RIGS,
    SENNHEISER,
    fill_rack,
)


@pytest.mark.parametrize("rig", RIGS)
def test_a_rig_has_only_what_can_be_simulated(rig: str) -> None:
    entries = fill_rack(rig, 60, 12)
    assert len(entries) == 72
    assert {entry.model for entry in entries} <= set(BLUEPRINTS)
    assert all(entry.channels for entry in entries[:60])
    assert not any(entry.channels for entry in entries[60:])


def test_a_long_mixed_rack_shows_every_driver() -> None:
    devices = plan(RackOptions(receivers=22, rig=MIXED, chargers=6))
    assert {device.driver for device in devices} == {blueprint.driver for blueprint in BLUEPRINTS.values()}
    manufacturers = {device.manufacturer for device in devices[:6]}
    assert manufacturers == {"shure", "sennheiser"}
    assert [device.name for device in devices[-2:]] == ["Charger 5", "Charger 6"]


def test_a_rack_of_one_manufacturer_has_no_other() -> None:
    devices = plan(RackOptions(receivers=12, rig=SENNHEISER, chargers=3))
    assert {device.manufacturer for device in devices} == {"sennheiser"}


def test_ports_are_the_usual_ones_unless_told_otherwise() -> None:
    usual = {device.driver: device.port for device in plan(RackOptions(receivers=22, rig=MIXED))}
    assert usual["shure-strings"] == 2202
    assert usual["sennheiser-ssc"] == 6970
    assert all(port >= 1024 for port in usual.values())
    assert {device.port for device in plan(RackOptions(receivers=8, rig=MIXED, port=4000))} == {4000}


def test_a_model_alone_may_be_of_either_kind() -> None:
    (device,) = plan(RackOptions(receivers=1, model="EM6000", rig=MIXED, chargers=4))
    assert (device.manufacturer, device.channels) == ("sennheiser", 2)


@pytest.mark.integration
async def test_a_mixed_rack_listens_and_says_what_lets_clients_in() -> None:
    options = RackOptions(receivers=6, rig=MIXED, chargers=2, scenario="calm", port=0, address="127.0.9.2")
    async with open_rack(options) as rack:
        assert len(rack.devices) == 8
        assert all(device.port for device in rack.devices)
        assert len(rack.simulated) == 8
        assert rack.connections == (0,) * 8
        secured = [device for device in rack.devices if device.secret]
        assert secured
        assert all(device.fingerprint and len(device.fingerprint) == 64 for device in secured)
        assert all(device.fingerprint is None for device in rack.devices if not device.secret)
        assert [air for device in rack.simulated for air in device.airs] == list(rack.world.airs)


@pytest.mark.integration
async def test_an_address_that_is_taken_leaves_nothing_open() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.9.41", 0))
        port = taken.getsockname()[1]
        options = RackOptions(receivers=2, model="EM6000", port=port, address="127.0.9.40")
        with pytest.raises(StartError) as caught:
            async with open_rack(options):
                pass
    assert caught.value.code is ErrorCode.SIMULATOR_FAILED
    assert "127.0.9.41" in caught.value.info.message
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.9.40", port))
