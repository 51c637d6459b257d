"""SSCv1 over UDP: EW-DX, Digital 6000, SpeechLine and their chargers."""

from micboard_tui.contracts.ports import Driver, DriverSpec, SessionOptions
from micboard_tui.manufacturers.sennheiser.driver_names import SSC
from micboard_tui.manufacturers.sennheiser.ssc.commands import check_command, describe_command
from micboard_tui.manufacturers.sennheiser.ssc.driver import make_ssc_driver
from micboard_tui.manufacturers.sennheiser.ssc.probe import PORT, probe
from micboard_tui.manufacturers.transport.udp import dialer

__all__ = ["SPEC", "open_ssc", "probe"]


def open_ssc(host: str, port: int, options: SessionOptions) -> Driver:
    """A driver for a device at ``host``; connects nothing yet."""
    dial = dialer(host, port, options.connect_timeout_s)
    return make_ssc_driver(options.wire.dial(host, port, dial), options)


SPEC = DriverSpec(
    name=SSC,
    title="SSCv1 over UDP: EW-DX, EM 6000, L 6000, SpeechLine DW, network chargers",
    default_port=PORT,
    open=open_ssc,
    check_command=check_command,
    describe_command=describe_command,
    is_datagram=True,
)
