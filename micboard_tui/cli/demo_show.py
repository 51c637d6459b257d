"""``demo --show``: the simulated channels get the mics and people of a plot, and its clock runs."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from micboard_tui.domain.mic_plot import MicPlot
from micboard_tui.domain.show import Show, ShowBreak
from micboard_tui.domain.show_plan import plan_of_minutes

if TYPE_CHECKING:
    from micboard_tui.contracts.services import Services
    from micboard_tui.simulator.rack.rack_layout import RackDevice

ACTOR = "demo"
PLAN_WITHOUT_MINUTES = ((ShowBreak(45, 15),), 105.0)
"""The breaks and the end where the plot does not say how long its scenes are."""
INTERVAL_MIN = 15.0


class DemoShow(NamedTuple):
    """A file with a plot, read before the board opens."""

    name: str
    content: bytes


class MicOfChannel(NamedTuple):
    wearer: str
    """Who has it first."""
    channel: str
    """As commands name it: "127.0.0.2/1"."""
    mic_number: str


def read_demo_show(file: Path) -> DemoShow:
    """The file, or one that is shipped under this name. Raises StartError INVALID_VALUE."""
    from micboard_tui.cli.file_arguments import read_file
    from micboard_tui.cli.show_files import plot_name
    from micboard_tui.config.paths import find_shipped_example
    from micboard_tui.contracts.errors import ErrorCode, StartError
    from micboard_tui.contracts.show import MAX_PLOT_BYTES

    found = file if file.is_file() else find_shipped_example(file.name)
    if found is None:
        raise StartError(
            ErrorCode.INVALID_VALUE,
            f"There is no file {file}",
            hint="Give a mic plot, or: --show example.csv",
        )
    try:
        return DemoShow(plot_name(found), read_file(found, MAX_PLOT_BYTES))
    except OSError as error:
        raise StartError(
            ErrorCode.INVALID_VALUE,
            f"{found} cannot be read ({error.strerror})",
            hint="Give a file that you may read",
        ) from error


async def stage_show(container: "Services", rack: "Sequence[RackDevice]", demo_show: DemoShow) -> None:
    """Import it, map its mics to the channels in rack order, and start its clock. Raises MicboardError."""
    from dataclasses import replace

    from micboard_tui.cli.context import data_of
    from micboard_tui.cli.show_casting import write_performers
    from micboard_tui.domain.show_calls import ShowAction, ShowCall

    shows = container.shows
    preview = data_of(await shows.apply_import(demo_show.content, demo_show.name, actor=ACTOR))
    plot = preview.table.plot
    breaks, end_min = plan_of_minutes(plot, INTERVAL_MIN) or PLAN_WITHOUT_MINUTES
    show: Show = data_of(await shows.find_show(preview.name))
    data_of(await shows.change_show(preview.name, replace(show, breaks=breaks, end_min=end_min), actor=ACTOR))
    channels = [f"{device.host}/{number}" for device in rack for number in range(1, device.channels + 1)]
    mics = write_performers(("name", "channel", "mic"), map_mics(plot, channels))
    data_of(await container.assignments.apply_import(mics.encode(), actor=ACTOR))
    data_of(await shows.use_show(preview.name, actor=ACTOR))
    data_of(await shows.call(ShowCall(ShowAction.START), actor=ACTOR))


def map_mics(plot: MicPlot, channels: Sequence[str]) -> Sequence[MicOfChannel]:
    """Which channel is which mic: by number where all are positions in the rack, else in their order."""
    mics = plot.mic_numbers
    by_number = all(mic.isdecimal() and 1 <= int(mic) <= len(channels) for mic in mics)
    mapped = []
    for position, (mic, (_, uses)) in enumerate(zip(mics, sorted(plot.uses_by_mic().items()), strict=True)):
        place = int(mic) - 1 if by_number else position
        if place < len(channels):
            mapped.append(MicOfChannel(uses[0].entries[0].wearer, channels[place], mic))
    return mapped
