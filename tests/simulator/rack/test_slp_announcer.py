"""The simulated rack as a search finds it: by its announcements, and by its answers."""

from dataclasses import replace

import anyio
import pytest

from micboard_tui.contracts.ports import FoundDevice
from micboard_tui.manufacturers.shure import MANUFACTURER
from micboard_tui.manufacturers.shure.slp.listener import SlpDiscovery
from micboard_tui.simulator.rack.rack_layout import RackOptions, plan
from micboard_tui.simulator.rack.slp_announcer import announce_by_slp

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
