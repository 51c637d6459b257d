"""Records for some seconds what passes between a driver and one device, with names and addresses hidden."""

import io
from collections.abc import Callable, Sequence

import anyio

from micboard_tui.contracts.errors import MicboardError
from micboard_tui.domain.device import Device
from micboard_tui.domain.observation import Observation
from micboard_tui.services.synchronization.driver_opener import DriverOpener
from micboard_tui.services.wire.wire_file import WireDevice
from micboard_tui.services.wire.wire_mask import WireMask
from micboard_tui.services.wire.wire_recorder import WireRecorder

MAX_BYTES = 5_000_000
WRITE_EVERY_S = 0.5


class WireSample:
    """For one recording."""

    def __init__(self, recorder: WireRecorder, opener: DriverOpener, close: Callable[[], None]) -> None:
        """``opener`` opens drivers over ``recorder``; ``close`` is called when the session has ended."""
        self._recorder, self._opener, self._close = recorder, opener, close

    async def record(self, device: Device, names: Sequence[str], seconds: float) -> str:
        """The recording as text; what ended it before its time stands in its last line."""
        recorder, output = self._recorder, io.StringIO()
        named = WireDevice(1, device.manufacturer, device.driver, device.host, device.port, "")
        recorder.choose([named], WireMask([device.host, *names]))
        output.write(recorder.header(["recorded by doctor; names, addresses and serial numbers are hidden"]))
        reason = ""
        with anyio.move_on_after(seconds):
            try:
                credentials = await self._opener.find_credentials(device)
                driver = self._opener.open(device, credentials, None)
                async with anyio.create_task_group() as group:
                    group.start_soon(self._write, output, group.cancel_scope)
                    await driver.run(_ignore)
            except* MicboardError as errors:
                reason = "; ".join(str(error) for error in errors.exceptions)
        self._close()
        recorder.write_waiting(output, is_last=True)
        return output.getvalue() + (f"# ended: {reason}\n" if reason else "")

    async def _write(self, output: io.StringIO, scope: anyio.CancelScope) -> None:
        while self._recorder.written_bytes < MAX_BYTES:
            await anyio.sleep(WRITE_EVERY_S)
            self._recorder.write_waiting(output)
        scope.cancel()


def _ignore(observations: Sequence[Observation]) -> None:
    """What they mean is of no interest here."""
