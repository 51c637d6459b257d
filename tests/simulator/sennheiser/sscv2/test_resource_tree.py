import ssl
from collections.abc import Callable
from functools import partial

import pytest

from micboard_tui.protocols.sscv2.message import Json
from micboard_tui.protocols.sscv2.path import IDENTITY
from micboard_tui.simulator.device.self_signed_certificate import show_certificate
from micboard_tui.simulator.sennheiser.sscv2.authentication import LOCKED_S, MAX_WRONG, Authenticator
from micboard_tui.simulator.sennheiser.sscv2.client_session import MAX_QUEUED, ClientSession
from micboard_tui.simulator.sennheiser.sscv2.ewdx_resources import EwdxResources
from micboard_tui.simulator.sennheiser.sscv2.models import BLUEPRINTS
from micboard_tui.simulator.sennheiser.sscv2.resource_tree import RefusedError, Resources, split_index
from micboard_tui.simulator.sennheiser.sscv2.spectera_resources import SpecteraResources
from micboard_tui.simulator.sennheiser.sscv2.sscv2_device import Sscv2Device
from micboard_tui.simulator.sennheiser.sscv2.sscv2_faults import Sscv2Faults
from micboard_tui.simulator.stage.pack import Cells
from tests.simulator.simulated_devices import build_device, build_plan

RIGHT, WRONG = "Basic YXBpOlMzY3JldCFQYXNz", "Basic YXBpOndyb25n"
SECRET = "S3cret!Pass"  # noqa: S105 - of nobody


def built(model: str, seed: int = 1) -> Sscv2Device:
    made = build_device(Sscv2Device, build_plan(model, f"panel {seed}", first_channel=3))
    for air in made.airs:
        air.step(0.1, 0)
    return made


def ewdx() -> EwdxResources:
    resources = built("EWDX2CHS").resources
    assert isinstance(resources, EwdxResources)
    return resources


def spectera() -> SpecteraResources:
    resources = built("SPECTERA").resources
    assert isinstance(resources, SpecteraResources)
    return resources


def field(resources: EwdxResources | SpecteraResources, path: str, name: str = "value") -> Json:
    resource = resources.read(path)
    assert isinstance(resource, dict)
    return resource[name]


def status(
    resources: EwdxResources | SpecteraResources, path: str, fields: dict[str, Json] | None = None
) -> int:
    act = partial(resources.read, path) if fields is None else partial(resources.write, path, fields)
    with pytest.raises(RefusedError) as raised:
        act()
    return raised.value.status


@pytest.mark.parametrize("model", sorted(BLUEPRINTS))
def test_the_same_order_makes_the_same_device(model: str) -> None:
    one, same, other = built(model), built(model), built(model, seed=2)

    assert one.fingerprint == same.fingerprint != other.fingerprint
    assert one.resources.read(IDENTITY) == same.resources.read(IDENTITY) != other.resources.read(IDENTITY)
    assert len(one.airs) == BLUEPRINTS[model].channels


def test_channels_of_one_rack_have_frequencies_of_their_own() -> None:
    resources = ewdx()

    assert [air.tuned_khz for air in resources.airs] == [472_000, 472_600]
    assert field(resources, "/api/rf/channels/1", "frequency") == 472_600


def test_a_linked_transmitter_tells_its_battery_and_another_one_nothing() -> None:
    resources = ewdx()
    resources.airs[1].pack.switch(on=False)

    assert resources.read("/api/transmitters/0/battery") == {
        "gauge": 100,
        "lifetime": resources.airs[0].pack.battery.full_minutes,
        "type": "Battery",
    }
    assert status(resources, "/api/transmitters/1/battery") == 422
    assert resources.knows("/api/transmitters/1/battery")
    assert field(resources, "/api/channel/1", "mates") == []


def test_a_battery_that_runs_low_is_warned_of() -> None:
    resources = ewdx()
    battery = resources.airs[0].pack.battery
    battery.charge, battery.cells = 0.05, Cells.ALKALINE

    assert resources.read("/api/transmitters/0/warnings") == ["LowBattery"]
    assert field(resources, "/api/transmitters/0/battery", "type") == "PrimaryCell"


def test_a_channel_that_receives_nothing_says_so() -> None:
    resources = ewdx()
    air = resources.airs[0]
    air.dropped = True
    for _ in range(20):
        air.step(0.1, 0)

    assert resources.read("/api/channel/0/warnings") == ["NoLink"]
    assert field(resources, "/api/channel/0/signalQualityIndicator") == 0
    assert field(resources, "/api/channel/0/diversityIndicator") == 0
    assert field(resources, "/api/channel/0/level") == -138.5
    assert field(resources, "/api/channel/0", "mates") == ["TX1"]


