"""``watch``: one JSON object a line for every channel that changed."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from micboard_tui.cli.options import OnlyManufacturer

if TYPE_CHECKING:
    from micboard_tui.contracts.live import LiveContract
    from micboard_tui.domain.channel import ChannelState


def watch(
    interval: Annotated[float, typer.Option(help="Seconds between two outputs.", min=0.1)] = 1.0,
    manufacturer: OnlyManufacturer = None,
) -> None:
    """Print each channel that changes as JSON, until Ctrl+C. Each is one object in one line.

    When the meters of a channel stop, it is printed once more, with the warning `stale`. While `serve` runs
    on this computer, or where the settings attach to another one, the changes are those that it reads.

    micboard-tui watch --manufacturer shure

    micboard-tui watch | jq -r 'select(.channel.rf_dbm != null).channel.name'
    """
    from contextlib import nullcontext

    from micboard_tui.cli.attached import find_attachment, find_serving
    from micboard_tui.cli.context import (
        data_of,
        exclusive_instance,
        load_context,
        open_services_anywhere,
        run_until_stopped,
        watch_health,
    )

    context = load_context()
    attachment = find_attachment(context) or find_serving(context)

    async def print_changes() -> int:
        async with open_services_anywhere(context, attachment) as services:
            health = watch_health(services)
            data_of(await services.synchronization.start(manufacturer))
            async for changes in services.synchronization.follow(interval):
                health.look()
                print_channels(services.live, changes.channels)
        return 0

    with exclusive_instance(context, "watch") if attachment is None else nullcontext():
        raise typer.Exit(run_until_stopped(print_changes))


def print_channels(live: "LiveContract", channels: "Sequence[ChannelState]") -> None:
    """Print one line for each channel."""
    from micboard_tui.cli.output import print_json
    from micboard_tui.contracts.documents.devices import channel_change_document
    from micboard_tui.contracts.documents.rack_context import live_context

    context = live_context(live)
    for state in channels:
        device = live.device(state.device_id)
        print_json(channel_change_document(state, device, context, live.version), indent=None)
