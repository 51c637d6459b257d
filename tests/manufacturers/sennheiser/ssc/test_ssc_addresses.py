"""Which addresses of each family are subscribed, which are requested, and how they are grouped.

Source: docs/reference/protocols/sennheiser.md 1.7, 2 to 4.
"""

import pytest

from micboard_tui.manufacturers.sennheiser.ssc.families import FAMILIES
from micboard_tui.manufacturers.sennheiser.ssc.family import AddressGroup, Subject

IDENTITY = ("/device/identity/product", "/device/identity/version", "/device/identity/serial")
BATTERY = "bat_type bat_gauge bat_lifetime bat_state bat_bars bat_health bat_cycles bat_charging"


def below(branch: str, leaves: str) -> tuple[str, ...]:
    return tuple(f"{branch}/{leaf}" for leaf in leaves.split())


def transmitter(number: int, branch: str, leaves: str) -> AddressGroup:
    return AddressGroup(number, below(branch, leaves), subject=Subject.TRANSMITTER)


def meters(*addresses: str) -> AddressGroup:
    return AddressGroup(0, addresses, subject=Subject.METERS)


GROUPS = {
    "EW-DX": (
        AddressGroup(
            0,
            below("/device", "name location encryption link_density_mode"),
            (*IDENTITY, "/device/frequency_code", "/device/time"),
        ),
        *(
            AddressGroup(
                number,
                below(f"/rx{number}", "name frequency mute gain warnings"),
                below(f"/rx{number}", "mates presets/active"),
            )
            for number in (1, 2)
        ),
        *(
            transmitter(
                number,
                f"/mates/tx{number}",
                "type name battery/gauge battery/lifetime battery/type"
                " mute warnings capsule trim lowcut lock",
            )
            for number in (1, 2)
        ),
        meters(*below("/m/rx1", "rssi rsqi divi af"), *below("/m/rx2", "rssi rsqi divi af")),
    ),
    "Digital 6000": (
        AddressGroup(0, ("/device/name", "/sys/clock"), IDENTITY),
        *(
            AddressGroup(
                number,
                below(
                    f"/rx{number}",
                    "name carrier active_bank_channel audio_mute encryption active_warnings",
                ),
            )
            for number in (1, 2)
        ),
        *(
            transmitter(number, f"/rx{number}/skx", "type battery name lowcut gain capsule cable_emulation")
            for number in (1, 2)
        ),
        meters("/mm"),
    ),
    "SpeechLine Multi-Channel": (
        AddressGroup(0, below("/device", "name state warnings"), IDENTITY),
        *(
            AddressGroup(
                number,
                (
                    *below(f"/rx{number}", "name state warnings mute_mode mute_state"),
                    f"/audio/rx{number}/gain",
                ),
                (f"/rx{number}/mates",),
            )
            for number in (1, 2)
        ),
        *(
            transmitter(number, f"/mates/tx{number}", f"active device_type {BATTERY} warnings")
            for number in (1, 2)
        ),
        meters("/m/rx1/level", "/m/rx2/level"),
    ),
    "SpeechLine DW": (
        AddressGroup(0, below("/device", "name state"), IDENTITY),
        AddressGroup(
            1,
            (
                *below("/rx1", "warnings mute_mode mute_state mute_switch_active"),
                "/mates/active",
                "/audio/out1/gain_db",
            ),
            ("/rx1/name",),
        ),
        transmitter(1, "/mates/tx1", f"device_type {BATTERY} warnings acoustic"),
        meters("/rx1/rf_quality", "/audio/out1/level_db"),
    ),
    "L 6000": (
        AddressGroup(0, below("/device", "name storage_mode warnings"), IDENTITY),
        AddressGroup(
            0,
            (
                "/slot1/type",
                *below("/slot1/subslot1", "accu_detection led"),
                *below("/slot1/subslot2", "accu_detection led"),
            ),
        ),
        AddressGroup(0, below("/slot1", "subslot1/accu_parameter subslot2/accu_parameter"), period_ms=5000),
    ),
    "CHG 70N-C": (
        AddressGroup(0, below("/device", "name location storage_mode warnings cascade"), IDENTITY),
        AddressGroup(
            0,
            below(
                "/bays",
                "device_type bat_gauge bat_timetofull bat_health bat_cycles"
                " state version serial warnings sync_error",
            ),
        ),
    ),
    "SpeechLine charger": (
        AddressGroup(0, below("/device", "name state"), IDENTITY),
        AddressGroup(
            0,
            below(
                "/bays",
                "device_type bat_gauge bat_timetofull bat_health bat_cycles"
                " bat_bars active charging serial version linkdate state",
            ),
        ),
    ),
}
"""By the title of the family, with two channels or bays."""
GROUPS["ew D1"] = GROUPS["SpeechLine DW"]


@pytest.mark.parametrize("title", GROUPS)
def test_the_groups_of_a_family(title: str) -> None:
    (family,) = [family for family in FAMILIES if family.title == title]
    assert family.groups_for(2) == GROUPS[title]


def test_every_family_is_listed() -> None:
    assert {family.title for family in FAMILIES} == set(GROUPS)


def test_the_bays_of_further_slots_have_their_branches() -> None:
    (l_6000,) = [family for family in FAMILIES if family.title == "L 6000"]
    _, states, parameters = l_6000.groups_for(8)
    assert states.subscribed[:4] == tuple(f"/slot{slot}/type" for slot in (1, 2, 3, 4))
    assert parameters.subscribed[2:] == tuple(
        f"/slot{slot}/subslot{subslot}/accu_parameter" for slot in (2, 3, 4) for subslot in (1, 2)
    )
