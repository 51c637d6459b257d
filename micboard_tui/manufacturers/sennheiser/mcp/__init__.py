"""evolution wireless G3 and G4, 2000 series and SR IEM G4, over the Media Control Protocol."""

from micboard_tui.contracts.ports import Driver, DriverSpec, SessionOptions
from micboard_tui.manufacturers.sennheiser.driver_names import MCP
from micboard_tui.manufacturers.sennheiser.mcp.broadcast_discovery import discover
from micboard_tui.manufacturers.sennheiser.mcp.commands import check_command, describe_command
from micboard_tui.manufacturers.sennheiser.mcp.driver import make_mcp_driver
from micboard_tui.manufacturers.sennheiser.mcp.hub import PORT, dialer
from micboard_tui.manufacturers.sennheiser.mcp.probe import probe

__all__ = ["SPEC", "discover", "open_mcp", "probe"]


def open_mcp(host: str, port: int, options: SessionOptions) -> Driver:
    """A driver for a device at ``host``; sends nothing yet."""
    # A device that is elsewhere than at the usual port is simulated, and answers to where it was asked from:
    # then several programs can have some of them on one computer.
    own_port = PORT if port == PORT else 0
    dial = dialer(host, port, options.connect_timeout_s, own_port=own_port)
    return make_mcp_driver(options.wire.dial(host, port, dial), options)


SPEC = DriverSpec(
    name=MCP,
    title="Media Control Protocol over UDP: ew G3, ew G4, 2000 series, SR IEM G4",
    default_port=PORT,
    open=open_mcp,
    check_command=check_command,
    describe_command=describe_command,
    is_datagram=True,
    never_reports="RF in dBm, only a percentage of its scale; minutes",
)
