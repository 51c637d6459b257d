"""A simulated device, and a driver with the secret that lets it in."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager

import anyio

from micboard_tui.contracts.errors import DeviceError
from micboard_tui.contracts.ports import Access, Driver, SessionOptions
from micboard_tui.domain.channel import ChannelFacts, Meters
from micboard_tui.domain.observation import DeviceHeard, FactsHeard, MetersHeard, Observation
from micboard_tui.manufacturers.sennheiser.sscv2.driver import Sscv2Timing, make_sscv2_driver
from micboard_tui.manufacturers.session_driver import SessionDriver
from micboard_tui.simulator.sennheiser.sscv2.authentication import PASSWORD
from micboard_tui.simulator.sennheiser.sscv2.sscv2_device import Sscv2Device
from tests.fakes.links import until
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
    return make_sscv2_driver(HOST, port, options, timing=Sscv2Timing(tick_s=0.1, **limits))


def allowed(device: Sscv2Device) -> Access:
    return Access(secret=PASSWORD, fingerprint=device.fingerprint)


class Ears:
    """Keeps what a driver reported."""

    def __init__(self) -> None:
        self.all: list[Observation] = []
        self.failures: list[DeviceError] = []

    def report(self, observations: Sequence[Observation]) -> None:
        self.all += observations

    @property
    def device(self) -> DeviceHeard | None:
        return next((each for each in reversed(self.all) if isinstance(each, DeviceHeard)), None)

    def facts(self, number: int = 1) -> ChannelFacts:
        told = [each.facts for each in self.all if isinstance(each, FactsHeard) and each.number == number]
        return told[-1] if told else ChannelFacts()

    def meters(self, number: int = 1) -> list[Meters]:
        return [each.meters for each in self.all if isinstance(each, MetersHeard) and each.number == number]


@asynccontextmanager
async def listening(
    driver: Driver, until_heard: Callable[[Ears], bool] | None = None
) -> AsyncGenerator[Ears]:
    """A running session, from the moment on that it told all channels."""
    ears = Ears()

    async def run() -> None:
        try:
            await driver.run(ears.report)
        except DeviceError as error:
            ears.failures.append(error)

    async with anyio.create_task_group() as group:
        group.start_soon(run)
        await until(lambda: bool(ears.failures) or (until_heard or _is_open)(ears))
        yield ears
        group.cancel_scope.cancel()


def _is_open(ears: Ears) -> bool:
    return ears.device is not None
