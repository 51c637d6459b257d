"""A driver's own check of a command, behind which a plugin in trouble does no harm."""

from collections.abc import Collection

import structlog

from micboard_tui.contracts.errors import MicboardError
from micboard_tui.contracts.ports import CommandCheck, DriverSpec
from micboard_tui.domain.command import Command

log = structlog.get_logger(__name__)


def safe_check(spec: DriverSpec) -> CommandCheck:
    """What a driver checks of a command without a connection; nothing where it has no check."""

    def check(command: Command, model: str | None, channels: Collection[int], /) -> None:
        if spec.check_command is None:
            return
        try:
            spec.check_command(command, model, channels)
        except MicboardError:
            raise
        except Exception:  # A plugin in trouble must not crash us; then the session alone checks.
            log.exception("command_check_crashed", driver=spec.name)

    return check
