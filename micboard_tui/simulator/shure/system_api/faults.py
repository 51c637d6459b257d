"""The switchboard of a simulated System API server."""

from dataclasses import dataclass, field

from micboard_tui.protocols.shure_system_api.messages import Shape
from micboard_tui.simulator.rack.fault_switches import Switches


@dataclass(slots=True)
class Faults(Switches):
    """Switches to be set while the server runs; they work at once or from its next tenth of a second on."""

    shape: Shape = Shape.PAGE
    """How its list of devices is wrapped."""
    refuse_key: bool = False
    """Somebody changed the key on the server."""
    failing: bool = False
    """Nothing but HTTP 503."""
    garbage: bool = False
    """Answers are no JSON."""
    late_s: float = 0.0
    """Answers everything so much later."""
    no_websocket: bool = False
    """Nobody gets a WebSocket; those that stand are cut."""
    websocket_silent: bool = False
    """WebSockets stay open and nothing is pushed."""
    offline: set[str] = field(default_factory=set)
    """Models whose devices are off."""
    unlisted: set[str] = field(default_factory=set)
    """Models that the server has not found."""
    _cut: bool = False
    _change_certificate: bool = False

    def cut_websockets(self) -> None:
        """All WebSockets break, without a goodbye; their ids are void."""
        self._cut = True

    def change_certificate(self) -> None:
        """The server was installed anew: connections break, and another certificate is shown."""
        self._change_certificate = True

    def take_cut(self) -> bool:
        """Whether to cut the WebSockets, once."""
        cut, self._cut = self._cut, False
        return cut or self.no_websocket

    def take_certificate(self) -> bool:
        """Whether to change the certificate, once."""
        change, self._change_certificate = self._change_certificate, False
        return change
