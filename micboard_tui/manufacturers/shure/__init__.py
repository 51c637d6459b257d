"""Shure: the plugin, its drivers and how they are found on the network."""

from micboard_tui.contracts.ports import Driver, DriverSpec, FoundDevice, Manufacturer, SessionOptions
from micboard_tui.manufacturers.combined_search import make_check
from micboard_tui.manufacturers.shure import system_api, uhfr
from micboard_tui.manufacturers.shure.driver_names import MANUFACTURER as MANUFACTURER_CODE
from micboard_tui.manufacturers.shure.driver_names import PORTS, STRINGS, SYSTEM_API, UHFR
from micboard_tui.manufacturers.shure.slp.listener import SlpDiscovery
from micboard_tui.manufacturers.shure.slp.reachability import explain_silence
from micboard_tui.manufacturers.shure.strings import probe as strings
from micboard_tui.manufacturers.shure.strings.commands import check_command, describe_command
from micboard_tui.manufacturers.shure.strings.driver import make_strings_driver
from micboard_tui.manufacturers.shure.strings.probe import PORT
from micboard_tui.manufacturers.shure.strings.rate_watch import find_rate, watch_rates
from micboard_tui.manufacturers.transport.tcp import dialer


def open_strings(host: str, port: int, options: SessionOptions) -> Driver:
    """A driver for a receiver at ``host``; connects nothing yet."""
    dial = dialer(host, port, options.connect_timeout_s, options.read_interval_s)
    return make_strings_driver(options.wire.dial(host, port, dial), options)


async def probe(host: str, port: int | None, timeout_s: float) -> FoundDevice | None:
    """What answers at ``host``, asked in each protocol in turn, at its usual port if none is given.

    No device is sent a hello of TLS that takes our commands in silence: a server with TLS hangs up when it
    reads them, so this is a receiver that keeps controllers out (docs/reference/protocols/shure.md 6.1).
    """
    if port == PORTS[SYSTEM_API]:
        return await system_api.probe(host, port, timeout_s)
    answer = await strings.ask_device(host, port, timeout_s)
    found = answer.found or await uhfr.probe(host, port, timeout_s)
    if found is not None or (answer.is_silent and port is not None):
        return found
    return await system_api.probe(host, port, timeout_s)


MANUFACTURER = Manufacturer(
    code=MANUFACTURER_CODE,
    title="Shure",
    drivers={
        STRINGS: DriverSpec(
            name=STRINGS,
            title="Command strings over TCP: receivers from ULX-D to Axient Digital, PSM1000, MXW, chargers",
            default_port=PORT,
            open=open_strings,
            check_command=check_command,
            describe_command=describe_command,
            watch_rates=watch_rates,
            find_rate=find_rate,
        ),
        UHFR: uhfr.SPEC,
        SYSTEM_API: system_api.SPEC,
    },
    probe=probe,
    discover=SlpDiscovery(),
    check=make_check(probe, explain_silence, usual_ports=(PORT,)),
)