def test_what_goes_wrong_on_the_air_is_a_warning() -> None:
    resources = ewdx()
    air = resources.airs[0]
    air.key_mismatch = air.clipping = air.interference = True
    air.voice.step(0.1, clipping=True)
    air.peak_dbfs = 0.0

    assert resources.read("/api/channel/0/warnings") == ["Aes256Error", "LowSignal", "AfPeak"]


def test_what_is_written_is_in_force_and_taken_to_the_grid() -> None:
    resources = ewdx()
    resources.write("/api/channel/0", {"mute": True, "gain": 100})
    resources.write("/api/channel/1", {"gain": 13.4})
    resources.write("/api/rf/channels/0/frequency", {"frequency": 480_012})
    resources.write("/api/channel/0/identify", {"enabled": True})
    resources.write("/api/device/identification", {"visual": True})

    assert [field(resources, f"/api/channel/{index}", "gain") for index in (0, 1)] == [42, 12]
    assert field(resources, "/api/channel/0", "mute") is True
    assert field(resources, "/api/rf/channels/0", "frequency") == 480_000
    assert field(resources, "/api/channel/0/identify", "enabled") is True
    assert field(resources, "/api/device/identification", "visual") is True


@pytest.mark.parametrize(
    ("path", "fields", "refused"),
    [
        ("/api/channel/0", {"name": "NEW"}, 400),
        ("/api/channel/0", {}, 400),
        ("/api/channel/0", {"gain": "loud"}, 400),
        ("/api/channel/0", {"mute": True, "gain": None}, 400),
        ("/api/channel/0", {"mute": 1}, 400),
        ("/api/channel/2", {"mute": True}, 404),
        ("/api/channel/0/level", {"value": 1}, 405),
        ("/api/channel/0/warnings", {"value": 1}, 405),
        ("/api/rf/channels/0", {"frequency": 480_000}, 405),
        ("/api/rf/channels/0/frequency", {"frequency": 900_000}, 422),
        ("/api/rf/encryption", {"enabled": True}, 405),
        ("/api/device/site", {"deviceName": "NEW"}, 405),
        ("/api/transmitters", {"mute": True}, 405),
        ("/api/transmitters/0/battery", {"gauge": 1}, 405),
        ("/api/rf/presets/user/channels/0/banks/0", {"1": 480_000}, 405),
        ("/api/nothing", {"value": 1}, 404),
    ],
)
def test_what_cannot_be_written_changes_nothing(path: str, fields: dict[str, Json], refused: int) -> None:
    resources = ewdx()
    before = resources.read("/api/channel/0")

    assert status(resources, path, fields) == refused
    assert resources.read("/api/channel/0") == before


@pytest.mark.parametrize(
    "path",
    [
        "/api",
        "/api/channel/2",
        "/api/channel/x",
        "/api/channel/0/tone",
        "/api/rf/channels/0/x",
        "/api/transmitters/0/x",
    ],
)
def test_what_is_not_there_is_not_there(path: str) -> None:
    resources = ewdx()

    assert status(resources, path) == 404
    assert not resources.knows(path)


def test_a_path_has_an_index() -> None:
    assert split_index("/api/channel/1/level", "/api/channel") == (1, "level")
    assert split_index("/api/channel/x", "/api/channel") is None
    assert split_index("/api/rf", "/api/channel") is None


def test_a_base_station_tells_its_packs() -> None:
    resources = spectera()
    resources.airs[1].pack.switch(on=False)
    resources.airs[2].interfere(on=True)
    resources.rf_muted[1] = True
    packs = resources.read("/api/mts/paired/all")
    channels = resources.read("/api/rf/channels")

    assert isinstance(packs, list)
    assert isinstance(channels, list)
    reported = [each for each in packs if isinstance(each, dict)]
    assert [each["state"] for each in reported[:3]] == ["Connected", "Disconnected", "Connected"]
    assert reported[0]["batteryFillLevel"] == 100
    assert "batteryFillLevel" not in reported[1]
    assert reported[2]["interference"] == {"severity": "High"}
    assert [each["rfState"] for each in channels if isinstance(each, dict)] == ["RfActive", "RfMuted"]
    assert resources.read("/api/mts/paired/all/1") == reported[0]


def test_a_base_station_is_only_watched() -> None:
    resources = spectera()

    assert status(resources, "/api/mts/paired/all", {"name": "X"}) == 405
    assert status(resources, "/api/nothing", {"name": "X"}) == 404
    assert status(resources, "/api/nothing") == 404
    assert status(resources, "/api/mts/paired/all/99") == 404


