import ssl
from functools import partial

import pytest

from micboard_tui.protocols.sscv2.message import Json
from micboard_tui.protocols.sscv2.path import IDENTITY
from micboard_tui.simulator.sennheiser.sscv2.authentication import LOCKED_S, MAX_WRONG, Guard
from micboard_tui.simulator.sennheiser.sscv2.client_session import MAX_QUEUED, Session
from micboard_tui.simulator.sennheiser.sscv2.device_certificate import serve_with
from micboard_tui.simulator.sennheiser.sscv2.ewdx_resources import EwdxPanel
from micboard_tui.simulator.sennheiser.sscv2.models import BLUEPRINTS
from micboard_tui.simulator.sennheiser.sscv2.resource_tree import RefusedError, numbers
from micboard_tui.simulator.sennheiser.sscv2.spectera_resources import SpecteraPanel
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


def ewdx() -> EwdxPanel:
    panel = built("EWDX2CHS").panel
    assert isinstance(panel, EwdxPanel)
    return panel


def spectera() -> SpecteraPanel:
    panel = built("SPECTERA").panel
    assert isinstance(panel, SpecteraPanel)
    return panel


def field(panel: EwdxPanel | SpecteraPanel, path: str, name: str = "value") -> Json:
    resource = panel.read(path)
    assert isinstance(resource, dict)
    return resource[name]


def status(panel: EwdxPanel | SpecteraPanel, path: str, fields: dict[str, Json] | None = None) -> int:
    act = partial(panel.read, path) if fields is None else partial(panel.write, path, fields)
    with pytest.raises(RefusedError) as raised:
        act()
    return raised.value.status


@pytest.mark.parametrize("model", sorted(BLUEPRINTS))
def test_the_same_order_makes_the_same_device(model: str) -> None:
    one, same, other = built(model), built(model), built(model, seed=2)

    assert one.fingerprint == same.fingerprint != other.fingerprint
    assert one.panel.read(IDENTITY) == same.panel.read(IDENTITY) != other.panel.read(IDENTITY)
    assert len(one.airs) == BLUEPRINTS[model].channels


def test_channels_of_one_rack_have_frequencies_of_their_own() -> None:
    panel = ewdx()

    assert [air.tuned_khz for air in panel.airs] == [472_000, 472_600]
    assert field(panel, "/api/rf/channels/1", "frequency") == 472_600


def test_a_linked_transmitter_tells_its_battery_and_another_one_nothing() -> None:
    panel = ewdx()
    panel.airs[1].pack.switch(on=False)

    assert panel.read("/api/transmitters/0/battery") == {
        "gauge": 100,
        "lifetime": panel.airs[0].pack.battery.full_minutes,
        "type": "Battery",
    }
    assert status(panel, "/api/transmitters/1/battery") == 422
    assert panel.knows("/api/transmitters/1/battery")
    assert field(panel, "/api/channel/1", "mates") == []


def test_a_battery_that_runs_low_is_warned_of() -> None:
    panel = ewdx()
    battery = panel.airs[0].pack.battery
    battery.charge, battery.cells = 0.05, Cells.ALKALINE

    assert panel.read("/api/transmitters/0/warnings") == ["LowBattery"]
    assert field(panel, "/api/transmitters/0/battery", "type") == "PrimaryCell"


def test_a_channel_that_receives_nothing_says_so() -> None:
    panel = ewdx()
    air = panel.airs[0]
    air.dropped = True
    for _ in range(20):
        air.step(0.1, 0)

    assert panel.read("/api/channel/0/warnings") == ["NoLink"]
    assert field(panel, "/api/channel/0/signalQualityIndicator") == 0
    assert field(panel, "/api/channel/0/diversityIndicator") == 0
    assert field(panel, "/api/channel/0/level") == -138.5
    assert field(panel, "/api/channel/0", "mates") == ["TX1"]


def test_what_goes_wrong_on_the_air_is_a_warning() -> None:
    panel = ewdx()
    air = panel.airs[0]
    air.key_mismatch = air.clipping = air.interference = True
    air.voice.step(0.1, clipping=True)
    air.peak_dbfs = 0.0

    assert panel.read("/api/channel/0/warnings") == ["Aes256Error", "LowSignal", "AfPeak"]


