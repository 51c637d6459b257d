"""What a demo registers before its board opens."""

import os
from pathlib import Path
from signal import SIGKILL

import pytest

from micboard_tui.bus.server.bus_server import PID_FILE
from micboard_tui.cli.demo import attached_source, register_simulated
from micboard_tui.cli.demo_show import map_mics, read_demo_show
from micboard_tui.config.paths import make_directories, paths_under
from micboard_tui.container import Options, open_container
from micboard_tui.contracts.errors import ErrorCode, StartError
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.mic_plot import MicPlot, PlotEntry, PlotScene
from micboard_tui.domain.show import ShowBreak, ShowState
from micboard_tui.simulator.rack.rack import open_rack
from micboard_tui.simulator.rack.rack_layout import RackOptions
from tests.fakes.links import until

pytestmark = pytest.mark.integration

UNHEARD = ChannelState(DeviceId("none"), 1)


async def test_undo_in_a_new_demo_does_not_remove_its_devices(tmp_path: Path) -> None:
    paths = paths_under(tmp_path)
    make_directories(paths)
    options = RackOptions(receivers=2, chargers=1, port=0, address="127.0.12.2")
    async with open_rack(options) as rack, open_container(Options(), paths) as container:
        await register_simulated(container, rack.devices)
        undone = await container.assignments.undo(actor="Pia")
        assert undone.error is not None
        assert undone.error.code is ErrorCode.NOTHING_TO_UNDO
        devices = (await container.devices.list_devices()).data
        assert [snapshot.device.host for snapshot in devices or ()] == [
            device.host for device in rack.devices
        ]
        assert (await container.assignments.add_performer("Ada", actor="Pia")).success
        undone = await container.assignments.undo(actor="Pia")
        assert undone.success
        assert "Ada" in undone.data.text


async def test_a_demo_with_a_show_maps_its_mics_and_starts_its_clock(tmp_path: Path) -> None:
    paths = paths_under(tmp_path)
    make_directories(paths)
    options = RackOptions(receivers=6, chargers=0, port=0, address="127.0.13.2")
    async with open_rack(options) as rack, open_container(Options(), paths) as container:
        await register_simulated(container, rack.devices, read_demo_show(Path("example.csv")))
        show = container.live.findings.show
        assert show is not None
        assert (show.state, show.show.name, show.show.breaks) == (
            ShowState.RUNNING,
            "example",
            (ShowBreak(43, 15),),
        )
        assignments = (await container.assignments.list_assignments()).data or ()
        numbers = {entry.mic_number: entry.performer and entry.performer.name for entry in assignments}
        assert (numbers["1"], numbers["14"], len(numbers)) == ("Maya", "Luca", 9)
        undone = await container.assignments.undo(actor="Pia")
        assert undone.error is not None
        assert undone.error.code is ErrorCode.NOTHING_TO_UNDO


async def test_a_demo_that_is_attached_shows_the_rack_over_the_bus_and_that_it_is_lost(
    tmp_path: Path,
) -> None:
    paths = paths_under(tmp_path)
    make_directories(paths)
    source = attached_source(
        RackOptions(receivers=1, chargers=0, port=0, address="127.0.14.2"), paths, None, fps=10
    )
    live = source.live
    assert live.changed_since(0).layout_version == 0
    async with source.open_services() as services:
        (rack,) = live.snapshot()
        first = ChannelRef(rack.device.id, 1)
        # Asked for again and again, as a board does, the channel is followed.
        await until(lambda: (live.channel(first) or UNHEARD).link_state is LinkState.LIVE)
        assert (await services.assignments.assign([first], "Ada", actor="simulate")).success
        await until(lambda: (live.channel(first) or UNHEARD).display_name == "Ada")

        os.kill(int((paths.bus_directory / PID_FILE).read_text()), SIGKILL)
        await until(lambda: live.findings.lost is not None)
        await until(lambda: live.findings.lost is None)
        await until(lambda: (live.channel(first) or UNHEARD).display_name == "Ada")
        assert (await services.assignments.undo(actor="simulate")).success
        await until(lambda: (live.channel(first) or UNHEARD).display_name != "Ada")


def test_mics_are_mapped_by_number_or_in_their_order() -> None:
    def mapped(*mics: str) -> list[tuple[str, str]]:
        plot = MicPlot((PlotScene("1"),), tuple(PlotEntry(0, mic, "Ann") for mic in mics))
        return [(mic.channel, mic.mic_number) for mic in map_mics(plot, ["a/1", "a/2", "b/1"])]

    assert mapped("3", "1") == [("a/1", "1"), ("b/1", "3")]
    assert mapped("IEM", "12", "7", "9") == [("a/1", "7"), ("a/2", "9"), ("b/1", "12")]


def test_a_show_that_is_not_there_is_named() -> None:
    with pytest.raises(StartError, match="no file nowhere"):
        read_demo_show(Path("nowhere.csv"))
