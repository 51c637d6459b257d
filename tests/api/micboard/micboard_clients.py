"""Clients of micboard as far as they read what a server sends: what they look up, and what they do not check.

Each keeps what it shows. What would end in an exception, or in ``undefined``, in the browser fails here.

Sources: karlcswanson/micboard js/app.js, js/data.js, js/channelview.js; maulepilot117/micboard
src/hooks/useDataConnection.ts, src/types/micboard.ts.
"""

from typing import Any

BATTERIES = {0, 1, 2, 3, 4, 5, 255}
STATUSES = {
    "GOOD",
    "PREV_GOOD",
    "REPLACE",
    "PREV_REPLACE",
    "CRITICAL",
    "PREV_CRITICAL",
    "UNASSIGNED",
    "RX_COM_ERROR",
    "TX_COM_ERROR",
    "AUDIO_PEAK",
}
TYPES = {"uhfr", "qlxd", "ulxd", "axtd", "p10t"}
Data = dict[str, Any]


class Page:
    """The page of micboard itself: it updates the slots of the group that it shows."""

    def __init__(self) -> None:
        self.transmitters: dict[int, Data] = {}
        self.groups: dict[int, Data] = {}
        self.shown: list[int] = []
        self.charts: dict[int, tuple[float, float, float]] = {}

    def load(self, data: Data) -> None:
        """Its first reading of the document."""
        self.groups = {group["group"]: group for group in data["config"]["groups"]}
        assert all(isinstance(prefix, str) for prefix in data["config"]["prefixes"])
        assert data["url"].startswith("http")
        for files in (data["gif"], data["jpg"], data["mp4"]):
            assert isinstance(files, list)
        for receiver in data["receivers"]:
            for entry in receiver["tx"]:
                self.transmitters[entry["slot"]] = {**entry, "ip": receiver["ip"], "type": receiver["type"]}
        self.shown = [slot["slot"] for slot in data["config"]["slots"]]
        for slot in self.shown:
            self.update_slot(self.transmitters[slot])

    def poll(self, data: Data) -> None:
        """What it does every second."""
        for receiver in data["receivers"]:
            for entry in receiver["tx"]:
                self.update_slot(entry)

    def take(self, message: Data) -> None:
        """A message of the WebSocket."""
        for update in message.get("chart-update", ()):
            slot = self.transmitters[update["slot"]]["slot"]
            levels = (
                ("audio_level_l", "audio_level_r")
                if update["type"] == "p10t"
                else ("audio_level", "rf_level")
            )
            first, second = (update[level] for level in levels)
            self.charts[slot] = update["timestamp"] * 1000, first, second
        for update in message.get("data-update", ()):
            self.update_slot(update)
        for group in message.get("group-update", ()):
            self.groups[group["group"]] = group

    def update_slot(self, data: Data) -> None:
        if data["slot"] not in self.shown:
            return
        assert data["name"].split(" ")[0] is not None
        assert data["status"] in STATUSES
        assert data["type"] in TYPES
        assert isinstance(data["frequency"], str)
        if data["type"] != "p10t":
            assert data["battery"] in BATTERIES
            assert set(data["antenna"]) <= set("ABRX")
            assert isinstance(data["tx_offset"], int)
        self.transmitters[data["slot"]].update(data)


class ForkClient:
    """A page that was written anew: it takes the groups of a message for all that there are."""

    def __init__(self) -> None:
        self.transmitters: dict[int, Data] = {}
        self.groups: dict[int, Data] = {}
        self.slots: list[Data] = []

    def poll(self, data: Data) -> None:
        """What it does first, and every second."""
        self.slots = data["config"]["slots"]
        self._set_groups(data["config"]["groups"])
        self.transmitters = {
            entry["slot"]: {**entry, "ip": receiver["ip"]}
            for receiver in data["receivers"]
            for entry in receiver["tx"]
        }

    def take(self, message: Data) -> None:
        """A message of the WebSocket."""
        for update in message.get("chart-update", ()):
            levels = {"audio_level": update.get("audio_level"), "rf_level": update.get("rf_level")}
            self.transmitters[update["slot"]].update(levels)
        for update in message.get("data-update", ()):
            self.transmitters[update["slot"]].update(update)
        if "group-update" in message:
            self._set_groups(message["group-update"])

    def _set_groups(self, groups: list[Data]) -> None:
        self.groups = {group.get("group") or index: group for index, group in enumerate(groups, 1)}
