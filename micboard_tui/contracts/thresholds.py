"""The numbers that channels are judged by, beside those of the settings. Changes are steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from micboard_tui.contracts.result import ServiceResult
from micboard_tui.domain.show import ShowProfile
from micboard_tui.domain.threshold_set import ThresholdName, ThresholdOverride, ThresholdScope
from micboard_tui.domain.thresholds import Thresholds


class StoredThresholds(NamedTuple):
    """What people set."""

    overrides: Sequence[ThresholdOverride] = ()
    chosen: ShowProfile | None = None
    """The profile that counts while no show is current."""


@dataclass(frozen=True, slots=True)
class ThresholdTable:
    """All numbers there are."""

    base: Thresholds
    """Those of the settings, which hold where nothing replaces them."""
    overrides: Sequence[ThresholdOverride]
    profile: ShowProfile
    """The one that is active."""
    chosen: ShowProfile | None
    """The one that a person chose; it is not active while a show is current."""


class ThresholdContract(Protocol):
    """All answers are ServiceResults. ``actor`` is the name of the person who does it."""

    async def list_thresholds(self) -> ServiceResult[ThresholdTable]:
        """Overrides of all channels first."""
        ...

    async def describe_scopes(self, scopes: Sequence[ThresholdScope]) -> ServiceResult[Sequence[str]]:
        """For whom each holds, as a title: "all channels", "Stage in break", "Rack 1/2", "Ann"."""
        ...

    async def change(
        self, scope: ThresholdScope, name: ThresholdName, value: float, *, actor: str
    ) -> ServiceResult[ThresholdOverride]:
        """INVALID_VALUE: it is no possible number, or crosses the one that it belongs to."""
        ...

    async def reset(
        self, scope: ThresholdScope, name: ThresholdName | None = None, *, actor: str
    ) -> ServiceResult[Sequence[ThresholdOverride]]:
        """Take one number of exactly this scope away, or all of it; answers those that were there."""
        ...

    async def preview(
        self, scope: ThresholdScope, name: ThresholdName, value: float
    ) -> ServiceResult[int | None]:
        """How many channels of the scope, of those on the air, the number would mark now.

        None: no channel of the scope is heard, as where no board runs.
        """
        ...

    async def choose_profile(self, profile: ShowProfile | None, *, actor: str) -> ServiceResult[ShowProfile]:
        """The profile for the times without a show; None: that of a show. Answers the active one."""
        ...


class ThresholdRepository(Protocol):
    """Where they are kept; steps change them. Raises StorageError, answers domain values."""

    async def read(self) -> StoredThresholds:
        """What a later release stored is left out."""
        ...