def test_the_guard_counts_only_wrong_passwords_and_locks() -> None:
    authenticator = Authenticator("api", SECRET)
    assert authenticator.admits(RIGHT)
    assert not authenticator.admits(None)
    for header in ("Bearer x", "Basic !", "Basic /w==", WRONG):
        assert not authenticator.admits(header)
    assert authenticator.wrong == MAX_WRONG - 1
    assert authenticator.admits(RIGHT)
    for _ in range(MAX_WRONG):
        assert not authenticator.admits(WRONG)
    assert authenticator.is_locked
    assert not authenticator.admits(RIGHT)
    authenticator.step(LOCKED_S)
    assert authenticator.admits(RIGHT)


def test_a_certificate_follows_its_seed() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    first, again = show_certificate(context, "Rack 1", "a"), show_certificate(context, "Rack 1", "a")

    assert first == again
    assert first != show_certificate(context, "Rack 1", "b")
    assert len(first) == 64


def test_switches_are_all_off_after_clearing() -> None:
    faults = Sscv2Faults(silent=True, password="x", bad_path="/a")  # noqa: S106 - of nobody
    faults.cut()
    faults.forget_sessions()
    faults.change_certificate()
    faults.reboot()
    faults.clear()

    assert faults == Sscv2Faults()
    assert faults.reboot.take() is None


async def test_a_client_that_takes_nothing_is_hung_up_on() -> None:
    resources = ewdx()
    session = ClientSession("1", resources)
    for number in range(MAX_QUEUED + 2):
        resources.airs[0].rf_dbm[:] = [-40.0 - number] * 2
        session.subscribe(["/api/channel/0/signalStrengthIndicator"])

    assert not session.is_streaming
    assert await session.next_frame() is None
    session.cut()


def test_a_list_of_transmitters_names_those_that_are_linked() -> None:
    resources = ewdx()
    listed = resources.read("/api/transmitters")
    one, two = (resources.read(f"/api/transmitters/{index}") for index in (0, 1))
    assert listed == [{"id": 0, "transmitter": one}, {"id": 1, "transmitter": two}]
    assert isinstance(one, dict)
    assert {*one} == {
        *("type", "capsule", "version", "name", "mute", "identification", "lowcut", "trim", "lock"),
        *("led", "cableEmulation", "muteConfig", "muteConfigTableStand"),
    }
    resources.airs[0].pack.switch(on=False)
    assert resources.read("/api/transmitters") == [{"id": 1, "transmitter": two}]
    assert resources.knows("/api/transmitters")


def test_a_receiver_is_tuned_by_a_preset_and_dialling_leaves_it() -> None:
    resources = ewdx()
    path, preset = "/api/rf/channels/1", "/api/rf/channels/1/preset"
    assert field(resources, path, "presets") == {"type": "Factory", "bank": 1, "channel": 2}
    resources.write(preset, {"type": "Factory", "bank": 2, "channel": 3})
    assert resources.read(path) == {
        "frequency": 470_200 + 25 + 2 * 600,
        "presets": {"type": "Factory", "bank": 2, "channel": 3},
    }
    banked = resources.read("/api/rf/presets/factory/banks/2")
    assert isinstance(banked, list)
    assert banked[2] == field(resources, path, "frequency")
    resources.write(f"{path}/frequency", {"frequency": 500_000})
    assert field(resources, path, "presets") == {"type": "None", "bank": 0, "channel": 0}
    resources.write(preset, {"type": "User", "bank": 0, "channel": 16})
    assert resources.read("/api/rf/presets/user/channels/1/banks/0") == [470_200] * 16
    assert field(resources, path, "frequency") == 470_200
    bad_presets: list[dict[str, Json]] = [
        {"type": "User", "bank": 1, "channel": 1},
        {"type": "Factory", "bank": 5, "channel": 1},
    ]
    assert [status(resources, preset, bad) for bad in bad_presets] == [422, 422]
    assert status(resources, preset, {"type": "Factory"}) == 400
    assert status(resources, "/api/rf/presets/factory/banks/9") == 404
    assert status(resources, "/api/rf/presets/user/channels/1/banks/1") == 404


def test_synchronization_settings_are_told_and_kept() -> None:
    resources = ewdx()
    path, ignored = "/api/syncSettings/0", "/api/syncSettings/0/ignore"
    resources.write(path, {"trim": -3, "lock": True})
    resources.write(ignored, {"frequency": False})
    assert resources.read(path) == {
        "trim": -3,
        "name": "",
        "muteConfig": "AfMute",
        "muteConfigTableStand": "PushToTalk",
        "lowcut": "Off",
        "lock": True,
        "led": True,
        "cableEmulation": "Off",
    }
    assert field(resources, "/api/syncSettings/1", "trim") == 0  # each channel has its own
    kept = resources.read(ignored)
    assert isinstance(kept, dict)
    assert {name: value for name, value in kept.items() if not value} == {"frequency": False}
    bad_settings: list[dict[str, Json]] = [{}, {"trim": True}, {"volume": 1}]
    assert [status(resources, path, bad) for bad in bad_settings] == [400] * 3
    assert status(resources, "/api/syncSettings/0/all") == 404
    assert status(resources, "/api/syncSettings/0/all", {"trim": 1}) == 404


