"""The closed list of reasons why an answer can be "no", and the errors that carry one upward."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class ErrorCode(StrEnum):
    MANUFACTURER_NOT_SUPPORTED = "MANUFACTURER_NOT_SUPPORTED"
    DRIVER_NOT_SUPPORTED = "DRIVER_NOT_SUPPORTED"
    DEVICE_NOT_FOUND = "DEVICE_NOT_FOUND"
    DEVICE_EXISTS = "DEVICE_EXISTS"
    DEVICE_REFUSED = "DEVICE_REFUSED"
    DEVICE_UNREACHABLE = "DEVICE_UNREACHABLE"
    DEVICE_SILENT = "DEVICE_SILENT"
    DEVICE_NOT_HELD = "DEVICE_NOT_HELD"
    CREDENTIALS_NEEDED = "CREDENTIALS_NEEDED"
    CREDENTIALS_REFUSED = "CREDENTIALS_REFUSED"
    CERTIFICATE_UNKNOWN = "CERTIFICATE_UNKNOWN"
    CERTIFICATE_CHANGED = "CERTIFICATE_CHANGED"
    SECRETS_UNREADABLE = "SECRETS_UNREADABLE"
    HOST_NOT_RESOLVED = "HOST_NOT_RESOLVED"
    NAME_SERVICE_SILENT = "NAME_SERVICE_SILENT"
    PORT_TAKEN = "PORT_TAKEN"
    API_ERROR = "API_ERROR"
    COMMAND_NOT_SUPPORTED = "COMMAND_NOT_SUPPORTED"
    COMMAND_UNCONFIRMED = "COMMAND_UNCONFIRMED"
    LOCATION_NOT_FOUND = "LOCATION_NOT_FOUND"
    LOCATION_EXISTS = "LOCATION_EXISTS"
    LOCATION_NOT_EMPTY = "LOCATION_NOT_EMPTY"
    PERFORMER_NOT_FOUND = "PERFORMER_NOT_FOUND"
    PERFORMER_EXISTS = "PERFORMER_EXISTS"
    CHANNEL_NOT_FOUND = "CHANNEL_NOT_FOUND"
    ALARM_NOT_FOUND = "ALARM_NOT_FOUND"
    WALK_NOT_FOUND = "WALK_NOT_FOUND"
    WALK_NOT_RUNNING = "WALK_NOT_RUNNING"
    SHOW_NOT_FOUND = "SHOW_NOT_FOUND"
    SHOW_EXISTS = "SHOW_EXISTS"
    NO_SHOW = "NO_SHOW"
    SHOW_REFUSED = "SHOW_REFUSED"
    USER_NOT_FOUND = "USER_NOT_FOUND"
    USER_EXISTS = "USER_EXISTS"
    TOKEN_NOT_FOUND = "TOKEN_NOT_FOUND"  # noqa: S105 - a code, no password
    LOGIN_REFUSED = "LOGIN_REFUSED"
    NOT_ALLOWED = "NOT_ALLOWED"
    SHOW_LOCKED = "SHOW_LOCKED"
    PIN_REFUSED = "PIN_REFUSED"
    READ_ONLY = "READ_ONLY"
    CONTROL_NOT_ARMED = "CONTROL_NOT_ARMED"
    TOO_MANY_REQUESTS = "TOO_MANY_REQUESTS"
    NOT_FOUND = "NOT_FOUND"
    METHOD_NOT_ALLOWED = "METHOD_NOT_ALLOWED"
    BAD_REQUEST = "BAD_REQUEST"
    NOTHING_TO_UNDO = "NOTHING_TO_UNDO"
    NOTHING_TO_REDO = "NOTHING_TO_REDO"
    CHANGED_SINCE = "CHANGED_SINCE"
    STEP_UNREADABLE = "STEP_UNREADABLE"
    INVALID_VALUE = "INVALID_VALUE"
    CONFIG_INVALID = "CONFIG_INVALID"
    DIRECTORY_NOT_WRITABLE = "DIRECTORY_NOT_WRITABLE"
    DISK_FULL = "DISK_FULL"
    OUTPUT_NOT_WRITABLE = "OUTPUT_NOT_WRITABLE"
    DATABASE_DAMAGED = "DATABASE_DAMAGED"
    DATABASE_LOCKED = "DATABASE_LOCKED"
    DATABASE_NEWER = "DATABASE_NEWER"
    DATABASE_ERROR = "DATABASE_ERROR"
    ALREADY_RUNNING = "ALREADY_RUNNING"
    BUS_LOST = "BUS_LOST"
    COLLECTOR_LOST = "COLLECTOR_LOST"
    NO_COLLECTOR = "NO_COLLECTOR"
    HUB_LOST = "HUB_LOST"
    NOT_SERVED = "NOT_SERVED"
    OUTCOME_UNKNOWN = "OUTCOME_UNKNOWN"
    ANSWER_TOO_LARGE = "ANSWER_TOO_LARGE"
    VERSION_DIFFERS = "VERSION_DIFFERS"
    OTHER = "OTHER"
    TASK_CRASHED = "TASK_CRASHED"
    NO_TERMINAL = "NO_TERMINAL"
    SIMULATOR_FAILED = "SIMULATOR_FAILED"


# What a code means for what happens next. The sets hold strings, since a DeviceFault carries its code as one.

NEEDS_TRUST: frozenset[str] = frozenset({ErrorCode.CERTIFICATE_UNKNOWN, ErrorCode.CERTIFICATE_CHANGED})
"""A person has to compare and trust a certificate."""
NEEDS_SECRET: frozenset[str] = frozenset({ErrorCode.CREDENTIALS_NEEDED, ErrorCode.CREDENTIALS_REFUSED})
"""A person has to give a password or key."""
NEEDS_ACCESS: frozenset[str] = NEEDS_TRUST | NEEDS_SECRET
"""The device answers, and trust or a secret is all that is missing."""
NEEDS_PERSON: frozenset[str] = NEEDS_SECRET | {ErrorCode.CERTIFICATE_UNKNOWN, ErrorCode.SECRETS_UNREADABLE}
"""A person has to act first: trying again would change nothing, or lock an account.

