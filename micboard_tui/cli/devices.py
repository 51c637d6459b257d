"""``devices``: registering, listing, changing and commanding receivers."""

from typing import TYPE_CHECKING, Annotated

import typer

from micboard_tui.cli.plugin_help import NamesManufacturers

if TYPE_CHECKING:
    from micboard_tui.container import Container
    from micboard_tui.contracts.device import DeviceQuery
    from micboard_tui.domain.device import DeviceSnapshot
    from micboard_tui.domain.identity import LocationId

app = typer.Typer(help="Receivers: add, list, change, command.", no_args_is_help=True, rich_markup_mode=None)

Which = Annotated[
    str, typer.Argument(metavar="DEVICE", help="Its id or the start of it, its name, host or host:port.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")]
Port = Annotated[int | None, typer.Option(help="Its port, when it is not the usual one.")]
Fingerprint = Annotated[
    str | None,
    typer.Option(help="The SHA-256 of the certificate that you trust it by, where it has one."),
]


@app.command(cls=NamesManufacturers)
def add(
    manufacturer: Annotated[str, typer.Argument(help="Its maker's code; see below.")],
    host: Annotated[str, typer.Argument(help="Its address or host name.")],
    driver: Annotated[
        str | None, typer.Option(help="How it is spoken to; left out: it is asked, if there is a choice.")
    ] = None,
    port: Port = None,
    location: Annotated[str | None, typer.Option(help="Where it stands; made when there is none.")] = None,
    name: Annotated[str | None, typer.Option(help="Your name for it; left out: its own.")] = None,
    fingerprint: Fingerprint = None,
    as_json: Json = False,
) -> None:
    """Register a receiver. It need not be switched on.

    Without --driver it is asked which one it answers to; when it does not, the usual one is taken, and said.
    What it needs besides, a password or your word for its certificate, is asked for in a terminal.

      micboard-tui devices add shure 192.168.1.20 --location "Main Stage"
    """
    import sys
    from dataclasses import asdict

    from micboard_tui.cli.context import ask, data_of
    from micboard_tui.cli.output import print_json, say
    from micboard_tui.cli.prompts import complete

    async def act(container: "Container") -> None:
        device = data_of(
            await container.devices.register(
                manufacturer,
                host,
                driver=driver,
                port=port,
                name=name,
                location=location,
                fingerprint=fingerprint,
            )
        )
        if as_json:
            print_json({"schema": 1, "device": asdict(device)})
        else:
            say(f"Added {device.name or device.host} on port {device.port} as {device.id}.")
        await complete(container, device, interactive=sys.stdin.isatty() and not as_json)

    ask(act)


@app.command("list")
def list_devices(
    manufacturer: Annotated[str | None, typer.Option(help="Only devices of this manufacturer.")] = None,
    location: Annotated[str | None, typer.Option(help="Only what stands there or below.")] = None,
    online: Annotated[
        bool | None, typer.Option("--online/--offline", help="Only those on or off the air.")
    ] = None,
    low_battery: Annotated[
        int | None,
        typer.Option(help="Only channels known to be at this many percent or less.", min=0, max=100),
    ] = None,
    as_json: Json = False,
) -> None:
    """List what is registered, as the database last knew it. Asks no device.

    micboard-tui devices list --offline
    micboard-tui devices list --location "Main Stage" --low-battery 20 --json
    """
    import time

    from micboard_tui.cli.context import ask, data_of
    from micboard_tui.cli.devices_document import document
    from micboard_tui.cli.output import NOTHING_REGISTERED, note, print_devices, print_json

    async def act(container: "Container") -> "list[DeviceSnapshot]":
        place = None if location is None else data_of(await container.locations.find(location)).id
        if manufacturer is not None:
            container.manufacturers.get(manufacturer)
        query = _query(manufacturer, place, online, low_battery)
        return list(data_of(await container.devices.list_devices(query)))

    found = ask(act)
    if as_json:
        print_json(document(found, time.time()))
    elif found:
        print_devices(found)
    elif any(each is not None for each in (manufacturer, location, online, low_battery)):
        note("No device matches. All of them:  micboard-tui devices list")
    else:
        note(NOTHING_REGISTERED)


def _query(
    manufacturer: str | None, place: "LocationId | None", online: bool | None, low_battery: int | None
) -> "DeviceQuery":
    from micboard_tui.contracts.device import ALL_DEVICES

    query = ALL_DEVICES if manufacturer is None else ALL_DEVICES.of(manufacturer)
    query = query if place is None else query.at(place)
    query = query if low_battery is None else query.low_battery(low_battery)
    if online is None:
        return query
    return query.online() if online else query.offline()


@app.command()
def show(device: Which, as_json: Json = False) -> None:
    """Print everything that is known of one receiver, the vendor's own words included."""
    import time

    from micboard_tui.cli.context import ask, data_of
    from micboard_tui.cli.devices_document import document
    from micboard_tui.cli.output import print_devices, print_json, print_table, say

    async def act(container: "Container") -> "DeviceSnapshot":
        chosen = data_of(await container.devices.find(device))
        return data_of(await container.devices.get_device_status(chosen.id))

    snapshot = ask(act)
    if as_json:
        print_json(document([snapshot], time.time()))
        return
    print_devices([snapshot])
    rows = [("device", name, value) for name, value in snapshot.state.raw]
    for channel in snapshot.channels:
        rows += [(f"channel {channel.number}", name, value) for name, value in channel.facts.raw]
    if rows:
        say("")
        print_table(("of", "property", "value"), rows)


