"""Shure System API: one server, and what stands behind it that command strings do not reach.

What speaks HTTP takes a third of a second to import, and most rigs have no such server; so it is imported
when one is opened.
"""

from collections.abc import Collection, Mapping

from micboard_tui.contracts.ports import DescribedCommand, Driver, DriverSpec, FoundDevice, SessionOptions
from micboard_tui.domain.command import Command
from micboard_tui.manufacturers.command_checks import check_channel
from micboard_tui.manufacturers.shure.driver_names import PORTS, SYSTEM_API
from micboard_tui.manufacturers.transport.certificate_fetch import fetch_shown_fingerprint

PORT = PORTS[SYSTEM_API]
KEY = "API key"


def open_system_api(host: str, port: int, options: SessionOptions) -> Driver:
    """A driver for the server at ``host``; connects nothing yet."""
    from micboard_tui.manufacturers.shure.system_api.driver import make_system_api_driver  # noqa: PLC0415 - slow to load, seldom needed
    from micboard_tui.manufacturers.transport.https import Peer  # noqa: PLC0415 - slow to load, seldom needed

    return make_system_api_driver(Peer(host, port, options.access.fingerprint), options)


async def probe(host: str, port: int | None, timeout_s: float) -> FoundDevice | None:
    """What answers at ``host``; None when it is no System API server. Sends no key."""
    from micboard_tui.manufacturers.shure.system_api.server_probe import probe_server  # noqa: PLC0415 - slow to load, seldom needed

    return await probe_server(host, PORT if port is None else port, timeout_s)


def check_command(command: Command, _model: str | None, _channels: Collection[int], /) -> None:
    """Implements ``CommandCheck``: what holds of every channel behind a server."""
    from micboard_tui.manufacturers.shure.system_api.commands import prepare_command  # noqa: PLC0415 - slow to load, seldom needed

    prepare_command(command)


def describe_command(
    command: Command, _model: str | None, channels: Mapping[int, Mapping[str, str]], /
) -> DescribedCommand:
    """Implements ``CommandDescriber``."""
    from micboard_tui.manufacturers.shure.system_api import commands  # noqa: PLC0415 - slow to load, seldom needed

    prepared = commands.prepare_command(command)
    check_channel(prepared.channel, channels)
    requests = commands.describe_requests(prepared, channels[prepared.channel])
    return DescribedCommand(requests, value=prepared.shown)


SPEC = DriverSpec(
    name=SYSTEM_API,
    title="Shure System API over HTTPS: Axient Digital PSM, ANX4 and batteries behind one server",
    default_port=PORT,
    open=open_system_api,
    secret=KEY,
    never_reports="RF and audio levels, frequency, antenna; of ANX4 no transmitter",
    has_certificate=True,
    certificate=fetch_shown_fingerprint,
    check_command=check_command,
    describe_command=describe_command,
)
