"""What a client of live updates asks for: in the query of its address, and later by messages. Pure.

The clock of live updates goes in ticks. A client gets meters every so many ticks, at the same ones as all who
ask for the same rate, so that a message is made once for all of them.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from micboard_tui.api.device_filters import match_locations
from micboard_tui.api.errors import ApiError
from micboard_tui.contracts.errors import ErrorCode, ErrorInfo
from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.identity import ChannelRef, DeviceId, LocationId

TICKS_PER_S = 20
TICK_S = 1 / TICKS_PER_S
MIN_FPS, MAX_FPS, DEFAULT_FPS = 0.2, 10.0, 2.0
ALL = "all"
MAX_NAME = 100
MAX_NAMED_CHANNELS = 2000
"""More than a message has room for."""

ChannelName = Annotated[str, Field(max_length=MAX_NAME)]


@dataclass(frozen=True, slots=True)
class Subscription:
    """Which meters, how often, and which devices at all."""

    channels: frozenset[ChannelRef] | None = frozenset()
    """Whose meters are sent; None: of all."""
    every: int = math.ceil(TICKS_PER_S / DEFAULT_FPS)
    """Ticks from meters to meters."""
    locations: frozenset[LocationId] | None = None
    """Only devices at these and below; None: all."""

    @property
    def fps(self) -> float:
        """How often in a second meters are sent; not more often than was asked for."""
        return round(TICKS_PER_S / self.every, 2)


class WatchMessage(BaseModel):
    """Changes what is given of a subscription."""

    model_config = ConfigDict(extra="forbid")
    type: Literal["watch"]
    channels: Annotated[list[ChannelName], Field(max_length=MAX_NAMED_CHANNELS)] | Literal["all"] = []
    fps: float = Field(DEFAULT_FPS, ge=MIN_FPS, le=MAX_FPS)
    location: str | None = Field(None, max_length=MAX_NAME)


class SnapshotMessage(BaseModel):
    """Asks for everything anew."""

    model_config = ConfigDict(extra="forbid")
    type: Literal["snapshot"]


ClientMessage = Annotated[WatchMessage | SnapshotMessage, Field(discriminator="type")]
_MESSAGES: TypeAdapter[WatchMessage | SnapshotMessage] = TypeAdapter(ClientMessage)


def parse_message(text: str | bytes) -> WatchMessage | SnapshotMessage:
    """What a client sent. Raises ApiError INVALID_VALUE."""
    try:
        return _MESSAGES.validate_json(text)
    except ValidationError as error:
        fault = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in fault["loc"])
        raise _refuse(f"{place}: {fault['msg']}" if place else fault["msg"]) from error


def subscribe(live: LiveContract, channels: str | None, fps: float, location: str | None) -> Subscription:
    """The subscription of an address. Raises ApiError INVALID_VALUE, LOCATION_NOT_FOUND."""
    names = [] if not channels else channels.split(",")
    return Subscription(
        None if channels == ALL else _parse_channels(names), _ticks(fps), match_locations(live, location)
    )


def change_subscription(before: Subscription, message: WatchMessage, live: LiveContract) -> Subscription:
    """The subscription after a message. Raises ApiError INVALID_VALUE, LOCATION_NOT_FOUND."""
    given = message.model_fields_set
    after = before
    if "channels" in given:
        channels = None if message.channels == ALL else _parse_channels(message.channels)
        after = replace(after, channels=channels)
    if "fps" in given:
        after = replace(after, every=_ticks(message.fps))
    if "location" in given:
        after = replace(after, locations=match_locations(live, message.location))
    return after


def parse_fps(text: str | None) -> float:
    """Raises ApiError INVALID_VALUE for what is no rate that is served."""
    if text is None:
        return DEFAULT_FPS
    try:
        fps = float(text)
    except ValueError as error:
        raise _refuse("fps: it is no number") from error
    if not MIN_FPS <= fps <= MAX_FPS:
        raise _refuse(f"fps: give {MIN_FPS:g} to {MAX_FPS:g}")
    return fps


def _ticks(fps: float) -> int:
    # A hair more than a whole number of ticks is that number.
    return max(1, math.ceil(TICKS_PER_S / fps - 1e-9))


def _parse_channels(names: Iterable[str]) -> frozenset[ChannelRef]:
    return frozenset(_parse_channel(name) for name in names)


def _parse_channel(name: str) -> ChannelRef:
    device_id, slash, number = name.rpartition("/")
    if not (slash and device_id and number.isascii() and number.isdigit() and len(name) <= MAX_NAME):
        raise _refuse("channels: give each as DEVICE_ID/NUMBER, or all")
    return ChannelRef(DeviceId(device_id), int(number))


def _refuse(reason: str) -> ApiError:
    return ApiError(
        ErrorInfo(
            ErrorCode.INVALID_VALUE,
            f"The message is not understood: {reason}",
            hint="docs/reference/live.md describes the messages",
        )
    )