Not where another certificate is shown than the trusted one: nothing secret is sent before the two are
compared, and the trusted one may come back.
"""
REFUSALS: frozenset[str] = NEEDS_PERSON | NEEDS_ACCESS | {ErrorCode.DEVICE_REFUSED}
"""The device is not gone; it, or what we have for it, does not let us in."""
ANSWERED_NO: frozenset[str] = frozenset(
    {ErrorCode.DEVICE_REFUSED, ErrorCode.API_ERROR, ErrorCode.CERTIFICATE_CHANGED}
)
"""The device answers, but has no room for us or is something else. Asking again soon changes nothing."""
NO_ANSWER: frozenset[str] = frozenset({ErrorCode.DEVICE_UNREACHABLE, ErrorCode.DEVICE_SILENT})
"""Nothing answers at the address."""


@dataclass(frozen=True, slots=True)
class ErrorInfo:
    """A "no" that a person can act on."""

    code: ErrorCode
    message: str
    """What happened, in one sentence, without the cure."""
    details: Mapping[str, str] = field(default_factory=dict)
    hint: str = ""
    """What to do next."""


class MicboardError(Exception):
    """An error that ends what was asked for; front ends print its ``info`` and nothing else."""

    def __init__(self, code: ErrorCode, message: str, *, hint: str = "", **details: object) -> None:
        super().__init__(message)
        self.info = ErrorInfo(code, message, {k: str(v) for k, v in details.items()}, hint)

    @property
    def code(self) -> ErrorCode:
        """Why."""
        return self.info.code


class DeviceError(MicboardError):
    """The session with a device ended, or a device did not do what it was asked."""


class StorageError(MicboardError):
    """The database cannot be opened, read or written."""


class StartError(MicboardError):
    """The program cannot start here: its directories, settings or lock are not as needed."""


def invalid_value_error(message: str, hint: str, **details: object) -> MicboardError:
    """The error for a value that cannot be taken; ``hint`` says what can."""
    return MicboardError(ErrorCode.INVALID_VALUE, message, hint=hint, **details)
