"""What would listen where, and options that make no rack."""

import pytest

from micboard_tui.contracts.errors import ErrorCode, StartError
from micboard_tui.simulator.rack.rack import SCENARIOS, RackOptions, plan
from micboard_tui.simulator.rack.rack_contents import BLUEPRINTS
from tests.simulator.strings_clients import RECEIVER_MODELS, receivers_of


def test_the_default_rack_shows_every_family() -> None:
    devices = plan(RackOptions())
    assert [(each.model, each.channels) for each in devices] == [
        ("ULXD4Q", 4),
        ("AD4Q-A", 4),
        ("AD4D-A", 2),
        ("QLXD4", 1),
        ("SLXD4D", 2),
        ("SLXD4Q+", 4),
    ]
    assert [each.host for each in devices] == [f"127.0.0.{each}" for each in range(2, 8)]
    assert {each.port for each in devices} == {2202}
    assert {(each.manufacturer, each.driver) for each in devices} == {("shure", "shure-strings")}
    assert devices[0].name == "Rack 1"
    assert devices[0].location == "Main Stage"


def test_a_rack_goes_on_over_the_end_of_an_octet() -> None:
    hosts = [each.host for each in plan(RackOptions(receivers=200, address="127.0.0.200"))]
    assert hosts[54:56] == ["127.0.0.254", "127.0.1.1"]
    assert len(set(hosts)) == 200
    assert not any(each.endswith((".0", ".255")) for each in hosts)


def test_a_rack_of_one_model_can_be_asked_for() -> None:
    devices = plan(RackOptions(receivers=25, model="ULXD4Q"))
    assert {each.model for each in devices} == {"ULXD4Q"}
    assert sum(each.channels for each in devices) == 100


def test_a_long_rack_has_quadversity_and_frequency_diversity() -> None:
    receivers = receivers_of(RackOptions(receivers=10))
    layouts = {
        (receiver.device.model, channel.air.antennas, len(channel.air.rf_dbm))
        for receiver in receivers
        for channel in receiver.channels
    }
    assert ("AD4Q-A", 4, 4) in layouts
    assert ("AD4D-A", 2, 4) in layouts
    assert ("AD4D-A", 2, 2) in layouts


@pytest.mark.no_cover
def test_channels_of_the_largest_rack_have_names_that_can_be_shown_and_fitting_frequencies() -> None:
    receivers = receivers_of(RackOptions(receivers=200))
    names = [channel.name for each in receivers for channel in each.channels]
    assert len(set(names)) == len(names)
    assert all(1 <= len(each) <= 8 for each in names)
    assert all(len(each.device.name) <= 8 for each in receivers)
    macs = {each.device.mac for each in receivers}
    assert len(macs) == len(receivers)
    for receiver in receivers:
        for channel in receiver.channels:
            assert channel.band.holds(channel.carrier.frequency_khz)
            assert channel.carrier.group is not None
            assert channel.band.frequency_of(*channel.carrier.group) == channel.carrier.frequency_khz
            assert channel.second is None or channel.band.holds(channel.second.frequency_khz)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (RackOptions(scenario="panic"), "panic"),
        (RackOptions(receivers=0), "0 receivers"),
        (RackOptions(receivers=201), "201 receivers"),
        (RackOptions(port=65536), "65536"),
        (RackOptions(port=-1), "-1"),
        (RackOptions(address="localhost"), "localhost"),
        (RackOptions(address="::1"), "::1"),
        (RackOptions(address="224.0.0.1"), "'224.0.0.1' is not the address of one device"),
        (RackOptions(address="0.0.0.0"), "'0.0.0.0' is not the address of one device"),
        (RackOptions(address="255.255.255.250", receivers=20), "20 addresses"),
        (RackOptions(model="UR5"), "UR5"),
        (RackOptions(rig="akg"), "akg"),
        (RackOptions(mode="FD-C"), "'FD-C' is that of a model"),
        (RackOptions(model="ULXD4Q", mode="FD-C"), "ULXD4Q has no mode 'FD-C'"),
        (RackOptions(chargers=-1), "-1 chargers"),
    ],
)
def test_what_makes_no_rack_is_refused_with_a_cure(options: RackOptions, text: str) -> None:
    with pytest.raises(StartError) as refused:
        plan(options)
    assert refused.value.code is ErrorCode.INVALID_VALUE
    assert text in str(refused.value)
    assert refused.value.info.hint


@pytest.mark.parametrize(
    ("model", "hint"),
    [("ULXD4Q", "Leave the mode out"), ("AD4Q-A", "Use Quadversity or FD-C"), ("ANX4", "Use ULX-D")],
)
def test_a_mode_that_a_model_does_not_have_is_refused_with_those_it_has(model: str, hint: str) -> None:
    with pytest.raises(StartError) as refused:
        plan(RackOptions(model=model, mode="Dual"))
    assert refused.value.info.hint == hint


@pytest.mark.parametrize(
    ("model", "mode", "channels"),
    [
        ("ANX4", None, 16),
        ("ANX4", "plain", 16),
        ("ANX4", "ULX-D", 24),
        ("AD4Q-A", "Quadversity", 2),
        ("AD4Q-A", "FD-C", 4),
        ("SLXD4D+", "documented", 2),
    ],
)
def test_all_of_a_model_are_in_the_mode_that_is_asked_for(
    model: str, mode: str | None, channels: int
) -> None:
    devices = plan(RackOptions(receivers=2, model=model, mode=mode))
    assert [(device.mode, device.channels) for device in devices] == [(mode or "plain", channels)] * 2


def test_every_scenario_has_one_line_of_description() -> None:
    assert list(SCENARIOS) == ["calm", "show", "disaster"]
    assert all(each and "\n" not in each for each in SCENARIOS.values())
    assert RackOptions().scenario == "show"


@pytest.mark.parametrize("model", RECEIVER_MODELS)
def test_every_receiver_can_be_built(model: str) -> None:
    (receiver,) = receivers_of(RackOptions(receivers=1, model=model))
    assert receiver.device.model == model
    assert len(receiver.channels) == BLUEPRINTS[model].channels
