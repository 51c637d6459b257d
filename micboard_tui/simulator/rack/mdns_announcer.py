"""Announces simulated Sennheiser devices by multicast DNS as real ones do, on the loopback interface only.

docs/reference/protocols/sennheiser.md 1.3; zeroconf does the work.
"""

import asyncio
import socket
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

import anyio
import anyio.to_thread

from micboard_tui.simulator.rack.rack_layout import RackDevice

if TYPE_CHECKING:
    # Loading it costs 60 ms, which can wait until everything listens.
    from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

LOOPBACK = "127.0.0.1"
MAX_ANNOUNCED = 128
"""Of one rack; the rest is there without saying so."""
CLOSE_TIMEOUT_S = 2.0
UDP, TCP = "_ssc._udp.local.", "_ssc._tcp.local."
# That a device of the second version announces it over TCP, as it is spoken, is inferred.
SERVICES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"sennheiser-ssc": (UDP, "1.0"), "sennheiser-sscv2": (TCP, "2.3")}
)
"""By driver: the service, and the version in its TXT record."""

OpenResponder: TypeAlias = Callable[[], "AsyncZeroconf"]
"""Raises OSError or RuntimeError where there is no multicast."""


def open_on_loopback() -> "AsyncZeroconf":
    """A responder that no other machine can reach. Raises OSError."""
    from zeroconf import IPVersion  # noqa: PLC0415 - slow to load, seldom needed
    from zeroconf.asyncio import AsyncZeroconf  # noqa: PLC0415 - slow to load, seldom needed

    return AsyncZeroconf(interfaces=[LOOPBACK], ip_version=IPVersion.V4Only)


@asynccontextmanager
async def announce_by_mdns(
    devices: Sequence[RackDevice], open_responder: OpenResponder = open_on_loopback
) -> AsyncGenerator[None]:
    """Announce those that speak SSC, and answer questions about them, until this is left.

    Where the machine has no multicast, nothing is announced, and that is all.
    """
    announced = [device for device in devices if device.driver in SERVICES][:MAX_ANNOUNCED]
    if not announced:
        yield
        return
    task = asyncio.create_task(_answer(announced, open_responder), name="dns-sd")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


async def _answer(devices: Sequence[RackDevice], open_responder: OpenResponder) -> None:
    # In a thread, so that a demo's board does not stand still meanwhile.
    await anyio.to_thread.run_sync(import_module, "zeroconf.asyncio")
    from zeroconf import Error  # noqa: PLC0415 - slow to load, seldom needed

    try:
        responder = open_responder()
    except (OSError, RuntimeError):
        return
    try:
        # Where zeroconf does not get going, nothing is announced.
        with suppress(Error):
            # All at once: finding out whether a name is free takes a second and a half.
            await asyncio.gather(*(_register(responder, _service(device)) for device in devices))
        await asyncio.Event().wait()
    finally:
        with anyio.move_on_after(CLOSE_TIMEOUT_S, shield=True):
            await responder.async_close()


async def _register(responder: "AsyncZeroconf", service: "AsyncServiceInfo") -> None:
    # A second rack of the same names gets a number behind each, as the devices do it.
    await (await responder.async_register_service(service, allow_name_change=True))


def _service(device: RackDevice) -> "AsyncServiceInfo":
    from zeroconf.asyncio import AsyncServiceInfo  # noqa: PLC0415 - slow to load, seldom needed

    kind, version = SERVICES[device.driver]
    return AsyncServiceInfo(
        kind,
        f"{device.name}.{kind}",
        port=device.port,
        properties={"txtvers": "1", "version": version, "model": device.model},
        # One host for each address, whatever the devices are called.
        server=f"simulated-{device.host.replace('.', '-')}-{device.port}.local.",
        addresses=[socket.inet_aton(device.host)],
    )
