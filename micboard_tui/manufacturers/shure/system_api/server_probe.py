"""Asks an address whether a System API server is there. Sends no key.

Source: docs/reference/protocols/shure.md 14.1.
"""

from http import HTTPStatus

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import FoundDevice
from micboard_tui.domain.device import DeviceFault
from micboard_tui.domain.fingerprint import format_fingerprint
from micboard_tui.manufacturers.shure.driver_names import MANUFACTURER, SYSTEM_API
from micboard_tui.manufacturers.shure.system_api.mapping import MODEL
from micboard_tui.manufacturers.transport.https import Peer, ask, fetch_fingerprint, open_client
from micboard_tui.protocols.errors import ProtocolError
from micboard_tui.protocols.shure_system_api.paths import DEVICES
from micboard_tui.protocols.shure_system_api.reading import read_devices, read_problem

KEY_HINT = (
    "Copy the key from C:\\ProgramData\\Shure\\SystemAPI\\Standalone\\Security\\sharedkey.txt on the server, "
    "and store it: micboard-tui secrets set DEVICE"
)


async def probe_server(host: str, port: int, timeout_s: float) -> FoundDevice | None:
    """What answers there; None when it is no System API server."""
    try:
        # Nothing secret is sent, so for this one question any certificate will do.
        shown = await fetch_fingerprint(host, port, timeout_s)
        async with open_client(Peer(host, port, shown), timeout_s) as client:
            answer = await ask(client, "GET", DEVICES)
    except DeviceError:
        return None
    if not is_server(answer.status, answer.body):
        return None
    fault = DeviceFault(
        ErrorCode.CREDENTIALS_NEEDED,
        f"It needs its API key, and its certificate is {format_fingerprint(shown)}",
        KEY_HINT,
    )
    return FoundDevice(host, port, MANUFACTURER, SYSTEM_API, MODEL, None, fault=fault)


def is_server(status: int, body: bytes) -> bool:
    """It refuses requests without a key with a problem that has a title.

    Source: docs/reference/protocols/shure.md 14.1.
    """
    if status == HTTPStatus.UNAUTHORIZED:
        return read_problem(body) is not None
    try:
        return status == HTTPStatus.OK and bool(read_devices(body).devices)
    except ProtocolError:
        return False
