"""How a board or command reaches a micboard-tui in another process or on another computer, and as whom."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from micboard_tui.config.atomic_files import write_new
from micboard_tui.config.small_files import read_small
from micboard_tui.config.start_error import ConfigError
from micboard_tui.config.threshold_settings import Section

DEFAULT_PORT = 4222
DEFAULT_SITE = "rack"
SITE_PATTERN = "^[A-Za-z0-9_-]{1,32}$"
"""Of the name of a site, which is a part of subjects."""
_SEED_START = "SU"
"""Of the secret half of a user's key, as NATS writes it."""


def normal_url(text: str) -> str:
    """``nats://host:port`` or ``tls://host:port`` of what may be shorter. Raises ValueError."""
    reason = "should be nats://host or tls://host, with :port where it is not 4222"
    try:
        parts = urlsplit(text if "://" in text else f"nats://{text}")
        port = parts.port or DEFAULT_PORT
    except ValueError as error:
        raise ValueError(reason) from error
    if parts.scheme not in {"nats", "tls"} or not parts.hostname or parts.username or parts.path.strip("/"):
        raise ValueError(reason)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}:{port}"


class Attach(Section):
    """Another micboard-tui whose devices `run` shows instead of reading them itself. Needs extra fleet."""

    url: Annotated[str, AfterValidator(normal_url)] | None = Field(
        default=None, description="Attach to this nats://host:port, or tls://host:port."
    )
    key: Path | None = Field(
        default=None, description="The file with your key, as `micboard-tui users key` writes it there."
    )
    ca: Path | None = Field(
        default=None,
        description="The certificate that signed that of tls://, as PEM. Left out: the usual ones.",
    )
    site: str = Field(default=DEFAULT_SITE, pattern=SITE_PATTERN, description="The name of the site there.")


@dataclass(frozen=True, slots=True)
class UserKey:
    """What lets a user in from another computer."""

    user: str
    seed: str = field(repr=False)
    """The secret half of the key, as NATS writes it."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """Where the bus of a micboard-tui is, and as whom we come."""

    url: str
    user: str
    seed: str | None = field(default=None, repr=False)
    """None: that bus asks for no key."""
    ca: Path | None = None
    """None: the certificates that this computer trusts."""
    site: str = DEFAULT_SITE
    certificate: Path | None = None
    """The very certificate that it shows, whatever name that is for; None: one that ``ca`` signed."""

    @property
    def has_tls(self) -> bool:
        return self.url.startswith("tls:")


def read_user_key(file: Path) -> UserKey:
    """The key in a file. Raises ConfigError CONFIG_INVALID."""
    hint = "Have a new one made there: micboard-tui users key NAME"
    try:
        values = tomllib.loads(read_small(file).decode())
    except OSError as error:
        message = f"The key {file} cannot be read ({error.strerror})"
        raise ConfigError("CONFIG_INVALID", message, hint=hint) from error
    except ValueError as error:
        raise ConfigError("CONFIG_INVALID", f"{file} is no key", hint=hint) from error
    user, seed = values.get("user"), values.get("seed")
    if not isinstance(user, str) or not isinstance(seed, str) or not seed.startswith(_SEED_START):
        raise ConfigError("CONFIG_INVALID", f"{file} is no key of a user", hint=hint)
    return UserKey(user, seed)


def write_user_key(file: Path, key: UserKey, *, force: bool = False) -> None:
    """Write a key, for this user only; over an existing file only with ``force``. Raises ConfigError."""
    write_new(file, user_key_text(key), force=force)


def user_key_text(key: UserKey) -> str:
    """What stands in the file of a key."""
    name = key.user.replace("\\", "\\\\").replace('"', '\\"')
    return f"""# Lets {key.user!r} in at a micboard-tui on another computer. Keep it secret.
user = "{name}"
seed = "{key.seed}"
"""


def attachment_of(settings: Attach, operator: str) -> Attachment | None:
    """Where the settings say that we attach to; None: nowhere. Raises ConfigError.

    ``operator`` is who acts where that bus asks for no key.
    """
    if settings.url is None:
        return None
    if settings.key is None:
        return Attachment(settings.url, operator, None, settings.ca, settings.site)
    key = read_user_key(settings.key)
    return Attachment(settings.url, key.user, key.seed, settings.ca, settings.site)
