"""EW-DX from firmware 4 on and Spectera base stations, over SSCv2.

Source: docs/reference/protocols/sennheiser.md 6.
"""

from collections.abc import Collection, Mapping

from micboard_tui.contracts.ports import DescribedCommand, Driver, DriverSpec, FoundDevice, SessionOptions
from micboard_tui.domain.command import Command
from micboard_tui.manufacturers.command_errors import not_identified_error
from micboard_tui.manufacturers.sennheiser.driver_names import SSCV2
from micboard_tui.manufacturers.transport.certificate_fetch import fetch_shown_fingerprint

PORT = 443
USER = "api"
"""Of an EW-DX; a Spectera base station has another one, which the driver knows."""


def open_sscv2(host: str, port: int, options: SessionOptions) -> Driver:
    """A driver for a device at ``host``; connects nothing yet."""
    # The first board is painted before anything loads an HTTP client.
    from micboard_tui.manufacturers.sennheiser.sscv2.driver import make_sscv2_driver  # noqa: PLC0415 - slow to load, seldom needed

    return make_sscv2_driver(host, port, options)


async def probe(host: str, port: int | None, timeout_s: float) -> FoundDevice | None:
    """What answers at ``host``; None when nothing does in SSCv2. Sends no secret."""
    from micboard_tui.manufacturers.sennheiser.sscv2.device_probe import probe_sscv2  # noqa: PLC0415 - slow to load, seldom needed

    return await probe_sscv2(host, PORT if port is None else port, timeout_s)


def check_command(command: Command, model: str | None, channels: Collection[int], /) -> None:
    """Implements ``CommandCheck``."""
    from micboard_tui.manufacturers.sennheiser.sscv2.identification import family_of  # noqa: PLC0415 - seldom needed

    family = family_of({"product": model}, None)
    if family is not None:
        family.prepare_command(command, sorted(channels))


def describe_command(
    command: Command, model: str | None, channels: Mapping[int, Mapping[str, str]], /
) -> DescribedCommand:
    """Implements ``CommandDescriber``."""
    from micboard_tui.manufacturers.sennheiser.sscv2.identification import family_of  # noqa: PLC0415 - seldom needed

    family = family_of({"product": model}, None)
    if family is None:
        raise not_identified_error()
    prepared = family.prepare_command(command, sorted(channels))
    # Only EW-DX can be tuned over it (docs/reference/protocols/sennheiser.md 2.2, sync_settings).
    value = prepared.format_value(prepared.value)
    return DescribedCommand((prepared.request.describe(),), synced_by="by IR", value=value)


SPEC = DriverSpec(
    name=SSCV2,
    title="SSCv2 over HTTPS: EW-DX with firmware 4 or later, Spectera base station",
    default_port=PORT,
    open=open_sscv2,
    secret="password",  # noqa: S106 - what kind, not which
    user=USER,
    has_certificate=True,
    certificate=fetch_shown_fingerprint,
    check_command=check_command,
    describe_command=describe_command,
)
