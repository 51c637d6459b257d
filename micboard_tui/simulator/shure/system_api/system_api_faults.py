"""The switchboard of a simulated System API server."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from micboard_tui.protocols.shure_system_api.messages import Shape
from micboard_tui.simulator.device.fault_switchboard import (
    LATE_S,
    FaultSwitchboard,
    OneShot,
    Switch,
    one_shot,
)
from micboard_tui.simulator.shure.system_api.site_layout import HANDHELD, RECEIVER


@dataclass(slots=True)
class SystemApiFaults(FaultSwitchboard):
    """Switches to be set while the server runs; they work at once or from its next tenth of a second on."""

    shape: Shape = Shape.PAGE
    """How its list of devices is wrapped."""
    refuse_key: bool = False
    """The key was changed on the server."""
    failing: bool = False
    """Nothing but HTTP 503."""
    garbage: bool = False
    """Answers are no JSON."""
    redirects: bool = False
    """Every request is answered with the address of a page, as a captive portal does."""
    late_s: float = 0.0
    """Answers everything so much later."""
    no_websocket: bool = False
    """No client gets a WebSocket; those that are open are cut."""
    websocket_silent: bool = False
    """WebSockets stay open and nothing is pushed."""
    flood: bool = False
    """WebSockets are sent as many empty fragments of a message as they take, 20,000 a second each."""
    receivers_offline: bool = False
    """Receivers are off: OFFLINE in its list, and none of their values is answered."""
    packs_in_use: bool = False
    """All packs are out of the charger and run down, the first with little left."""
    packs_gone: bool = False
    """Handheld packs have left its list."""
    clips: bool = False
    """Every channel's activity is CLIPPING."""
    offline: set[str] = field(default_factory=set)
    """Models whose devices are off."""
    unlisted: set[str] = field(default_factory=set)
    """Models that the server has not found."""
    cut_websockets: OneShot[bool] = field(default_factory=one_shot)
    """All WebSockets break without a closing handshake; their ids are void."""
    change_certificate: OneShot[bool] = field(default_factory=one_shot)
    """The server was installed anew: connections break, and another certificate is shown."""

    @property
    def offline_models(self) -> AbstractSet[str]:
        return self.offline | {RECEIVER} if self.receivers_offline else self.offline

    @property
    def unlisted_models(self) -> AbstractSet[str]:
        return self.unlisted | {HANDHELD} if self.packs_gone else self.unlisted

    def temporary_faults(self) -> Mapping[str, Switch]:
        return {
            "failing": self.toggle("failing"),
            "late": self._delay,
            "cut_websockets": self.cut_websockets.switch,
            "no_websocket": self.toggle("no_websocket"),
            "websocket_silent": self.toggle("websocket_silent"),
        }

    def lock(self) -> None:
        self.refuse_key = True

    def _delay(self, *, on: bool) -> None:
        self.late_s = LATE_S if on else 0.0