def test_what_is_written_is_in_force_and_taken_to_the_grid() -> None:
    panel = ewdx()
    panel.write("/api/channel/0", {"mute": True, "gain": 100})
    panel.write("/api/channel/1", {"gain": 13.4})
    panel.write("/api/rf/channels/0/frequency", {"frequency": 480_012})
    panel.write("/api/channel/0/identify", {"enabled": True})
    panel.write("/api/device/identification", {"visual": True})

    assert [field(panel, f"/api/channel/{index}", "gain") for index in (0, 1)] == [42, 12]
    assert field(panel, "/api/channel/0", "mute") is True
    assert field(panel, "/api/rf/channels/0", "frequency") == 480_000
    assert field(panel, "/api/channel/0/identify", "enabled") is True
    assert field(panel, "/api/device/identification", "visual") is True


@pytest.mark.parametrize(
    ("path", "fields", "refused"),
    [
        ("/api/channel/0", {"name": "NEW"}, 400),
        ("/api/channel/0", {}, 400),
        ("/api/channel/0", {"gain": "loud"}, 400),
        ("/api/channel/0", {"mute": True, "gain": None}, 400),
        ("/api/channel/0", {"mute": 1}, 400),
        ("/api/channel/2", {"mute": True}, 404),
        ("/api/channel/0/level", {"value": 1}, 400),
        ("/api/rf/channels/0", {"frequency": 480_000}, 404),
        ("/api/rf/channels/0/frequency", {"frequency": 900_000}, 422),
        ("/api/device/site", {"deviceName": "NEW"}, 404),
    ],
)
def test_what_cannot_be_written_changes_nothing(path: str, fields: dict[str, Json], refused: int) -> None:
    panel = ewdx()
    before = panel.read("/api/channel/0")

    assert status(panel, path, fields) == refused
    assert panel.read("/api/channel/0") == before


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
    panel = ewdx()

    assert status(panel, path) == 404
    assert not panel.knows(path)


def test_a_path_has_an_index() -> None:
    assert numbers("/api/channel/1/level", "/api/channel") == (1, "level")
    assert numbers("/api/channel/x", "/api/channel") is None
    assert numbers("/api/rf", "/api/channel") is None


def test_a_base_station_tells_its_packs() -> None:
    panel = spectera()
    panel.airs[1].pack.switch(on=False)
    panel.airs[2].interfere(on=True)
    panel.rf_muted[1] = True
    packs = panel.read("/api/mts/paired/all")
    channels = panel.read("/api/rf/channels")

    assert isinstance(packs, list)
    assert isinstance(channels, list)
    told = [each for each in packs if isinstance(each, dict)]
    assert [each["state"] for each in told[:3]] == ["Connected", "Disconnected", "Connected"]
    assert told[0]["batteryFillLevel"] == 100
    assert "batteryFillLevel" not in told[1]
    assert told[2]["interference"] == {"severity": "High"}
    assert [each["rfState"] for each in channels if isinstance(each, dict)] == ["RfActive", "RfMuted"]
    assert panel.read("/api/mts/paired/all/1") == told[0]


def test_a_base_station_is_only_watched() -> None:
    panel = spectera()

    assert status(panel, "/api/mts/paired/all", {"name": "X"}) == 405
    assert status(panel, "/api/nothing", {"name": "X"}) == 404
    assert status(panel, "/api/nothing") == 404
    assert status(panel, "/api/mts/paired/all/99") == 404


def test_the_guard_counts_only_wrong_passwords_and_locks() -> None:
    guard = Guard("api", SECRET)
    assert guard.admits(RIGHT)
    assert not guard.admits(None)
    for each in ("Bearer x", "Basic !", "Basic /w==", WRONG):
        assert not guard.admits(each)
    assert guard.wrong == MAX_WRONG - 1
    assert guard.admits(RIGHT)
    for _ in range(MAX_WRONG):
        assert not guard.admits(WRONG)
    assert guard.is_locked
    assert not guard.admits(RIGHT)
    guard.step(LOCKED_S)
    assert guard.admits(RIGHT)


def test_a_certificate_follows_its_seed() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    first, again = serve_with(context, "Rack 1", "a"), serve_with(context, "Rack 1", "a")

    assert first == again
    assert first != serve_with(context, "Rack 1", "b")
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
    panel = ewdx()
    session = Session("1", panel)
    for number in range(MAX_QUEUED + 2):
        panel.airs[0].rf_dbm[:] = [-40.0 - number] * 2
        session.subscribe(["/api/channel/0/signalStrengthIndicator"])

    assert not session.is_streaming
    assert await session.next_frame() is None
    session.cut()
