"""What can be set on simulated SSC devices beside their channels, and what they will not take."""

from datetime import UTC, datetime

import pytest

from micboard_tui.protocols.ssc.messages import CLOSE, Code, Message, Value
from micboard_tui.simulator.sennheiser.ssc.em6000_receiver import BANKS, PRESETS
from micboard_tui.simulator.sennheiser.ssc.ewdx_receiver import LOW_KHZ, REMOTE_ACCESS_S
from tests.simulator.sennheiser.ssc.ssc_stage import Listener, device_of

EM2, EM4, EM6000, SLDW, MCR, CHG = "EW-DX-EM2", "EW-DX-EM4-Dante", "EM6000", "SLDW", "MCR-DW4", "CHG70N-C"


def error_of(client: Listener, address: str, value: Value = None) -> int:
    (reply,) = client.say(Message({address: value}, {}))
    return reply.errors[address].code


@pytest.mark.parametrize(
    ("model", "address", "before", "written", "after"),
    [
        (EM2, "/device/brightness", 3, 9, 5),
        (EM2, "/device/network/mdns", True, False, False),
        (EM2, "/device/network/ipv4/auto", True, False, False),
        (EM2, "/device/network/ipv4/manual_ipaddr", "127.0.0.1", "10.0.0.200.5.5.55", "10.0.0.200.5.5."),
        (EM2, "/rx1/sync_settings/trim", 0, -20, -12),
        (EM2, "/rx2/sync_settings/name", "", "Leader of", "Leader o"),
        (EM2, "/rx1/sync_settings/mute_config", "af_mute", "rf_mute", "rf_mute"),
        (EM2, "/rx1/sync_settings/mute_config_ts", "push_to_talk", "push_to_mute", "push_to_mute"),
        (EM2, "/rx1/sync_settings/lowcut", "off", "80 Hz", "80 Hz"),
        (EM2, "/rx1/sync_settings/led", True, False, False),
        (EM2, "/rx1/sync_settings/lock", False, True, True),
        (EM2, "/rx1/sync_settings/cable_emulation", "off", "type3", "type3"),
        (EM2, "/rx1/sync_settings/frequency_ignore", True, False, False),
        (EM2, "/audio1/out2/level", 0, 17, 18),
        (EM2, "/device/remote_access", "", "FOH desk of the left", "FOH desk of the"),
        (EM4, "/device/booster", False, True, True),
        (EM4, "/device/network/dante/interface_mapping", "SINGLE_CABLE", "SPLIT", "SPLIT"),
        (EM4, "/device/network/dante/ipv4/auto", [True, True], [None, False], [True, False]),
        (EM6000, "/sys/brightness", 60, 400, 100),
        (EM6000, "/sys/clock", 1, 3, 3),
        (EM6000, "/sys/booster", False, True, True),
        (EM6000, "/audio/out2/level_db", 0, -30, -10),
        (EM6000, "/rx1/testtone", False, True, True),
        (EM6000, "/rx1/freq/u6/19", 655_600, 600_010, 600_000),
        (EM6000, "/rx2/sync_settings/gain", 0, 100, 60),
        (EM6000, "/rx2/sync_settings/auto_lock", "Off", "On", "On"),
        (EM6000, "/rx2/sync_settings/ignore_display", True, False, False),
        (SLDW, "/rx1/mute_mode", 1, 7, 4),
        (SLDW, "/rx1/walktest", False, True, True),
        (MCR, "/rx4/mute_mode", "ON", "ROOM_MUTE", "ROOM_MUTE"),
        (MCR, "/rx4/pair/enable", False, True, True),
        (MCR, "/device/led/brightness", 3, 9, 5),
        (MCR, "/device/network/interface_mapping", "CONFIG1", "CONFIG3", "CONFIG3"),
        (MCR, "/device/dante/name", "Rack A", "Hall", "Hall"),
        (CHG, "/device/location", "Backstage", "FOH", "FOH"),
        (CHG, "/bays/update/enable", [False, False], [None, True], [False, True]),
    ],
)
def test_a_setting_is_told_taken_and_adapted(
    model: str, address: str, before: Value, written: Value, after: Value
) -> None:
    client = Listener(device_of(model))
    assert client.get(address).values == {address: before}
    assert client.put(address, written) == after
    assert client.get(address).values == {address: after}


