"""Where everything is found (docs/reference/protocols/shure.md 14.2, 14.3)."""

from typing import NamedTuple
from urllib.parse import quote

from micboard_tui.protocols.shure_system_api.messages import Feature

KEY_HEADER = "x-api-key"
DEVICES = "/api/v1/devices"
WEBSOCKET = "/api/v1/subscriptions/websocket/create"
CHANNELS = "audio-channels"
RANGE = "description"


class Topic(NamedTuple):
    """One value of a device, or of one of its audio channels: it can be read, and subscribed to."""

    device_id: str
    feature: Feature
    channel_id: str | None = None

    @property
    def path(self) -> str:
        of = device(self.device_id)
        if self.channel_id is not None:
            of = f"{of}/{CHANNELS}/{_quoted(self.channel_id)}"
        return f"{of}/{self.feature}"


def device(device_id: str) -> str:
    return f"{DEVICES}/{_quoted(device_id)}"


def channels(device_id: str) -> str:
    return f"{device(device_id)}/{CHANNELS}"


def subscription(path: str, transport: str) -> str:
    """POST subscribes what ``path`` tells to the WebSocket ``transport``, DELETE takes it back."""
    return f"{path}/subscription/{_quoted(transport)}"


def gain_range(topic: Topic) -> str:
    return f"{topic.path}/{RANGE}"


def identify(device_id: str, *, on: bool) -> str:
    return f"{device(device_id)}/{Feature.IDENTIFY}/{'start' if on else 'stop'}"


def _quoted(word: str) -> str:
    # Dots alone would climb the path; everything else is escaped by the library.
    return quote(word, safe="") if word.strip(".") else word.replace(".", "%2E")
