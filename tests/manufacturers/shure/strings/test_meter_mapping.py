import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.domain.channel import Meters
from micboard_tui.manufacturers.shure.families import Family
from micboard_tui.manufacturers.shure.strings.meter_mapping import (
    READERS,
    meters_of_values,
    read_axient,
    read_slxd,
    read_ulxd,
)

ULXD_SAMPLES = [
    ("AX 087 023", Meters(-41.0, -41.0, None, -27.0, "A", True)),
    ("XB 098 042", Meters(-30.0, None, -30.0, -8.0, "B", True)),
    ("XX 020 000", Meters(-108.0, None, None, -50.0, None, False)),
    # Where both are lit nobody says which of them the level belongs to.
    ("AB 087 050", Meters(-41.0, None, None, 0.0, "AB", True)),
    ("?? 255 255", Meters(None, None, None, None, None, None)),
    ("AX 255 023", Meters(None, None, None, -27.0, "A", True)),
    # 251 is the last level; 252 says that there is none.
    ("AX 251 050", Meters(123.0, 123.0, None, 0.0, "A", True)),
    ("AX 252 051", Meters(None, None, None, None, "A", True)),
]


@pytest.mark.parametrize(("words", "meters"), ULXD_SAMPLES)
def test_ulxd_samples(words: str, meters: Meters) -> None:
    assert read_ulxd(words.encode().split()) == meters


AXIENT_SAMPLES = [
    ("005 031 102 102 BB 31 086 31 065", Meters(-34.0, -34.0, -55.0, -18.0, "AB", True, 100)),
    ("003 159 120 102 XB 31 086 31 065", Meters(-34.0, -34.0, -55.0, 0.0, "B", True, 60, overload=True)),
    ("255 000 005 033 XX 00 011 00 012", Meters(-108.0, -109.0, -108.0, -115.0, None, False)),
    # Red is trouble, not reception.
    ("001 000 005 033 RR 01 030 01 255", Meters(-90.0, -90.0, None, -115.0, None, False, 20)),
    (
        "005 031 102 102 BXXB 31 083 31 068 31 069 31 072",
        Meters(-37.0, -37.0, -52.0, -18.0, "AD", True, 100, antenna_levels_dbm=(-37.0, -52.0, -51.0, -48.0)),
    ),
    (
        "005 031 102 102 XX 31 082 31 060 BX 31 070 31 090",
        Meters(-30.0, -38.0, -30.0, -18.0, "A", True, 100, antenna_levels_dbm=(-38.0, -60.0, -50.0, -30.0)),
    ),
    ("005 031 102 102 ?? 31 082 31 060", Meters(-38.0, -38.0, -60.0, -18.0, None, None, 100)),
    ("005 031 102 102 B 31 082", Meters(-38.0, -38.0, None, -18.0, "A", True, 100)),
]


@pytest.mark.parametrize(("words", "meters"), AXIENT_SAMPLES)
def test_axient_samples_of_every_antenna_mode(words: str, meters: Meters) -> None:
    assert read_axient(words.encode().split()) == meters


SLXD_SAMPLES = [
    ("102 102 086", Meters(-34.0, None, None, -18.0, None, True)),
    ("005 005 012", Meters(-108.0, None, None, -115.0, None, False)),
    ("005 005 255", Meters(None, None, None, -115.0, None, None)),
    # A carrier is above -98 dBm.
    ("005 005 022", Meters(-98.0, None, None, -115.0, None, False)),
    ("005 005 023", Meters(-97.0, None, None, -115.0, None, True)),
    ("102 102 060 086", Meters(-34.0, None, None, -18.0, None, True)),
    ("102 102 255 086", Meters(-34.0, None, None, -18.0, None, True)),
    ("102 102 086 255", Meters(-34.0, None, None, -18.0, None, True)),
]


@pytest.mark.parametrize(("words", "meters"), SLXD_SAMPLES)
def test_slxd_samples(words: str, meters: Meters) -> None:
    assert read_slxd(words.encode().split()) == meters


@pytest.mark.parametrize(
    ("family", "words"),
    [
        (Family.ULXD, "AX 087"),
        (Family.ULXD, "AX 087 023 1"),
        (Family.SLXD, "102 102"),
        (Family.AXIENT, "005 031 102 102"),
        (Family.AXIENT, "005 031 102 102 BB 31 086 31"),
        (Family.AXIENT, "005 031 102 102 BBBBB 31 086 31 086 31 086 31 086 31 086"),
    ],
)
def test_a_sample_of_another_shape_is_none(family: Family, words: str) -> None:
    assert READERS[family](words.encode().split()) is None


@given(st.sampled_from(list(READERS)), st.lists(st.binary(max_size=6), max_size=20))
def test_no_sample_whatsoever_raises_or_invents_a_level(family: Family, words: list[bytes]) -> None:
    meters = READERS[family](words)
    if meters is not None and meters.rf_dbm is not None:
        assert -128 <= meters.rf_dbm <= 131
        assert any(word.isdigit() and len(word) == 3 for word in words)


