"""The paths of the server's resources (docs/reference/protocols/shure.md 14.2, 14.3)."""

from typing import NamedTuple
from urllib.parse import quote

from micboard_tui.protocols.shure_system_api.messages import Feature

KEY_HEADER = "x-api-key"
DEVICES = "/api/v1/devices"
WEBSOCKET = "/api/v1/subscriptions/websocket/create"
CHANNELS = "audio-channels"
RANGE = "description"


class Topic(NamedTuple):
    """One value of a device, or of one of its audio channels, that can be read and subscribed to."""

    device_id: str
    feature: Feature
    channel_id: str | None = None

    @property
    def path(self) -> str:
        owner = device(self.device_id)
        if self.channel_id is not None:
            owner = f"{owner}/{CHANNELS}/{_quote(self.channel_id)}"
        return f"{owner}/{self.feature}"


def device(device_id: str) -> str:
    return f"{DEVICES}/{_quote(device_id)}"


def channels(device_id: str) -> str:
    return f"{device(device_id)}/{CHANNELS}"


def subscription(path: str, transport: str) -> str:
    """POST subscribes the WebSocket ``transport`` to the value at ``path``, DELETE ends the subscription."""
    return f"{path}/subscription/{_quote(transport)}"


def gain_range(topic: Topic) -> str:
    return f"{topic.path}/{RANGE}"


def identify(device_id: str, *, on: bool) -> str:
    return f"{device(device_id)}/{Feature.IDENTIFY}/{'start' if on else 'stop'}"


def _quote(part: str) -> str:
    # A part of dots alone would climb the path; everything else is escaped by the library.
    return quote(part, safe="") if part.strip(".") else part.replace(".", "%2E")
