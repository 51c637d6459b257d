"""The page that says what simulated devices answer: true to the references, and to what was asked."""

import re

import pytest

from micboard_tui.simulator.rack.rack_contents import BLUEPRINTS
from tests.architecture.reference import REFERENCE
from tests.architecture.simulated_addresses import FAMILIES, Family, answers_of, expand, page

# Written in the references as a list of endings, or as "each with".
JOINED = re.compile(
    r"SLOT_BATT_\w+|SLOT_(PHANTOM_POWER|HIGH_PASS_FILTER)|BATT_TEMP_F|.*_ignore|ignore_.*|0|00|i|b\d|u\d|REBOOT|AUDIO_LEVEL_RMS"
)


def test_an_address_with_several_names_is_several_addresses() -> None:
    assert [*expand("/a/{b,c}/d{e,f}")] == ["/a/b/de", "/a/b/df", "/a/c/de", "/a/c/df"]
    assert [*expand("/a")] == ["/a"]


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.title)
def test_every_name_stands_in_the_reference(family: Family) -> None:
    text = (REFERENCE / "protocols" / family.reference).read_text(encoding="utf-8")
    names = {address.rpartition("/")[2] for address in family.addresses()}
    assert [
        name for name in sorted(names) if not JOINED.fullmatch(name) and not re.search(rf"{name}\b", text)
    ] == []
    assert len({*family.addresses()}) == len(family.addresses())


@pytest.mark.parametrize(
    ("model", "answered", "unanswered"),
    [
        ("ULXD4D", ("ALL", "FLASH", "NET_SETTINGS"), ("RSSI", "RF_BAND")),
        ("QLXD4", ("MAC_ADDR",), ("MODEL", "FLASH")),
        ("AD4D-A", ("SLOT_BATT_MINS", "RSSI"), ("FREQUENCY3",)),
        ("P10T", ("RF_TX_LVL",), ("ALL", "MODEL")),
        ("UR4D", ("GAIN_UP", "TX_BAT"), ("TX_GAIN",)),
        ("SBC240", ("STORAGE_MODE", "BATT_MODULE_TYPE"), ("METER_RATE",)),
        ("SBC441", ("BATT_CURRENT_CAPACITY_MAX",), ("BATT_MODULE_TYPE",)),
        ("SystemAPI", ("activity", "gain/description", "audio-channels"), ("uptime",)),
        ("EW-DX-EM4-Dante", ("/device/network/dante/macs", "/mates/txN/led"), ("/rxN/channel_sorting",)),
        ("EW-DX-EM2", ("/rxN/presets/user/0", "/device/restart"), ("/device/network/dante/macs",)),
        ("EM6000", ("/rxN/freq/u6/00", "/mm"), ("/rxN/scan/config",)),
        ("EM 2050", ("Push", "RF1", "Squelch"), ("Sensitivity",)),
        ("SR IEM G4", ("Sensitivity", "AF"), ("Bat", "RF1")),
        ("EWDX2CHS", ("/api/rf/channels/i/preset", "/api/ssc/schema"), ("/api/channel/i/name", "/api/x")),
        ("SPECTERA", ("/api/mts/paired/all/i", "/api/health/fan/FAN_i/errorstate"), ("/api/audio/levels",)),
    ],
)
def test_what_a_model_answers_is_what_it_was_asked(
    model: str, answered: tuple[str, ...], unanswered: tuple[str, ...]
) -> None:
    answers = answers_of(model)
    assert [name for name in answered if not answers(name)] == []
    assert [name for name in unanswered if answers(name)] == []


def test_every_simulated_model_stands_on_the_page() -> None:
    models = [model.partition("/") for family in FAMILIES for model in family.models]
    assert {model for model, _, _ in models} == {*BLUEPRINTS}
    assert all(mode in BLUEPRINTS[model].modes for model, _, mode in models if mode)
    lines = [*page()]
    assert "| `BATT_MODULE_TYPE` | yes | yes | – | – | – | yes |" in lines
    assert len(lines) > 600
