"""A simulated device, and a driver with the secret that lets it in."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from micboard_tui.contracts.errors import DeviceError
from micboard_tui.contracts.ports import Access, Driver, SessionOptions
from micboard_tui.manufacturers.sennheiser.sscv2.driver import Sscv2Timing, make_sscv2_driver
from micboard_tui.manufacturers.session_driver import SessionDriver
from micboard_tui.simulator.sennheiser.sscv2.authentication import PASSWORD
from micboard_tui.simulator.sennheiser.sscv2.sscv2_device import Sscv2Device
from tests.fakes.driver_runs import ReportCollector
from tests.fakes.driver_runs import running as running_session
from tests.fakes.links import until
from tests.fakes.virtual_time import loop_time
from tests.simulator.simulated_devices import HOST, STEP_S, build_device, build_plan


def device(model: str = "EWDX2CHS", seed: int = 1) -> Sscv2Device:
    built = build_device(Sscv2Device, build_plan(model, f"test {seed}"))
    for air in built.airs:
        air.step(STEP_S, 0)
    return built


def driver(device: Sscv2Device, port: int, access: Access | None = None, **timing: float) -> SessionDriver:
    """One that may come in, unless ``access`` says otherwise, and is quick at everything."""
    limits = {
        name: timing.pop(name)
        for name in ("quiet_s", "stream_limit_s", "open_limit_s", "round_trip_every_s", "lost_s")
        if name in timing
    }
    options = SessionOptions(
        meter_interval_s=timing.get("meter_interval_s", 0.05),
        silence_limit_s=timing.get("silence_limit_s", 2.0),
        connect_timeout_s=timing.get("connect_timeout_s", 1.0),
        access=access or allowed(device),
    )
    return make_sscv2_driver(HOST, port, options, loop_time, timing=Sscv2Timing(tick_s=0.1, **limits))


def allowed(device: Sscv2Device) -> Access:
    return Access(secret=PASSWORD, fingerprint=device.fingerprint)


@asynccontextmanager
async def watching(driver: Driver) -> AsyncGenerator[tuple[ReportCollector, list[DeviceError]]]:
    """A running session, from the moment on that it reported all channels, and the error that ended it."""
    report = ReportCollector()
    async with running_session(driver, report) as errors:
        await until(lambda: bool(errors) or bool(report.devices))
        yield report, errors
