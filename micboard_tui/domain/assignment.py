"""Who wears what: performers, and the channel that each of them has."""

from dataclasses import dataclass
from enum import StrEnum

from micboard_tui.domain.identity import ChannelRef, PerformerId


class Role(StrEnum):
    """What a channel is for its performer."""

    PRIMARY = "primary"
    BACKUP = "backup"
    SPARE = "spare"


@dataclass(frozen=True, slots=True)
class Performer:
    """A person who wears a transmitter. Names are unique, capitals ignored."""

    id: PerformerId
    name: str
    part: str | None = None
    """What they do in the show: "lead vocals", "Mercutio"."""
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Assignment:
    """What people say of a channel now. A channel has one at a time, a performer may have several."""

    channel: ChannelRef
    performer: Performer | None = None
    """None: the channel is marked, but has no performer, as a spare for all."""
    role: Role = Role.PRIMARY
    note: str | None = None
    since: float = 0.0
    """When the performer got the channel, seconds since the epoch."""
    expected_off: bool = False
    """A person marked it as silent by intention: nothing of it is a problem, and it shows as off."""
    planned_model: str | None = None
    """The model of the pack that belongs here; None: any."""
    planned_pack: str | None = None
    """The name of the pack that belongs here; None: any."""
    mic_number: str | None = None
    """The show's own number of the channel, with or without a performer; None: none was given."""
    shared_pack: bool = False
    """It receives the very pack that another channel of its performer receives."""

    @property
    def role_description(self) -> str:
        """The role, and whether the pack is that of another channel."""
        return f"{self.role.value}, shared pack" if self.shared_pack else self.role.value

    @property
    def says_nothing(self) -> bool:
        """Whether it is as good as none."""
        return (
            self.performer is None
            and self.role is Role.PRIMARY
            and not self.expected_off
            and self.note is None
            and self.planned_model is None
            and self.planned_pack is None
            and self.mic_number is None
            and not self.shared_pack
        )


@dataclass(frozen=True, slots=True)
class PastAssignment:
    """Who had a channel once."""

    channel: ChannelRef
    performer_name: str
    role: Role
    since: float
    until: float
    """Both in seconds since the epoch."""
    note: str | None = None
