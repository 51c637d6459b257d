"""A live state, the feed over it, and clients that take ticks one by one: no socket, no task."""

import asyncio
import json
from collections.abc import Iterable
from typing import Any

from micboard_tui.api.device_documents import DeviceDocuments
from micboard_tui.api.live.live_client import LiveClient
from micboard_tui.api.live.live_feed import LiveFeed
from micboard_tui.api.live.subscription import TICK_S, Subscription
from micboard_tui.contracts.live import Changes
from micboard_tui.domain.device import Device
from micboard_tui.domain.identity import ChannelRef, DeviceId, LocationId
from micboard_tui.domain.location import Location
from micboard_tui.domain.observation import DeviceHeard, FactsHeard, MetersHeard, Observation
from micboard_tui.services.live.state import LiveState
from tests.services.stage import HEARD, LOUD, ON, Clock

HALL = Location(LocationId("hall"), "Hall")
STAGE = Location(LocationId("stage"), "Stage", parent_id=HALL.id)
FOYER = Location(LocationId("foyer"), "Foyer")
PLACES = (HALL, STAGE, FOYER)
EACH = Subscription(channels=None, every=2)
"""Meters of all channels, ten times a second."""


def device(number: int, location: Location = STAGE) -> Device:
    return Device(
        DeviceId(f"rack-{number}"),
        "shure",
        "shure-strings",
        f"127.0.0.{number}",
        2202,
        location_id=location.id,
        position=number,
    )


def ref(number: int, channel: int) -> ChannelRef:
    return ChannelRef(DeviceId(f"rack-{number}"), channel)


class CountingState(LiveState):
    """Counts how often it is asked what changed among channels."""

    asked = 0

    def changed_since(self, version: int, among: Iterable[ChannelRef] | None = None) -> Changes:
        self.asked += among is not None
        return super().changed_since(version, among)


class FeedRig:
    """Two receivers with two channels each on the stage, and one in the foyer."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.live = CountingState(self.clock)
        self.live.place([device(1), device(2), device(3, FOYER)], PLACES)
        for number in (1, 2, 3):
            self.report(number, HEARD, FactsHeard(1, ON), FactsHeard(2, ON))
            self.report(number, MetersHeard(1, LOUD), MetersHeard(2, LOUD))
        self.documents = DeviceDocuments(self.live, self.clock)
        self.feed = LiveFeed(self.live, self.documents)
        self.tick = 0

    def report(self, number: int, *observations: Observation) -> None:
        self.live.take_observations(DeviceId(f"rack-{number}"), observations)

    def describe(self, number: int, name: str) -> None:
        """Let a receiver have another name."""
        self.report(number, DeviceHeard(HEARD.kind, 2, HEARD.model, name, HEARD.firmware))

    def join(self, subscription: Subscription = EACH) -> "FeedClient":
        return FeedClient(self, self.feed.join(subscription, self.tick * TICK_S))

    def pass_ticks(self, ticks: int) -> None:
        """Let time pass."""
        self.tick += ticks
        self.clock.now += ticks * TICK_S


class FeedClient:
    """Parses what it takes."""

    def __init__(self, rig: FeedRig, state: LiveClient) -> None:
        self.rig, self.state = rig, state
        self.texts: list[str] = []

    def take(self) -> list[dict[str, Any]]:
        """What is sent at this tick."""
        messages = asyncio.run(self.rig.feed.take(self.state, self.rig.tick))
        self.texts = [message.text for message in messages]
        documents: list[dict[str, Any]] = [json.loads(text) for text in self.texts]
        assert [document["type"] for document in documents] == [message.type for message in messages]
        return documents

    def next(self, ticks: int = 6) -> list[dict[str, Any]]:
        """What is sent some ticks later."""
        self.rig.pass_ticks(ticks)
        return self.take()
