"""Asks an address what anybody may know. Sends no secret.

Source: docs/reference/protocols/sennheiser.md 6.1.
"""

import anyio

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import FoundDevice
from micboard_tui.domain.device import DeviceFault, DeviceKind
from micboard_tui.domain.fingerprint import grouped
from micboard_tui.manufacturers.sennheiser.sscv2.identification import family_of
from micboard_tui.manufacturers.sennheiser.sscv2.request_queue import Desk
from micboard_tui.manufacturers.sennheiser.sscv2.values import word
from micboard_tui.manufacturers.transport.https import Peer, fetch_fingerprint, open_client
from micboard_tui.protocols.sscv2.message import Json
from micboard_tui.protocols.sscv2.path import IDENTITY, VERSION

STEPS = 3


async def probe_sscv2(host: str, port: int, driver: str, timeout_s: float) -> FoundDevice | None:
    """What answers there; None when nothing that this driver speaks to does."""
    try:
        with anyio.fail_after(STEPS * timeout_s):
            # Whatever certificate it shows is taken for these two open questions, and for nothing else.
            shown = await fetch_fingerprint(host, port, timeout_s)
            async with open_client(Peer(host, port, shown), timeout_s) as client:
                desk = Desk(client)
                version, identity = await desk.get(VERSION), await desk.get(IDENTITY)
    except (DeviceError, TimeoutError):
        return None
    return _found(host, port, driver, version, identity, shown)


def _found(
    host: str, port: int, driver: str, version: Json, identity: Json, shown: str
) -> FoundDevice | None:
    if family_of(identity, version) is None or not isinstance(identity, dict):
        return None
    return FoundDevice(
        host=host,
        port=port,
        manufacturer="sennheiser",
        driver=driver,
        model=word(identity.get("product")),
        own_name=None,
        kind=DeviceKind.RECEIVER,
        fault=DeviceFault(
            ErrorCode.CREDENTIALS_NEEDED,
            f"It wants a password, and its certificate has to be accepted: {grouped(shown)}",
            "Set a password for third-party access in Control Cockpit or WSM (on a Spectera, on its web "
            "page), then add the device with it",
        ),
    )