@app.command("set")
def set_device(
    device: Which,
    name: Annotated[str | None, typer.Option(help="Your name for it; empty takes it away.")] = None,
    host: Annotated[str | None, typer.Option(help="Where it is now.")] = None,
    port: Port = None,
    location: Annotated[str | None, typer.Option(help="Where it stands; empty: nowhere.")] = None,
    channel: Annotated[
        int | None, typer.Option(help="The channel that the options below change.", min=1)
    ] = None,
    channel_name: Annotated[str | None, typer.Option(help="On the device: the channel's name.")] = None,
    gain: Annotated[int | None, typer.Option(help="On the device: output gain in dB.")] = None,
    mute: Annotated[bool | None, typer.Option("--mute/--unmute", help="On the device: output mute.")] = None,
    frequency: Annotated[float | None, typer.Option(help="On the device: MHz. The pack must follow.")] = None,
    group_channel: Annotated[str | None, typer.Option(help="On the device: group,channel as 6,11.")] = None,
    slot: Annotated[
        int | None, typer.Option(help="A registered transmitter (Axient Digital).", min=1)
    ] = None,
    slot_rf: Annotated[str | None, typer.Option(help="On the transmitter: RF on or off.")] = None,
    device_name: Annotated[str | None, typer.Option(help="On the device: its own name.")] = None,
    yes: Yes = False,
) -> None:
    """Change how a receiver is registered, or something on the receiver itself.

    What changes on the device is shown first and done only with --yes or after a question. Each change
    waits for the device's confirmation.

      micboard-tui devices set "Rack A" --location "B Stage"
      micboard-tui devices set "Rack A" --channel 1 --gain 12 --yes
    """
    from micboard_tui.cli.context import ask, data_of
    from micboard_tui.cli.device_set import Wishes, commands_of, registered, set_on_device
    from micboard_tui.contracts.device import DeviceChange

    change = DeviceChange(name=name, host=host, port=port, location=location)
    wishes = Wishes(channel_name, gain, mute, frequency, group_channel, slot, slot_rf, device_name)
    commands = commands_of(channel, wishes)
    if change == DeviceChange() and not commands:
        raise typer.BadParameter("Say what to change; --help lists it")

    async def act(container: "Container") -> None:
        chosen = data_of(await container.devices.find(device))
        if change != DeviceChange():
            await registered(container, chosen, change)
        if commands:
            await set_on_device(container, chosen, commands, yes=yes)

    ask(act)


@app.command()
def identify(
    device: Which, channel: Annotated[int | None, typer.Option(help="Only this channel.", min=1)] = None
) -> None:
    """Have a receiver flash, so that you find it in the rack.

    micboard-tui devices identify "Rack A" --channel 2
    """
    from micboard_tui.cli.context import ask, data_of
    from micboard_tui.cli.output import say
    from micboard_tui.domain.command import Identify

    async def act(container: "Container") -> str:
        chosen = data_of(await container.devices.find(device))
        data_of(await container.devices.execute(chosen.id, Identify(channel)))
        return chosen.name or chosen.host

    say(f"{ask(act)} is flashing.")


@app.command()
def trust(device: Which, fingerprint: Fingerprint = None) -> None:
    """Accept the certificate of a device, so that it can be talked to. Shows it first, and asks.

    Compare the fingerprint with what the device or its maker's program shows. A device whose
    certificate is another one than the accepted one is not talked to.

      micboard-tui devices trust "Rack A"
    """
    from micboard_tui.cli.context import ask, data_of
    from micboard_tui.cli.prompts import trust as accept

    async def act(container: "Container") -> None:
        await accept(container, data_of(await container.devices.find(device)), fingerprint)

    ask(act)


@app.command()
def remove(device: Which, yes: Yes = False) -> None:
    """Forget a receiver and its last readings. Nothing changes on the receiver.

    micboard-tui devices remove "Rack A" --yes
    """
    from micboard_tui.cli.context import ask, data_of
    from micboard_tui.cli.device_set import confirmed
    from micboard_tui.cli.output import say

    async def act(container: "Container") -> str:
        chosen = data_of(await container.devices.find(device))
        called = chosen.name or f"{chosen.host}:{chosen.port}"
        confirmed(f"Forget {called} and its last readings", yes=yes)
        data_of(await container.devices.remove(chosen.id))
        return f"Removed {called}. To bring it back:  micboard-tui undo"

    say(ask(act))


@app.command()
def discover(
    targets: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="TARGET",
            help="Addresses, host names or networks as 192.168.1.0/24 to ask; left out: only listen.",
        ),
    ] = None,
    interface: Annotated[
        list[str] | None,
        typer.Option(metavar="ADDRESS", help="Own address to listen on; may be repeated; left out: all."),
    ] = None,
    timeout: Annotated[float, typer.Option(help="Seconds to listen.", min=0.2, max=60.0)] = 5.0,
    as_json: Json = False,
) -> None:
    """List devices that are not registered yet: those that announce themselves, and those at TARGET.

    Each is asked once whether it lets us in, and nothing is metered. Where it does not, the cause and the
    cure stand below.

      micboard-tui devices discover
      micboard-tui devices discover 192.168.1.0/24 --interface 192.168.1.10
    """
    from micboard_tui.cli.context import ask, data_of
    from micboard_tui.cli.discover import print_findings, waiting
    from micboard_tui.contracts.device import Search

    search = Search(tuple(targets or ()), tuple(interface or ()), timeout)
    told = None if as_json else waiting(timeout)
    print_findings(data_of(ask(lambda container: container.devices.discover(search, told))), as_json=as_json)
