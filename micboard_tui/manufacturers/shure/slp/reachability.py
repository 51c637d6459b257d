"""Why a Shure device that announces itself does not answer: one connection, at once closed again."""

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import FoundDevice
from micboard_tui.domain.device import DeviceFault
from micboard_tui.manufacturers.shure import access_hints
from micboard_tui.manufacturers.shure.driver_names import STRINGS
from micboard_tui.manufacturers.transport.link import Dial
from micboard_tui.manufacturers.transport.tcp import dialer


class _IgnoringListener:
    """A listener for a link over which nothing is expected."""

    def data_received(self, data: bytes) -> None:
        pass

    def link_lost(self, error: DeviceError) -> None:
        pass


async def explain_silence(found: FoundDevice, timeout_s: float) -> DeviceFault | None:
    """What keeps us out of ``found``, which did not answer a probe.

    Source: docs/reference/protocols/shure.md 1.11, 6.1.
    """
    if found.driver != STRINGS:
        return DeviceFault(
            ErrorCode.DEVICE_SILENT,
            f"It announces itself but does not answer on UDP {found.port}",
            "Check that this machine is in its network, and that no switch blocks it",
        )
    return await explain_silence_over(dialer(found.host, found.port, timeout_s), found)


async def explain_silence_over(dial: Dial, found: FoundDevice) -> DeviceFault:
    """The same over any link."""
    try:
        async with dial(_IgnoringListener()):
            pass
    except DeviceError as error:
        info = error.info
        if error.code is not ErrorCode.DEVICE_REFUSED:
            return DeviceFault(info.code, info.message, info.hint)
        return DeviceFault(
            info.code,
            f"It announces itself but refuses controllers on TCP {found.port}",
            access_hints.refused_hint(found.model),
        )
    return DeviceFault(
        ErrorCode.DEVICE_SILENT,
        "It accepts the connection but does not answer",
        access_hints.silent_hint(found.model),
    )
