"""Asks an address what everyone may know. Sends no secret.

Source: docs/reference/protocols/sennheiser.md 6.1.
"""

import time

import anyio

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import FoundDevice
from micboard_tui.domain.device import DeviceFault, DeviceKind
from micboard_tui.domain.fingerprint import format_fingerprint
from micboard_tui.manufacturers.sennheiser.driver_names import MANUFACTURER, SSCV2
from micboard_tui.manufacturers.sennheiser.sscv2.identification import family_of
from micboard_tui.manufacturers.sennheiser.sscv2.request_queue import RequestQueue
from micboard_tui.manufacturers.sennheiser.sscv2.values import parse_text
from micboard_tui.manufacturers.transport.https import Peer, fetch_fingerprint, open_client
from micboard_tui.protocols.sscv2.path import IDENTITY, VERSION

STEPS = 3
"""A certificate and two requests, each within the timeout."""


async def probe_sscv2(host: str, port: int, timeout_s: float) -> FoundDevice | None:
    """What answers there; None when no device does that this driver supports."""
    try:
        with anyio.fail_after(STEPS * timeout_s):
            # Whatever certificate it shows is accepted for these two open requests, and for nothing else.
            fingerprint = await fetch_fingerprint(host, port, timeout_s)
            async with open_client(Peer(host, port, fingerprint), timeout_s) as client:
                requests = RequestQueue(client, time.monotonic)
                version, identity = await requests.get(VERSION), await requests.get(IDENTITY)
    except (DeviceError, TimeoutError):
        return None
    if family_of(identity, version) is None or not isinstance(identity, dict):
        return None
    return FoundDevice(
        host=host,
        port=port,
        manufacturer=MANUFACTURER,
        driver=SSCV2,
        model=parse_text(identity.get("product")),
        own_name=None,
        kind=DeviceKind.RECEIVER,
        fault=DeviceFault(
            ErrorCode.CREDENTIALS_NEEDED,
            f"It needs a password, and its certificate has to be accepted: {format_fingerprint(fingerprint)}",
            "Set a password for third-party access in Control Cockpit or WSM (on a Spectera, on its web "
            "page), then add the device with it",
        ),
    )
