"""``show import --assign``: channels get the people, roles and packs of their mics."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from micboard_tui.domain.mic_casting import cast_mics
from micboard_tui.domain.mic_plot import MicPlot

if TYPE_CHECKING:
    from micboard_tui.contracts.services import Services


async def describe_cast(services: "Services", plot: MicPlot) -> list[str]:
    """What ``assign_cast`` would do: "Rack A/1: 7 Ann, primary, pack 3"."""
    from micboard_tui.cli.assignment_texts import channel_titles
    from micboard_tui.cli.context import data_of

    title_of = channel_titles(data_of(await services.devices.list_devices()))
    assignments = data_of(await services.assignments.list_assignments())
    return [
        ", ".join(
            [
                f"{title_of(mic.channel)}: {mic.mic_number} {mic.wearer}",
                mic.role.value,
                *([f"pack {mic.pack}"] if mic.pack else []),
            ]
        )
        for mic in cast_mics(plot, assignments)
    ]


async def assign_cast(services: "Services", plot: MicPlot) -> None:
    """Assign all of them in one step, and plan their packs in one each."""
    from micboard_tui.cli.context import current_operator, data_of

    mics = cast_mics(plot, data_of(await services.assignments.list_assignments()))
    operator = current_operator()
    if mics:
        file = write_performers(
            ("name", "channel", "use"),
            [(mic.wearer, f"{mic.channel.device_id}/{mic.channel.number}", mic.role.value) for mic in mics],
        )
        data_of(await services.assignments.apply_import(file.encode(), actor=operator))
    for mic in mics:
        if mic.pack is not None:
            planned = await services.assignments.plan_pack(
                mic.channel, model=None, name=mic.pack, actor=operator
            )
            data_of(planned)


def write_performers(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A file as ``performers import`` reads it: all of its rows are one step."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(columns)
    writer.writerows(rows)
    return file.getvalue()
