"""The real drivers against simulated in-ears, access points, chargers and UHF-R, over loopback."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import anyio
import pytest

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import Driver, DriverSpec, Probe, SessionOptions
from micboard_tui.domain.bay import BayState
from micboard_tui.domain.channel import Lock
from micboard_tui.domain.command import (
    Command,
    Identify,
    SetChannelName,
    SetDeviceName,
    SetGain,
    SetMute,
)
from micboard_tui.domain.device import Device, DeviceKind, DeviceSnapshot
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.observation import Observation
from micboard_tui.manufacturers.shure import MANUFACTURER, uhfr
from micboard_tui.manufacturers.shure.driver_names import STRINGS, UHFR
from micboard_tui.manufacturers.shure.strings.probe import probe
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.steady_clock import SteadyClock
from micboard_tui.simulator.device.simulated_device import DOCUMENTED, PLAIN, ULXD_MODE, SimulatedDevice
from micboard_tui.simulator.rack.rack_contents import BLUEPRINTS
from micboard_tui.simulator.shure.receiver_channel import Channel
from micboard_tui.simulator.shure.strings import models as strings
from micboard_tui.simulator.shure.strings.receiver import Receiver
from micboard_tui.simulator.shure.strings.strings_device import StringsDevice
from micboard_tui.simulator.shure.strings.strings_faults import StringsFaults, Writes
from micboard_tui.simulator.shure.uhfr import models as uhfr_models
from micboard_tui.simulator.shure.uhfr.uhfr_device import UhfrFaults
from tests.fakes.driver_runs import running
from tests.fakes.links import UNHURRIED_S, until
from tests.simulator.simulated_devices import build_plan
from tests.simulator.simulated_devices import running as running_device
from tests.simulator.strings_clients import RECEIVER_MODELS

pytestmark = pytest.mark.integration

MODELS = [model for model in (*strings.BLUEPRINTS, *uhfr_models.BLUEPRINTS) if model not in RECEIVER_MODELS]
SPECS: dict[str, DriverSpec] = {
    "shure-strings": MANUFACTURER.drivers["shure-strings"],
    UHFR: uhfr.SPEC,
}
PROBES: dict[str, Probe] = {STRINGS: probe, UHFR: uhfr.probe}


class Stage:
    """One device that listens, its world, and what we know of it."""

    def __init__(self, model: str, simulated: SimulatedDevice, port: int) -> None:
        self.model = model
        self.simulated = simulated
        self.port = port
        self.live = LiveState(SteadyClock())
        self.live.place([Device(DeviceId("one"), "shure", "", "127.0.0.1", port)], [])

    def report(self, observations: Sequence[Observation]) -> None:
        self.live.take_observations(DeviceId("one"), observations)

    def driver(self, silence_limit_s: float = 5.0) -> Driver:
        spec = SPECS[BLUEPRINTS[self.model].driver]
        options = SessionOptions(connect_timeout_s=2.0, silence_limit_s=silence_limit_s)
        return spec.open("127.0.0.1", self.port, options)

    def session(self, silence_limit_s: float = 5.0) -> AbstractAsyncContextManager[list[DeviceError]]:
        return running(self.driver(silence_limit_s), self.report)

    @property
    def known(self) -> DeviceSnapshot:
        device = self.live.device(DeviceId("one"))
        assert device is not None
        return device

    @property
    def faults(self) -> StringsFaults:
        assert isinstance(self.simulated.faults, StringsFaults)
        return self.simulated.faults

    @property
    def udp_faults(self) -> UhfrFaults:
        assert isinstance(self.simulated.faults, UhfrFaults)
        return self.simulated.faults


@asynccontextmanager
async def on_stage(model: str, mode: str = PLAIN) -> AsyncGenerator[Stage]:
    device = BLUEPRINTS[model].build(build_plan(model, 2, mode=mode))
    async with running_device(device) as port:
        yield Stage(model, device, port)


@pytest.mark.parametrize("model", MODELS)
async def test_every_model_is_found_and_read_whole(model: str) -> None:
    blueprint = BLUEPRINTS[model]
    async with on_stage(model) as stage:
        found = await PROBES[blueprint.driver]("127.0.0.1", stage.port, 0.6)
        assert found is not None
        assert (found.manufacturer, found.driver, found.model) == ("shure", blueprint.driver, model)
        with anyio.fail_after(UNHURRIED_S):
            await stage.driver().read_once(stage.report)
        device = stage.known
    assert (device.state.model, device.state.kind) == (model, found.kind)
    assert device.state.own_name == found.own_name
    assert len(device.channels) == blueprint.channels
    is_charger = device.state.kind is DeviceKind.CHARGER
    assert bool(device.state.bays) == is_charger
    for channel in device.channels:
        assert channel.facts.name
        assert channel.link_state is LinkState.LIVE
        assert (channel.facts.frequency_khz is None) == model.startswith("MXW")
        assert (channel.meters.audio_dbfs is None) == model.startswith("MXW")
    for bay in device.state.bays:
        assert bay.state is not BayState.UNKNOWN
        assert (bay.battery.percent is None) == (bay.state is BayState.EMPTY)


@pytest.mark.parametrize(("mode", "count", "slots"), [(PLAIN, 16, 1), (ULXD_MODE, 24, 0)])
@pytest.mark.no_cover
async def test_an_anx4_is_read_whole_in_both_modes(mode: str, count: int, slots: int) -> None:
    async with on_stage("ANX4", mode) as stage:
        found = await probe("127.0.0.1", stage.port, 0.6)
        assert found is not None
        assert (found.model, found.kind) == ("ANX4", DeviceKind.RECEIVER)
        with anyio.fail_after(UNHURRIED_S):
            await stage.driver().read_once(stage.report)
        rates = {channel.meter_rate_ms for channel in receiver_channels(stage)}
        device = stage.known
    assert (device.state.model, device.state.own_name) == ("ANX4", "Rack 1")
    assert rates == {0}
    assert [channel.number for channel in device.channels] == [*range(1, count + 1)]
    for channel in device.channels:
        assert channel.facts.name
        assert channel.link_state is LinkState.LIVE
        assert channel.facts.transmitter is not None
        assert channel.facts.transmitter.battery.is_known
        assert channel.meters.rf_a_dbm is not None
        assert channel.meters.audio_dbfs is not None
        assert min(1, len(channel.facts.slots)) == slots


@pytest.mark.parametrize(
    ("model", "command", "value"),
    [
        ("ANX4", SetGain(16, 3), "+3 dB"),
        ("P10T", SetMute(2, True), "muted"),
        ("P10T", SetGain(1, -20), "-20 dB"),
        ("P10T", SetDeviceName("Ears 1"), "Ears 1"),
        ("MXWAPT4", SetGain(4, 3), "+3 dB"),
        ("MXWAPT4", SetChannelName(2, "Table 2"), "Table 2"),
        ("SBRC", SetDeviceName("Rack C"), "Rack C"),
        ("SBC441", Identify(), "flashing"),
        ("UR4D", SetMute(2, True), "muted"),
        ("UR4D", SetChannelName(1, "Ada Lovelace"), "Ada Lovelace"),
    ],
)
async def test_commands_are_confirmed_by_the_simulated_device(
    model: str, command: Command, value: str
) -> None:
    async with on_stage(model) as stage:
        with anyio.fail_after(UNHURRIED_S):
            confirmation = await stage.driver().execute_once(command)
    assert (confirmation.value, confirmation.adapted) == (value, False)


def audio(stage: Stage) -> Callable[[], bool]:
    before = stage.known.channels[0].version if stage.known.channels else 0
    return lambda: (
        bool(stage.known.channels)
        and stage.known.channels[0].version > before
        and stage.known.channels[0].meters.audio_dbfs is not None
    )


async def test_a_psm1000_is_heard_through_chunks_garbage_and_another_controller() -> None:
    async with on_stage("P10T") as stage, stage.session() as ended:
        stage.faults.writes, stage.faults.garbage = Writes.CHUNKS, True
        await until(audio(stage))
        stage.faults.clear()
        stage.faults.change_meter_rate(5000)
        await until(lambda: rate_in_force(stage) == "05000")
        assert stage.known.channels[0].facts.meter_interval_s == 0.1
        await until(lambda: rate_in_force(stage) == "00100")
        assert not ended


def rate_in_force(stage: Stage) -> str | None:
    return dict(stage.known.channels[0].facts.raw).get("METER_RATE")


async def test_an_slxd_plus_as_documented_has_battery_and_type_and_loses_its_carrier() -> None:
    async with on_stage("SLXD4D+", DOCUMENTED) as stage, stage.session():
        await until(lambda: bool(stage.known.channels) and stage.known.channels[0].meters.rf_dbm is not None)
        channel = stage.known.channels[0]
        pack = stage.simulated.airs[0].pack
        assert channel.link_state is LinkState.LIVE
        assert channel.facts.transmitter is not None
        assert channel.facts.transmitter.model == pack.model
        assert channel.facts.transmitter.battery.minutes is not None
        receiver_channels(stage)[0].air.dropped = True
        await until(lambda: stage.known.channels[0].link_state is LinkState.RF_LOST)
        pack.switch(on=False)
        await until(lambda: stage.known.channels[0].link_state is LinkState.TRANSMITTER_OFF)


@pytest.mark.parametrize(
    ("model", "unanswered"),
    [
        ("ULXD4D", {"MODEL", "TX_TYPE", "0 ALL"}),
        ("ULXD4D", {"ALL"}),
        ("SLXD4D", {"MODEL", "TX_MODEL"}),
        ("AD4D-A", {"MODEL", "TX_MODEL"}),
        ("SBC240", {"MODEL"}),
    ],
)
async def test_a_device_that_leaves_questions_unanswered_is_read_all_the_same(
    model: str, unanswered: set[str]
) -> None:
    async with on_stage(model) as stage:
        stage.faults.unanswered = frozenset(unanswered)
        with anyio.fail_after(UNHURRIED_S):
            await stage.driver().read_once(stage.report)
        assert [channel.number for channel in stage.known.channels] == list(
            range(1, BLUEPRINTS[model].channels + 1)
        )
        assert all(channel.facts.name for channel in stage.known.channels)
        assert all(channel.link_state is LinkState.LIVE for channel in stage.known.channels)
        assert len(stage.known.state.bays) == (2 if model == "SBC240" else 0)


@pytest.mark.parametrize("model", ["ULXD4D", "AD4D-A"])
async def test_a_pack_that_is_locked_says_so(model: str) -> None:
    async with on_stage(model) as stage:
        stage.simulated.airs[0].pack.lock = "MENU"
        with anyio.fail_after(UNHURRIED_S):
            await stage.driver().read_once(stage.report)
        locks = [
            channel.facts.transmitter.lock
            for channel in stage.known.channels
            if channel.facts.transmitter is not None
        ]
    assert locks == [Lock.MENU, Lock.NONE]


@pytest.mark.parametrize("mode", [PLAIN, DOCUMENTED])
async def test_the_antenna_of_an_slxd_plus_is_shown_and_follows(mode: str) -> None:
    async with on_stage("SLXD4D+", mode) as stage, stage.session():
        await until(lambda: bool(stage.known.channels) and stage.known.channels[0].meters.antenna is not None)
        air = stage.simulated.airs[0]
        assert stage.known.channels[0].meters.antenna in {"A", "B", "AB"}
        air.dropped = True
        await until(lambda: stage.known.channels[0].meters.antenna is None)


def receiver_channels(stage: Stage) -> list[Channel]:
    assert isinstance(stage.simulated, StringsDevice)
    unit = stage.simulated.unit
    assert isinstance(unit, Receiver)
    return list(unit.channels)


@pytest.mark.parametrize("model", ["ULXD4D", "AD4Q-A", "SLXD4D+", "P10T"])
async def test_leaving_puts_back_the_rate_of_another_controller(model: str) -> None:
    async with on_stage(model) as stage:
        channels = receiver_channels(stage)
        channels[0].meter(1000)
        async with stage.session():
            await until(lambda: [channel.meter_rate_ms for channel in channels] == [100] * len(channels))
        await until(
            lambda: [channel.meter_rate_ms for channel in channels] == [1000] + [0] * (len(channels) - 1)
        )


@pytest.mark.parametrize("model", ["ULXD4D", "SLXD4D+", "AD4D-A"])
async def test_a_single_look_has_meters_where_index_0_does_not_take_a_rate(model: str) -> None:
    async with on_stage(model) as stage:
        stage.faults.refused = frozenset({"0 METER_RATE"})
        with anyio.fail_after(UNHURRIED_S):
            await stage.driver().read_once(stage.report)
        assert [channel.meters.rf_dbm is None for channel in stage.known.channels] == [False, False]
        assert [channel.meters.audio_dbfs is None for channel in stage.known.channels] == [False, False]


async def test_facts_stay_whole_when_a_change_is_reported_before_the_list() -> None:
    async with on_stage("ULXD4D") as stage:
        stage.faults.interrupts_lists = True
        names: set[str | None] = set()

        def take(observations: Sequence[Observation]) -> None:
            stage.report(observations)
            names.update(channel.facts.group_channel for channel in stage.known.channels)

        for _ in range(2):
            await stage.driver().read_once(take)
        assert None not in names
        assert names


async def test_a_microphone_goes_to_its_charger_and_comes_back() -> None:
    async with on_stage("MXWAPT2") as stage, stage.session():
        await until(lambda: len(stage.known.channels) == 2)
        pack = stage.simulated.airs[0].pack
        assert stage.known.channels[0].link_state is LinkState.LIVE
        pack.switch(on=False)
        await until(lambda: stage.known.channels[0].link_state is LinkState.TRANSMITTER_OFF)
        assert stage.known.channels[0].battery is None
        pack.switch(on=True)
        await until(lambda: stage.known.channels[0].link_state is LinkState.LIVE)
        pack.mute(on=True)
        await until(lambda: stage.known.channels[0].link_state is LinkState.MUTED)


async def test_a_charger_that_freezes_falls_silent_and_its_bays_are_unknown() -> None:
    async with on_stage("SBRC") as stage, stage.session(silence_limit_s=1.0) as ended:
        await until(lambda: len(stage.known.state.bays) == 8)
        assert not ended
        stage.faults.freeze = True
        await until(lambda: bool(ended))
    assert ended[0].code is ErrorCode.DEVICE_SILENT


async def test_uhfr_goes_on_while_datagrams_are_lost_and_meters_stop() -> None:
    async with on_stage("UR4D") as stage:
        async with stage.session() as ended:
            stage.udp_faults.drop, stage.udp_faults.garbage = 0.1, True
            await until(audio(stage))
            stage.udp_faults.forget()
            await until(lambda: stage.simulated.connections == 0)
            await until(lambda: stage.simulated.connections == 1)
            await until(audio(stage))
            stage.simulated.airs[0].pack.switch(on=False)
            await until(lambda: stage.known.channels[0].link_state is LinkState.TRANSMITTER_OFF)
            stage.udp_faults.clear()
            assert not ended
        assert stage.simulated.connections == 0


async def test_uhfr_that_restarts_within_the_limit_is_metered_again() -> None:
    async with on_stage("UR4S") as stage, stage.session() as ended:
        await until(audio(stage))
        stage.udp_faults.reboot(1.0)
        await until(lambda: stage.simulated.connections == 0)
        await until(lambda: stage.simulated.connections == 1)
        await until(audio(stage))
        assert not ended


async def test_uhfr_that_falls_silent_ends_the_session() -> None:
    async with on_stage("UR4D") as stage, stage.session(silence_limit_s=1.0) as ended:
        await until(audio(stage))
        stage.udp_faults.silent = True
        await until(lambda: bool(ended))
    assert ended[0].code is ErrorCode.DEVICE_SILENT
    assert ended[0].info.hint


async def test_nobody_at_the_port_is_told_at_once() -> None:
    async with on_stage("UR4S") as stage:
        port = stage.port
    driver = uhfr.SPEC.open("127.0.0.1", port, SessionOptions(connect_timeout_s=1.0))
    with anyio.fail_after(UNHURRIED_S), pytest.raises(DeviceError) as caught:
        await driver.read_once(lambda _: None)
    assert caught.value.code is ErrorCode.DEVICE_UNREACHABLE
    assert await uhfr.probe("127.0.0.1", port, 0.2) is None
    assert await probe("127.0.0.1", port, 0.2) is None
