"""Acme: the plugin. The entry point names this module; micboard-tui imports nothing else."""

from acme_micboard.driver import DRIVER, PORT, make_driver
from acme_micboard.probe import probe
from micboard_tui.contracts.ports import Driver, DriverSpec, Manufacturer, SessionOptions
from micboard_tui.manufacturers.transport.tcp import dialer


def open_driver(host: str, port: int, options: SessionOptions) -> Driver:
    """A driver for a receiver at ``host``; connects nothing yet."""
    dial = dialer(host, port, options.connect_timeout_s)
    return make_driver(options.wire.dial(host, port, dial), options)


MANUFACTURER = Manufacturer(
    code="acme",
    title="Acme",
    drivers={
        DRIVER: DriverSpec(
            name=DRIVER,
            title="TinyLink over TCP: TL2",
            default_port=PORT,
            open=open_driver,
            # A device with a password has secret="password", and finds it in options.access.secret.
        )
    },
    probe=probe,
)