@pytest.mark.parametrize(
    ("model", "address", "value"),
    [
        (EM2, "/rx1/sync_settings/lowcut", "70 Hz"),
        (EM2, "/rx1/sync_settings/lowcut", 80),
        (EM2, "/device/restore", "EVERYTHING"),
        (EM2, "/device/restore", None),
        (EM2, "/rx1/restore", "FACTORY_DEFAULTS"),
        (EM2, "/device/preset_spacing", 100),
        (EM2, "/rx1/presets/active", "factory:0:1"),
        (EM2, "/rx1/presets/active", "factory:1:0"),
        (EM2, "/rx1/presets/active", "factory:1:9999"),
        (EM2, "/rx1/presets/active", "user:0:17"),
        (EM2, "/rx1/presets/active", "house:1:1"),
        (EM2, "/rx1/presets/active", "1"),
        (EM2, "/rx1/presets/user/0", [500_000]),
        (EM2, "/rx1/presets/user/0", [100] * 16),
        (EM2, "/rx1/presets/user/0", "500000"),
        (EM4, "/device/network/dante/ipv4/auto", [True]),
        (EM6000, "/rx1/active_bank_channel", ["b7", 1]),
        (EM6000, "/rx1/active_bank_channel", ["b1", PRESETS]),
        (EM6000, "/rx1/active_bank_channel", "b1"),
        (EM6000, "/rx1/freq/b1/00", 600_000),
        (CHG, "/bays/sync_settings", [{"bay_id": 2, "name": "LEAD"}]),
        (CHG, "/bays/sync_settings", []),
        (CHG, "/bays/sync_settings", "LEAD"),
        (CHG, "/bays/sync_settings", None),
    ],
)
def test_what_a_device_will_not_take_is_not_acceptable(model: str, address: str, value: Value) -> None:
    assert error_of(Listener(device_of(model)), address, value) == Code.NOT_ACCEPTABLE


def test_a_preset_tunes_a_receiver_and_dialling_leaves_it() -> None:
    client = Listener(device_of(EM2))
    assert client.get("/rx1/presets/active").values == {"/rx1/presets/active": "factory:1:1"}
    assert client.put("/rx1/presets/active", "factory:2:3") == "factory:2:3"
    assert client.get("/rx1/frequency").values == {"/rx1/frequency": LOW_KHZ + 25 + 2 * 600}
    client.put("/rx1/frequency", 500_000)
    assert client.get("/rx1/presets/active").values == {"/rx1/presets/active": ""}
    kept = client.put("/rx1/presets/user/0", [None, 501_000, *[None] * 14])
    assert kept == [LOW_KHZ, 501_000, *[LOW_KHZ] * 14]
    assert client.put("/rx1/presets/active", "user:0:2") == "user:0:2"
    assert client.get("/rx1/frequency").values == {"/rx1/frequency": 501_000}


async def test_link_density_mode_can_be_set_which_restarts_the_receiver() -> None:
    simulated = device_of(EM2)
    client = Listener(simulated)
    client.subscribe("/rx1/name")
    assert client.put("/device/link_density_mode", value=False) is False
    assert not any(CLOSE in message.values for message in await client.wait(0.3))
    assert client.put("/device/link_density_mode", value=True) is True
    assert client.get("/device/preset_spacing").values == {"/device/preset_spacing": 300}
    assert any(message.values.get(CLOSE) is True for message in await client.wait(0.3))
    assert client.say(Message({"/device/name": None}, {})) == []
    await client.wait(9)
    assert client.get("/device/link_density_mode").values == {"/device/link_density_mode": True}


@pytest.mark.parametrize("model", [EM2, CHG, MCR])
async def test_a_restart_is_called_and_the_device_is_gone_for_a_moment(model: str) -> None:
    client = Listener(device_of(model))
    assert client.put("/device/restart", value=True) is True
    await client.wait(0.1)
    assert client.say(Message({"/device/name": None}, {})) == []


@pytest.mark.parametrize("model", [EM2, CHG])
async def test_a_restart_may_be_called_with_null_as_the_guide_has_it(model: str) -> None:
    client = Listener(device_of(model))
    assert client.get("/device/restart").values == {"/device/restart": None}
    await client.wait(0.1)
    assert client.say(Message({"/device/name": None}, {})) == []


async def test_defaults_of_audio_are_restored_and_those_of_the_factory_restart() -> None:
    client = Listener(device_of(EM2))
    client.put("/rx1/gain", 42)
    client.put("/rx2/mute", value=True)
    client.put("/audio1/out1/level", 18)
    assert client.put("/rx1/restore", "AUDIO_DEFAULTS") == "AUDIO_DEFAULTS"
    values = client.get("/rx1/gain", "/rx2/mute", "/audio1/out1/level").values
    assert values == {"/rx1/gain": 12, "/rx2/mute": True, "/audio1/out1/level": 0}
    client.put("/device/restore", "AUDIO_DEFAULTS")
    assert client.get("/rx2/mute").values == {"/rx2/mute": False}
    await client.wait(0.1)
    assert client.put("/device/restore", "FACTORY_DEFAULTS") == "FACTORY_DEFAULTS"
    await client.wait(0.1)
    assert client.say(Message({"/device/name": None}, {})) == []


