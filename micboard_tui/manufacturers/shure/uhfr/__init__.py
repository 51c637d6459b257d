"""UHF-R receivers, which speak over UDP (docs/reference/protocols/shure.md 9)."""

from micboard_tui.contracts.ports import Driver, DriverSpec, SessionOptions
from micboard_tui.manufacturers.shure.driver_names import UHFR
from micboard_tui.manufacturers.shure.uhfr.commands import check_command, describe_command
from micboard_tui.manufacturers.shure.uhfr.driver import make_uhfr_driver
from micboard_tui.manufacturers.shure.uhfr.probe import PORT, probe
from micboard_tui.manufacturers.transport.udp import dialer

__all__ = ["PORT", "SPEC", "open_uhfr", "probe"]


def open_uhfr(host: str, port: int, options: SessionOptions) -> Driver:
    """A driver for a receiver at ``host``; sends nothing yet."""
    dial = dialer(host, port, options.connect_timeout_s)
    return make_uhfr_driver(options.wire.dial(host, port, dial), options)


SPEC = DriverSpec(
    name=UHFR,
    title="Datagrams of UHF-R: UR4S, UR4D",
    default_port=PORT,
    open=open_uhfr,
    check_command=check_command,
    describe_command=describe_command,
    is_datagram=True,
)
