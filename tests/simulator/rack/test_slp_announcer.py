"""The simulated rack as a search finds it: by its announcements, and by its answers."""

import re
import socket
from collections.abc import Sequence
from dataclasses import replace

import anyio
import pytest

from micboard_tui.contracts.ports import FoundDevice
from micboard_tui.manufacturers.shure import MANUFACTURER
from micboard_tui.manufacturers.shure.slp.advertised_model import model_of
from micboard_tui.manufacturers.shure.slp.listener import SlpDiscovery, join
from micboard_tui.protocols.shure_slp.codec import Advertisement, parse
from micboard_tui.simulator.rack.rack import open_rack
from micboard_tui.simulator.rack.rack_contents import BLUEPRINTS
from micboard_tui.simulator.rack.rack_layout import RackDevice, RackOptions, plan
from micboard_tui.simulator.rack.slp_announcer import DCIDS, announce_by_slp

pytestmark = pytest.mark.integration

DEVICES = plan(RackOptions(receivers=3, address="127.0.5.2"))


async def test_simulated_receivers_announce_themselves_until_they_are_gone() -> None:
    found: list[FoundDevice] = []
    strangers = [replace(each, manufacturer="acme", host="127.0.5.9") for each in DEVICES]
    async with anyio.create_task_group() as group:

        def keep(device: FoundDevice) -> None:
            found.append(device)
            if {each.host for each in found} >= {each.host for each in DEVICES}:
                group.cancel_scope.cancel()

        group.start_soon(SlpDiscovery(), keep, "127.0.0.1", 4.0)
        async with announce_by_slp([*strangers, *DEVICES], every_s=0.05):
            await anyio.sleep(4)
    # Others may announce something on this machine meanwhile.
    ours = {each.host: each for each in found if each.host.startswith("127.0.5.")}
    assert [(each.model, each.own_name, each.driver) for _, each in sorted(ours.items())] == [
        (each.model, each.name, each.driver) for each in DEVICES
    ]
    assert {each.driver for each in ours.values()} <= set(MANUFACTURER.drivers)


async def test_what_an_advertisement_could_not_tell_rightly_is_not_announced() -> None:
    found: list[FoundDevice] = []
    street = "127.0.5.20"
    elsewhere = [replace(DEVICES[0], host=street, port=22_021)]
    server = plan(RackOptions(receivers=1, address=street, model="SystemAPI"))
    async with anyio.create_task_group() as group:
        group.start_soon(SlpDiscovery(), found.append, "127.0.0.1", 0.3)
        async with announce_by_slp([*elsewhere, *server], every_s=0.05):
            await anyio.sleep(0.2)
    assert [each for each in found if each.host == street] == []


async def heard(devices: Sequence[RackDevice]) -> list[tuple[str, bytes]]:
    """Who sent what, of one round of announcements."""
    hosts = {device.host for device in devices}
    datagrams: dict[str, bytes] = {}
    with join("127.0.0.1") as link:
        async with announce_by_slp(devices, every_s=0.05):
            with anyio.fail_after(10):
                while datagrams.keys() != hosts:
                    data, (host, _) = await anyio.to_thread.run_sync(receive, link)
                    if host in hosts:
                        datagrams[host] = data
    return sorted(datagrams.items())


def receive(link: socket.socket) -> tuple[bytes, tuple[str, int]]:
    link.settimeout(5)
    return link.recvfrom(9000)


async def test_each_device_is_announced_from_its_own_address_in_the_form_that_a_known_client_reads() -> None:
    devices = [replace(device, mac=f"00:0E:DD:01:02:0{index}") for index, device in enumerate(DEVICES)]
    devices.append(replace(DEVICES[0], model="UR4D", name="UHF", host="127.0.5.7"))
    cids: list[str] = []
    for (host, data), device in zip(await heard(devices), devices, strict=True):
        # As the client splits it (docs/reference/protocols/shure.md 19).
        cid, dcid = re.findall(rb"\(cid=([\w-]+)\),.*cd:([\w-]+)\),\(device-description=", data)[0]
        assert dcid.decode() == DCIDS[device.model]
        assert data.endswith(f",(device-description=$:tftp://{host}/$.ddl)\0".encode())
        cids.append(cid.decode())
    assert cids == [
        *(f"DD01020{index}-0000-11DD-A000-000EDDCCCCCC" for index in range(3)),
        "DD000507-0000-11DD-A000-000EDDCCCCCC",
    ]


async def test_the_cid_holds_the_mac_address_that_the_device_tells() -> None:
    options = RackOptions(receivers=2, chargers=2, address="127.0.5.40", announced=True)
    async with open_rack(options) as rack:
        macs = [device.mac for device in rack.devices]
        announced = [parse(data) for _, data in await heard(rack.devices)]
    assert len({*macs}) == len(macs)
    assert [each and each.mac for each in announced] == macs


def test_every_id_of_a_model_is_read_as_that_model_and_its_simulated_band() -> None:
    bands = {"QLXD4": "G50", "ULXD4": "G50", "ULXD4D": "G50", "ULXD4Q": "G50", "P10T": "G10"}
    # One id stands for both, and a driver takes the name where there is one.
    docks = {"SBC220", "SBC240"}
    for model, dcid in DCIDS.items():
        listed = model_of(Advertisement(dcid=dcid))
        assert model.startswith(listed.name[: 4 if model in docks else len(listed.name)]), model
        assert (listed.driver, listed.band) == (BLUEPRINTS[model].driver, bands.get(model)), model
    without = {
        model for model, each in BLUEPRINTS.items() if each.manufacturer == "shure" and model not in DCIDS
    }
    assert without == {"SLXD4", "SLXD4D", "SLXD4+", "SLXD4D+", "SLXD4Q+", "SBC441", "ANX4", "SystemAPI"}
