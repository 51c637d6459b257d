"""Channels that are expected to be off, and that come back by themselves."""

from collections.abc import Sequence
from typing import Protocol

from micboard_tui.contracts.result import ServiceResult
from micboard_tui.domain.identity import ChannelRef


class SilenceContract(Protocol):
    """Expects channels on again that are live with sound: a step of the program, which can be undone."""

    async def take_ended(self, *, actor: str) -> ServiceResult[Sequence[ChannelRef]]:
        """The channels that came back since the last call, for the front end of ``actor`` to report.

        Each is given once: a program has one front end. Where none takes them, the newest thousand are kept.
        """
        ...
