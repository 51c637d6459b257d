"""Which micboard-tui a command attaches to: another computer's, or the one that serves on this one."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from micboard_tui.contracts.errors import ErrorCode, StartError
from micboard_tui.domain.board_defaults import MAX_FPS, SLOW_FPS

if TYPE_CHECKING:
    from micboard_tui.cli.context import CommandContext
    from micboard_tui.config.attachment import Attachment
    from micboard_tui.config.paths import Paths
    from micboard_tui.console import Console
    from micboard_tui.contracts.services import Services

EXTRA_MODULES = ("msgspec", "nats", "nkeys")
"""Of the extra ``fleet``."""
INSTALL = "pip install 'micboard-tui[fleet]'"

AttachTo = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        help="Show the devices of the micboard-tui that serves at nats://host or tls://host.",
    ),
]
Key = Annotated[
    Path | None, typer.Option("--key", help="Your key there, a file of `users key`.", dir_okay=False)
]
Ca = Annotated[
    Path | None,
    typer.Option("--ca", help="What signed the certificate of tls://, as PEM.", dir_okay=False),
]


def find_attachment(
    context: "CommandContext", url: str | None = None, key: Path | None = None, ca: Path | None = None
) -> "Attachment | None":
    """Where to attach to: by the options, else by the settings; None: nowhere. Raises StartError."""
    from pydantic import ValidationError

    from micboard_tui.cli.context import translated_config_errors
    from micboard_tui.config.attachment import attachment_of

    given = {name: value for name, value in {"url": url, "key": key, "ca": ca}.items() if value is not None}
    settings = context.settings.attach
    try:
        chosen = type(settings).model_validate({**settings.model_dump(), **given})
    except ValidationError as error:
        reason = str(error.errors()[0]["msg"]).removeprefix("Value error, ")
        raise typer.BadParameter(reason, param_hint="--attach") from error
    if chosen.url is None and (key is not None or ca is not None):
        raise typer.BadParameter("a key or certificate is for --attach", param_hint="--attach")
    with translated_config_errors():
        return attachment_of(chosen, context.operator)


def find_serving(
    context: "CommandContext", find_missing: Callable[[], str | None] | None = None
) -> "Attachment | None":
    """The ``serve`` that runs on the same data; None: there is none that boards attach to.

    Where one runs and what attaches to it is not installed, a note says so: only the database is read then.
    ``find_missing``: as ``find_missing_module``, by default.
    """
    missing = (find_missing or find_missing_module)()
    serving = find_serving_at(context.paths, context.operator)
    if missing is None or serving is None:
        return serving
    from micboard_tui.cli.output import print_note

    print_note(
        f"Note: `micboard-tui serve` runs here; what attaches to it is not installed ({missing}). {INSTALL}"
    )
    return None


def find_serving_at(paths: "Paths", operator: str) -> "Attachment | None":
    """The same for any directories, whatever is installed; ``operator`` is who attaches."""
    from micboard_tui.config.attachment import Attachment
    from micboard_tui.config.bus_endpoint import find_endpoint
    from micboard_tui.config.small_files import read_small

    endpoint = find_endpoint(paths)
    if endpoint is None:
        return None
    try:
        key = endpoint.key_file
        seed = None if key is None else read_small(key).decode().strip()
    except (OSError, ValueError):
        # It is for the user of ``serve`` only.
        return None
    return Attachment(
        endpoint.url, operator, seed, endpoint.ca, endpoint.site, certificate=endpoint.certificate
    )


def find_missing_module() -> str | None:
    """What the bus needs and is not installed; None: all is there. Loads nothing."""
    from importlib.util import find_spec

    return next((name for name in EXTRA_MODULES if find_spec(name) is None), None)


def make_console(site: str, rate_hz: int, *, is_board: bool = True) -> "Console":
    """What attaches to a site. Raises StartError CONFIG_INVALID: what it needs is not installed."""
    if (missing := find_missing_module()) is not None:
        raise StartError(
            ErrorCode.CONFIG_INVALID,
            f"What attaches to another micboard-tui is not installed ({missing})",
            hint=INSTALL,
        )
    from micboard_tui.console import Console

    return Console(site, rate_hz=rate_hz, is_board=is_board)


@asynccontextmanager
async def open_attached(context: "CommandContext", attachment: "Attachment") -> "AsyncGenerator[Services]":
    """The services there, for a command. Logs go to stderr. Raises StartError."""
    from micboard_tui.config.logs import log_to_stderr, mask_crashes
    from micboard_tui.config.secret_mask import Mask
    from micboard_tui.services.access.guarded_contracts import let_only_read

    mask, level = Mask(), context.settings.log.level
    log_to_stderr("warning" if level == "info" else level, mask)
    mask_crashes(mask)
    console = make_console(attachment.site, rate_for(MAX_FPS), is_board=False)
    async with console.open(attachment) as services:
        yield let_only_read(services) if context.settings.read_only else services


def rate_for(fps: int) -> int:
    """How often a second meters are to come for a board with so many frames a second."""
    from micboard_tui.bus.wire.interest import FULL_RATE_HZ, SLOW_RATE_HZ

    return FULL_RATE_HZ if fps > SLOW_FPS else SLOW_RATE_HZ