def test_the_audio_of_a_channel_is_restored() -> None:
    resources = ewdx()
    resources.write("/api/channel/0", {"gain": 42, "mute": True})
    resources.write("/api/channel/0/restore", {"mode": "AudioDefault"})
    assert (field(resources, "/api/channel/0", "gain"), field(resources, "/api/channel/0", "mute")) == (
        12,
        False,
    )
    assert status(resources, "/api/channel/0/restore", {"mode": "Everything"}) == 400


@pytest.mark.parametrize("make", [ewdx, spectera])
def test_every_path_that_is_listed_is_known_and_has_a_value(make: Callable[[], Resources]) -> None:
    resources = make()
    assert len({*resources.paths}) == len(resources.paths) > 20
    for path in resources.paths:
        assert resources.knows(path), path
        assert resources.read(path) is not None, path


def test_a_pack_is_changed_by_its_own_path() -> None:
    resources = spectera()
    path, before = "/api/mts/paired/all/1", resources.read("/api/mts/paired/all/2")
    resources.write(path, {"name": "Leader", "micPreampGain": 30})
    resources.write(path, {"micLowCutHz": 120, "headphoneVolume": 70})
    names = ("name", "micPreampGain", "micLowCutHz", "headphoneVolume")
    assert [field(resources, path, name) for name in names] == ["Leader", 30, 120, 70]
    assert resources.read("/api/mts/paired/all/2") == before
    refused: list[tuple[dict[str, Json], int]] = [
        ({}, 400),
        ({"serial": "1"}, 400),
        ({"name": ""}, 400),
        ({"name": "much too long"}, 400),
        ({"name": "Other", "micPreampGain": True}, 400),
        ({"name": "Other", "micPreampGain": 43}, 422),
        ({"micLowCutHz": 10}, 422),
        ({"headphoneVolume": "loud"}, 400),
    ]
    for fields, code in refused:
        assert status(resources, path, fields) == code
    assert field(resources, path, "name") == "Leader"
    assert status(resources, "/api/mts/paired/all/99", {"name": "X"}) == 404


def test_a_base_station_tells_its_audio_and_antennas() -> None:
    resources = spectera()
    pack = resources.packs[0]
    assert resources.read("/api/audio/inputs") == [
        {"inputId": each.uid, "name": each.name} for each in resources.packs
    ]
    links = resources.read("/api/audio/links")
    assert isinstance(links, list)
    assert links[0] == {"audiolinkId": 1, "outputId": 1, "rfChannelId": 0, "modeId": 1}
    outputs = resources.read("/api/audio/outputs")
    assert isinstance(outputs, list)
    assert outputs[0] == {"outputId": 1, "name": pack.name}
    antennas = resources.read("/api/rf/antennas")
    assert isinstance(antennas, list)
    assert [(each["antennaPortId"], each["state"]) for each in antennas if isinstance(each, dict)] == [
        ("a", "Initialized"),
        ("b", "Initialized"),
        ("c", "Unconnected"),
        ("d", "Unconnected"),
    ]
    for name in ("aoip", "madi1", "madi2", "wordclock"):
        assert resources.read(f"/api/audio/interface/{name}/status") == {"locked": True}


def test_meters_of_a_base_station_are_those_of_its_packs_and_count_on() -> None:
    resources = spectera()
    for pack in resources.packs:
        pack.air.peak_dbfs, pack.air.rms_dbfs = -18.04, -30.0
    resources.packs[1].air.carrier = False
    first, second = (resources.read("/api/audio/metering") for _ in range(2))
    assert isinstance(first, dict)
    assert isinstance(second, dict)
    quiet = [-138.5] * (len(resources.packs) > 1)
    others = len(resources.packs) - 2
    assert first["aoIpOut"] == {
        "peak": [-18.0, *quiet, *[-18.0] * others],
        "rms": [-30.0, *quiet, *[-30.0] * others],
    }
    assert first["madi1In"] == {"peak": [], "rms": []}
    assert (first["updateCounter"], second["updateCounter"]) == (1, 2)


def test_a_base_station_of_the_older_schema_has_its_meters_elsewhere() -> None:
    older, newer = built("SPECTERA-17.0").resources, spectera()
    assert (older.version, newer.version) == (
        {"protocol": "2.3", "schema": "17.0"},
        {"protocol": "2.3", "schema": "18.1"},
    )
    assert (older.knows("/api/audio/levels"), older.knows("/api/audio/metering")) == (True, False)
    assert (newer.knows("/api/audio/levels"), newer.knows("/api/audio/metering")) == (False, True)
    state = older.read("/api/firmware/update/state")
    assert isinstance(state, dict)
    assert state["deviceVersion"] == "1.3.2"