def test_the_metered_words_of_a_list_read_like_the_sample_they_would_make() -> None:
    ulxd = {"RF_ANTENNA": "AX", "RX_RF_LVL": "087", "AUDIO_LVL": "023"}
    assert meters_of_values(Family.ULXD, ulxd) == read_ulxd([b"AX", b"087", b"023"])
    axient = {
        "CHAN_QUALITY": "255",
        "AUDIO_LED_BITMAP": "000",
        "AUDIO_LEVEL_PEAK": "005",
        "AUDIO_LEVEL_RMS": "020",
        "RSSI 1": "011",
        "RSSI 2": "013",
    }
    # A real unit leaves ANTENNA_STATUS out (docs/reference/protocols/shure.md 5.6), so nobody knows what
    # receives.
    assert meters_of_values(Family.AXIENT, axient) == Meters(-107.0, -109.0, -107.0, -115.0, None, None)
    axient["ANTENNA_STATUS"] = "XB"
    meters = meters_of_values(Family.AXIENT, axient)
    assert meters is not None
    assert meters.antenna == "B"
    slxd = {"AUDIO_LEVEL_PEAK": "102", "AUDIO_LEVEL_RMS": "098", "RSSI 1": "083", "RSSI 2": "064"}
    assert meters_of_values(Family.SLXD, slxd) == Meters(-37.0, None, None, -18.0, None, True)
    assert meters_of_values(Family.SLXD_PLUS, {"RSSI": "096"}) == Meters(-24.0, None, None, None, None, True)


def test_four_antennas_of_a_list_read_like_their_sample() -> None:
    values = {
        "CHAN_QUALITY": "004",
        "AUDIO_LED_BITMAP": "128",
        "AUDIO_LEVEL_PEAK": "102",
        "AUDIO_LEVEL_RMS": "098",
        "ANTENNA_STATUS": "BXXB",
        "RSSI 1": "083",
        "RSSI 2": "068",
        "RSSI 3": "069",
        "RSSI 4": "072",
    }
    sample = b"004 128 102 098 BXXB 00 083 00 068 00 069 00 072"
    meters = meters_of_values(Family.AXIENT, values)
    assert meters == read_axient(sample.split())
    assert meters is not None
    assert (meters.quality_percent, meters.overload, len(meters.antenna_levels_dbm)) == (80, True, 4)


@pytest.mark.parametrize("family", [Family.ULXD, Family.AXIENT, Family.SLXD])
def test_bytes_that_are_no_ascii_are_no_level(family: Family) -> None:
    names = ("RF_ANTENNA", "RX_RF_LVL", "AUDIO_LVL", "RSSI 1", "ANTENNA_STATUS", "AUDIO_LEVEL_PEAK")
    meters = meters_of_values(family, dict.fromkeys(names, "\N{REPLACEMENT CHARACTER}"))
    assert meters is not None
    assert (meters.rf_dbm, meters.audio_dbfs, meters.antenna) == (None, None, None)


def test_an_antenna_group_that_is_no_ascii_is_not_known() -> None:
    assert read_axient(b"005 031 102 102 \xff\xff 31 082 31 060".split()) == Meters(
        -38.0, -38.0, -60.0, -18.0, None, None, 100
    )


@pytest.mark.parametrize("family", [each for each in Family if each is not Family.PSM1000])
def test_without_metered_words_there_are_no_meters(family: Family) -> None:
    assert meters_of_values(family, {"CHAN_NAME": "{x}"}) is None


@pytest.mark.parametrize(("leds", "is_overloaded"), [(b"127", False), (b"128", True), (b"255", True)])
def test_bit_7_of_the_audio_leds_is_the_overload(leds: bytes, is_overloaded: bool) -> None:
    one_carrier = read_axient([b"005", leds, b"100", b"090", b"BX", b"31", b"086", b"00", b"020"])
    two_carriers = read_axient([b"005", leds, b"100", b"090", *[b"BX", b"31", b"086", b"00", b"020"] * 2])
    assert one_carrier is not None
    assert two_carriers is not None
    assert (one_carrier.overload, two_carriers.overload) == (is_overloaded, is_overloaded)


@pytest.mark.parametrize(
    ("leds", "is_overloaded"), [(b"00", False), (b"31", False), (b"32", True), (b"63", True), (b"??", False)]
)
def test_bit_5_of_the_leds_of_any_antenna_is_an_rf_overload(leds: bytes, is_overloaded: bool) -> None:
    head, calm = [b"005", b"031", b"102", b"102"], [b"BX", b"31", b"086", b"00", b"020"]
    # The lamp of an antenna may be lit while its level is unknown, too.
    for carriers in (
        [b"BX", leds, b"101", b"00", b"020"],
        [b"BX", b"31", b"101", leds, b"020"],
        [b"BX", leds, b"255", b"00", b"255"],
        [*calm, b"BX", b"31", b"086", leds, b"020"],
        [b"BXXX", b"31", b"086", b"00", b"020", b"00", b"020", leds, b"020"],
    ):
        meters = read_axient([*head, *carriers])
        assert meters is not None
        assert (meters.rf_overload, meters.antenna, meters.quality_percent) == (is_overloaded, "A", 100)
    listed = {"ANTENNA_STATUS": "BX", "RSSI 1": "101", "RSSI 2": "020", "RSSI_LED_BITMAP 1": leds.decode()}
    meters = meters_of_values(Family.AXIENT, listed)
    assert meters is not None
    assert (meters.rf_dbm, meters.rf_overload) == (-19.0, is_overloaded)