async def test_a_note_of_who_is_in_control_is_forgotten() -> None:
    client = Listener(device_of(EM2))
    client.put("/device/remote_access", "FOH")
    await client.wait(REMOTE_ACCESS_S - 1)
    assert client.get("/device/remote_access").values == {"/device/remote_access": "FOH"}
    await client.wait(2)
    assert client.get("/device/remote_access").values == {"/device/remote_access": ""}


def test_networks_are_told_as_arrays() -> None:
    client = Listener(device_of(EM4))
    assert client.get("/device/network/ipv4/ipaddr", "/device/network/ether/macs").values == {
        "/device/network/ipv4/ipaddr": ["127.0.0.1"],
        "/device/network/ether/macs": ["00:1B:66:00:00:01"],
    }
    macs = "/device/network/dante/macs"
    assert client.get(macs).values == {macs: ["00:1B:66:01:00:01", "00:1B:66:02:00:01"]}
    assert error_of(Listener(device_of(EM2)), macs) == Code.NOT_FOUND


def test_the_clock_counts_seconds_since_2000() -> None:
    told = Listener(device_of(EM2)).get("/device/time").values["/device/time"]
    assert isinstance(told, int)
    assert abs(datetime.now(UTC).timestamp() - 946_684_800 - told) < 60


def test_a_transmitter_tells_its_settings_while_it_is_there() -> None:
    simulated = device_of(EM2)
    client = Listener(simulated)
    branch = "/mates/tx1"
    names = ("led", "identification", "mute_config", "mute_config_ts", "cable_emulation")
    assert client.get(*(f"{branch}/{name}" for name in names)).values == {
        f"{branch}/led": True,
        f"{branch}/identification": False,
        f"{branch}/mute_config": "af_mute",
        f"{branch}/mute_config_ts": "push_to_talk",
        f"{branch}/cable_emulation": "off",
    }
    assert client.get("/mates/active").values == {"/mates/active": ["mates/tx1", "mates/tx2"]}
    simulated.airs[0].pack.switch(on=False)
    assert {error_of(client, f"{branch}/{name}") for name in names} == {Code.FAILED_DEPENDENCY}
    assert client.get("/mates/active").values == {"/mates/active": ["mates/tx2"]}


def test_an_em_6000_is_tuned_by_bank_and_channel() -> None:
    client = Listener(device_of(EM6000))
    active = "/rx1/active_bank_channel"
    assert client.get(active).values == {active: ["b1", 1]}
    client.put("/rx1/freq/u2/07", 620_000)
    assert client.put(active, ["u2", 7]) == ["u2", 7]
    assert client.get("/rx1/carrier").values == {"/rx1/carrier": 620_000}
    client.put("/rx1/carrier", 630_000)
    assert client.get(active).values == {active: ["--", 0]}
    assert len([name for name in device_of(EM6000).tree.leaves if "/freq/" in name]) == 2 * PRESETS * len(
        BANKS
    )


def test_an_em_6000_with_dante_tells_it_and_one_without_does_not() -> None:
    client, plain = Listener(device_of("EM6000-Dante")), Listener(device_of(EM6000))
    addresses = ("/device/identity/product", "/sys/dante/version", "/device/network/ipv4_dante/ipaddr")
    values = [client.get(address).values[address] for address in addresses]
    assert values == ["EM6000-Dante", "4.2.1", ["127.0.0.1"]]
    assert {error_of(plain, address) for address in addresses[1:]} == {Code.NOT_FOUND}


@pytest.mark.parametrize(("model", "bays"), [("CHG2N", 2), ("CHG4N", 4)])
def test_a_speechline_charger_has_as_many_bays_as_its_name_says(model: str, bays: int) -> None:
    client = Listener(device_of(model))
    states = client.get("/bays/active").values["/bays/active"]
    assert isinstance(states, list)
    assert len(states) == bays
    product = "/device/identity/product"
    assert client.get(product).values == {product: model}


def test_a_speechline_transmitter_tells_whichever_battery_state_applies() -> None:
    simulated = device_of(SLDW)
    battery = simulated.airs[0].pack.battery
    battery.charge = 0.5
    expected = 50 if battery.is_smart else 3
    simulated.airs[0].step(0.1, 0.0)
    assert Listener(simulated).get("/mates/tx1/bat_state").values == {"/mates/tx1/bat_state": expected}
