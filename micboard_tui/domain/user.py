"""Who may do what: people and machines with a role."""

from dataclasses import dataclass
from enum import StrEnum

MAX_USER_NAME = 64
"""Characters of a name."""
MIN_PASSWORD, MAX_PASSWORD = 8, 256
"""Characters of a password."""
MAX_TOKEN_LABEL = 64
MAX_ARMED_MINUTES = 60
"""So long a user arms control at most."""
MAX_USERS = 1000
MAX_TOKENS = 100
"""Of one user, without sessions."""
MAX_SESSIONS = 20
"""Of one user; another one ends the oldest."""
TOKEN_USE_NOTED_S = 60.0
"""So seldom it is written down that a token was used."""


class Permission(StrEnum):
    """What a user may do; each includes those before it."""

    WATCH = "watch"
    """Read everything, change nothing."""
    WRITE = "write"
    """Arrange the show: assign, acknowledge, mark, undo."""
    CONTROL = "control"
    """Change devices, too."""

    def includes(self, other: "Permission") -> bool:
        """Whether who has this may do what ``other`` allows."""
        order = list(Permission)
        return order.index(self) >= order.index(other)


@dataclass(frozen=True, slots=True)
class User:
    """A person, or a machine that acts in a person's name."""

    id: str
    name: str
    """Unique, capitals ignored; stands beside what they do, as the actor."""
    permission: Permission
    has_password: bool
    """False: it comes in with tokens only."""
    created_at: float
    """Seconds since the epoch."""
    public_key: str | None = None
    """The public half of the key with which their boards attach from other computers; None: they do not."""


@dataclass(frozen=True, slots=True)
class Token:
    """What opens the door without a password. Its text is known to its holder only."""

    id: str
    user_id: str
    label: str
    """What it is for: "Companion at FOH"."""
    created_at: float
    """Seconds since the epoch, as the following ones."""
    last_used_at: float | None = None
    """To the minute; None: never."""
    expires_at: float | None = None
    """None: when it is revoked."""
    is_session: bool = False
    """Whether it is the login of a browser."""


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token that was just made, with its text, which is never shown again."""

    token: Token
    text: str
    """``mb_<id>_<secret>``; goes into ``Authorization: Bearer``."""


@dataclass(frozen=True, slots=True)
class Login:
    """A user who showed a token, and which."""

    user: User
    token: Token
