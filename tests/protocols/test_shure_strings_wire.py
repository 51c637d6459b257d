"""Whole conversations and the documents' own examples, by value."""

import pytest

from micboard_tui.protocols.shure_strings.codec import Decoder, encode
from micboard_tui.protocols.shure_strings.messages import Err, Get, Message, Rep, Sample, Set
from tests.protocols.wire import WIRE, conversations, said


def read(wire: bytes) -> list[Message]:
    """Everything in ``wire``, and nothing was left over, skipped or not understood."""
    decoder = Decoder()
    messages = decoder.feed(wire)
    assert (decoder.malformed, decoder.discarded_bytes, decoder.held_bytes) == (0, 0, 0)
    return messages


EXAMPLES: list[tuple[bytes, Message]] = [
    (b"< REP 1 SLOT_BATT_BARS 3 255 >", Rep(1, "SLOT_BATT_BARS", ("3", "255"))),
    (b"< REP 1 RSSI 2 064 >", Rep(1, "RSSI", ("2", "064"))),
    (b"< GET 0 ALL >", Get(0, "ALL")),
    (b"< GET 1 AUDIO_GAIN >", Get(1, "AUDIO_GAIN")),
    (b"< SET 1 AUDIO_GAIN 040 >", Set(1, "AUDIO_GAIN", ("040",))),
    (b"< REP 1 AUDIO_GAIN 040 >", Rep(1, "AUDIO_GAIN", ("040",))),
    (b"< SAMPLE 1 ALL AX 087 023 >", Sample(1, [b"AX", b"087", b"023"])),
    (b"< SET 0 METER_RATE 01000 >", Set(0, "METER_RATE", ("01000",))),
    (b"< SET 1 AUDIO_GAIN 40 >", Set(1, "AUDIO_GAIN", ("40",))),
    (b"< REP ERR >", Err()),
    (b"< SET 1 METER_RATE 01000 >", Set(1, "METER_RATE", ("01000",))),
    (b"< REP 1 METER_RATE 01000 >", Rep(1, "METER_RATE", ("01000",))),
    (b"< SET 1 METER_RATE 00000 >", Set(1, "METER_RATE", ("00000",))),
    (b"< REP 1 METER_RATE 00000 >", Rep(1, "METER_RATE", ("00000",))),
    (b"< GET 1 METER_RATE >", Get(1, "METER_RATE")),
    (b"< GET MODEL >", Get(None, "MODEL")),
    (b"< GET DEVICE_ID >", Get(None, "DEVICE_ID")),
    (b"< GET 1 MAC_ADDR >", Get(1, "MAC_ADDR")),
    (b"< GET 1 TX_TYPE >", Get(1, "TX_TYPE")),
    (b"< GET 1 TX_MODEL >", Get(1, "TX_MODEL")),
    (b"< GET DEVICE_NAME >", Get(None, "DEVICE_NAME")),
    (
        b"< REP MODEL {ULXD4Q                          } >",
        Rep(None, "MODEL", ("{ULXD4Q                          }",)),
    ),
    (b"< REP DEVICE_ID {Rack 1  } >", Rep(None, "DEVICE_ID", ("{Rack 1  }",))),
    (b"< REP FW_VER {2.7.6.0           } >", Rep(None, "FW_VER", ("{2.7.6.0           }",))),
    (b"< REP FLASH ON >", Rep(None, "FLASH", ("ON",))),
    (b"< REP ENCRYPTION OFF >", Rep(None, "ENCRYPTION", ("OFF",))),
    (b"< REP 1 ENCRYPTION OFF >", Rep(1, "ENCRYPTION", ("OFF",))),
    (b"< REP ENCRYPTION_REGENERATE_KEY COMPLETED >", Rep(None, "ENCRYPTION_REGENERATE_KEY", ("COMPLETED",))),
    (b"< REP AUDIO_SUMMING_MODE OFF >", Rep(None, "AUDIO_SUMMING_MODE", ("OFF",))),
    (b"< REP FREQUENCY_DIVERSITY_MODE OFF >", Rep(None, "FREQUENCY_DIVERSITY_MODE", ("OFF",))),
    (b"< REP HIGH_DENSITY OFF >", Rep(None, "HIGH_DENSITY", ("OFF",))),
    (b"< REP SCAN_LOCK OFF >", Rep(None, "SCAN_LOCK", ("OFF",))),
    (
        b"< REP NA_DEVICE_NAME {ULXD4Q-0a1b2c                  } >",
        Rep(None, "NA_DEVICE_NAME", ("{ULXD4Q-0a1b2c                  }",)),
    ),
    (
        b"< REP NET_SETTINGS SC AUTO 192.168.001.025 255.255.255.000 000.000.000.000 00:0E:DD:45:60:EB >",
        Rep(
            None,
            "NET_SETTINGS",
            ("SC", "AUTO", "192.168.001.025", "255.255.255.000", "000.000.000.000", "00:0E:DD:45:60:EB"),
        ),
    ),
    (b"< SET 1 CHAN_NAME {Lead Vox} >", Set(1, "CHAN_NAME", ("{Lead Vox}",))),
    (b"< REP 1 CHAN_NAME {Lead Vox} >", Rep(1, "CHAN_NAME", ("{Lead Vox}",))),
    (b"< SET 1 AUDIO_MUTE TOGGLE >", Set(1, "AUDIO_MUTE", ("TOGGLE",))),
    (b"< REP 1 AUDIO_MUTE ON >", Rep(1, "AUDIO_MUTE", ("ON",))),
    (b"< SET 1 AUDIO_GAIN INC 3 >", Set(1, "AUDIO_GAIN", ("INC", "3"))),
    (b"< REP 1 AUDIO_GAIN 033 >", Rep(1, "AUDIO_GAIN", ("033",))),
    (b"< SET 1 FREQUENCY 482125 >", Set(1, "FREQUENCY", ("482125",))),
    (b"< REP 1 FREQUENCY 482125 >", Rep(1, "FREQUENCY", ("482125",))),
    (b"< REP 1 GROUP_CHAN --,-- >", Rep(1, "GROUP_CHAN", ("--,--",))),
    (b"< REP 1 GROUP_CHAN 06,11 >", Rep(1, "GROUP_CHAN", ("06,11",))),
    (b"< SET 1 FLASH ON >", Set(1, "FLASH", ("ON",))),
    (b"< REP 1 RF_INT_DET NONE >", Rep(1, "RF_INT_DET", ("NONE",))),
    (b"< REP 1 ENCRYPTION_WARNING OFF >", Rep(1, "ENCRYPTION_WARNING", ("OFF",))),
    (b"< REP 1 METER_RATE 00100 >", Rep(1, "METER_RATE", ("00100",))),
    (b"< REP 1 RF_ANTENNA AX >", Rep(1, "RF_ANTENNA", ("AX",))),
    (b"< REP 1 RX_RF_LVL 087 >", Rep(1, "RX_RF_LVL", ("087",))),
    (b"< REP 1 AUDIO_LVL 023 >", Rep(1, "AUDIO_LVL", ("023",))),
    (b"< SAMPLE 1 ALL XX 020 000 >", Sample(1, [b"XX", b"020", b"000"])),
    (b"< GET 1 ALL >", Get(1, "ALL")),
    (b"< REP TX_MUTE_STATUS OFF >", Rep(None, "TX_MUTE_STATUS", ("OFF",))),
    (
        b"< REP DEVICE_ID {RF 5-8                         } >",
        Rep(None, "DEVICE_ID", ("{RF 5-8                         }",)),
    ),
    (
        b"< REP MODEL {AD4Q-A                          } >",
        Rep(None, "MODEL", ("{AD4Q-A                          }",)),
    ),
    (b"< REP FW_VER {1.1.43.0                } >", Rep(None, "FW_VER", ("{1.1.43.0                }",))),
    (b"< REP RF_BAND {G57     } >", Rep(None, "RF_BAND", ("{G57     }",))),
    (b"< REP ENCRYPTION_MODE OFF >", Rep(None, "ENCRYPTION_MODE", ("OFF",))),
    (b"< REP QUADVERSITY_MODE OFF >", Rep(None, "QUADVERSITY_MODE", ("OFF",))),
    (b"< REP TRANSMISSION_MODE STANDARD >", Rep(None, "TRANSMISSION_MODE", ("STANDARD",))),
    (b"< SET FLASH ON >", Set(None, "FLASH", ("ON",))),
    (b"< GET NET_SETTINGS SC >", Get(None, "NET_SETTINGS", ("SC",))),
    (
        b"< REP 1 CHAN_NAME {05                             } >",
        Rep(1, "CHAN_NAME", ("{05                             }",)),
    ),
    (b"< REP 1 AUDIO_MUTE OFF >", Rep(1, "AUDIO_MUTE", ("OFF",))),
    (b"< REP 1 AUDIO_GAIN 018 >", Rep(1, "AUDIO_GAIN", ("018",))),
    (b"< REP 1 FREQUENCY 0594075 >", Rep(1, "FREQUENCY", ("0594075",))),
    (b"< REP 1 GROUP_CHANNEL {6,100     } >", Rep(1, "GROUP_CHANNEL", ("{6,100     }",))),
    (b"< REP 1 FD_MODE OFF >", Rep(1, "FD_MODE", ("OFF",))),
    (b"< REP 1 ENCRYPTION_STATUS OK >", Rep(1, "ENCRYPTION_STATUS", ("OK",))),
    (b"< REP 1 INTERFERENCE_STATUS NONE >", Rep(1, "INTERFERENCE_STATUS", ("NONE",))),
    (b"< REP 1 UNREGISTERED_TX_STATUS OK >", Rep(1, "UNREGISTERED_TX_STATUS", ("OK",))),
    (b"< REP 1 CHAN_QUALITY 255 >", Rep(1, "CHAN_QUALITY", ("255",))),
    (b"< REP 1 ANTENNA_STATUS XR >", Rep(1, "ANTENNA_STATUS", ("XR",))),
    (b"< REP 1 RSSI 1 086 >", Rep(1, "RSSI", ("1", "086"))),
    (b"< REP 1 RSSI_LED_BITMAP 2 00 >", Rep(1, "RSSI_LED_BITMAP", ("2", "00"))),
    (b"< GET 1 SLOT_STATUS 0 >", Get(1, "SLOT_STATUS", ("0",))),
    (b"< REP 1 SLOT_STATUS 1 LINKED.ACTIVE >", Rep(1, "SLOT_STATUS", ("1", "LINKED.ACTIVE"))),
    (b"< REP 1 SLOT_STATUS 2 STANDARD >", Rep(1, "SLOT_STATUS", ("2", "STANDARD"))),
    (b"< REP 1 SLOT_STATUS 3 EMPTY >", Rep(1, "SLOT_STATUS", ("3", "EMPTY"))),
    (b"< SET 1 SLOT_RF_OUTPUT 2 RF_MUTE >", Set(1, "SLOT_RF_OUTPUT", ("2", "RF_MUTE"))),
    (b"< REP 1 SLOT_RF_OUTPUT 2 RF_MUTE >", Rep(1, "SLOT_RF_OUTPUT", ("2", "RF_MUTE"))),
    (b"< SET 1 SLOT_RF_POWER_MODE 1 HIGH >", Set(1, "SLOT_RF_POWER_MODE", ("1", "HIGH"))),
    (b"< REP 1 SLOT_RF_POWER_MODE 1 HIGH >", Rep(1, "SLOT_RF_POWER_MODE", ("1", "HIGH"))),
    (b"< REP 1 SLOT_RF_POWER 1 035 >", Rep(1, "SLOT_RF_POWER", ("1", "035"))),
    (
        b"< SAMPLE 1 ALL 005 031 102 102 BB 31 086 31 065 >",
        Sample(1, b"005 031 102 102 BB 31 086 31 065".split()),
    ),
    (
        b"< SAMPLE 1 ALL 005 031 102 102 BBBB 31 083 31 068 31 069 31 072 >",
        Sample(1, b"005 031 102 102 BBBB 31 083 31 068 31 069 31 072".split()),
    ),
    (
        b"< SAMPLE 1 ALL 005 031 102 102 BB 31 082 31 060 BB 31 082 31 060 >",
        Sample(1, b"005 031 102 102 BB 31 082 31 060 BB 31 082 31 060".split()),
    ),
    (
        b"< SAMPLE 1 ALL 255 000 005 033 XX 00 011 00 012 >",
        Sample(1, b"255 000 005 033 XX 00 011 00 012".split()),
    ),
    (
        b"< REP MODEL {SLXD4D                          } >",
        Rep(None, "MODEL", ("{SLXD4D                          }",)),
    ),
    (b"< SET DEVICE_ID {Name1} >", Set(None, "DEVICE_ID", ("{Name1}",))),
    (b"< REP DEVICE_ID {Name1   } >", Rep(None, "DEVICE_ID", ("{Name1   }",))),
    (b"< REP RF_BAND {G55     } >", Rep(None, "RF_BAND", ("{G55     }",))),
    (b"< REP LOCK_STATUS ALL >", Rep(None, "LOCK_STATUS", ("ALL",))),
    (b"< REP FW_VER {2.0.15.2                } >", Rep(None, "FW_VER", ("{2.0.15.2                }",))),
    (b"< REP 1 FLASH ON >", Rep(1, "FLASH", ("ON",))),
    (b"< SET 1 AUDIO_GAIN DEC 5 >", Set(1, "AUDIO_GAIN", ("DEC", "5"))),
    (b"< REP 1 AUDIO_GAIN 035 >", Rep(1, "AUDIO_GAIN", ("035",))),
    (b"< REP 1 AUDIO_OUT_LVL_SWITCH MIC >", Rep(1, "AUDIO_OUT_LVL_SWITCH", ("MIC",))),
    (b"< SET 1 GROUP_CHANNEL {6,100} >", Set(1, "GROUP_CHANNEL", ("{6,100}",))),
    (b"< REP 1 FREQUENCY 0652875 >", Rep(1, "FREQUENCY", ("0652875",))),
    (b"< REP 1 GROUP_CHANNEL {6,100} >", Rep(1, "GROUP_CHANNEL", ("{6,100}",))),
    (b"< SET 1 FREQUENCY 602125 >", Set(1, "FREQUENCY", ("602125",))),
    (b"< REP 1 GROUP_CHANNEL {--,--     } >", Rep(1, "GROUP_CHANNEL", ("{--,--     }",))),
    (b"< REP 1 FREQUENCY 0602125 >", Rep(1, "FREQUENCY", ("0602125",))),
    (b"< REP 1 AUDIO_LEVEL_PEAK 102 >", Rep(1, "AUDIO_LEVEL_PEAK", ("102",))),
    (b"< GET 1 RSSI >", Get(1, "RSSI")),
    (b"< REP 1 RSSI 1 083 >", Rep(1, "RSSI", ("1", "083"))),
    (b"< REP 1 TX_MODEL SLXD2 >", Rep(1, "TX_MODEL", ("SLXD2",))),
    (b"< REP 1 TX_BATT_MINS 00125 >", Rep(1, "TX_BATT_MINS", ("00125",))),
    (b"< REP 1 TX_BATT_BARS 004 >", Rep(1, "TX_BATT_BARS", ("004",))),
    (b"< SAMPLE 1 ALL 102 102 086 >", Sample(1, [b"102", b"102", b"086"])),
    (b"< REP 1 LINK_STATUS 1 LINKED.ACTIVE >", Rep(1, "LINK_STATUS", ("1", "LINKED.ACTIVE"))),
    (b"< GET 1 SLOT_TX_MODEL 1 >", Get(1, "SLOT_TX_MODEL", ("1",))),
    (b"< REP 1 SLOT_TX_MODEL 1 {SLXD1+    } >", Rep(1, "SLOT_TX_MODEL", ("1", "{SLXD1+    }"))),
    (b"< REP 1 RSSI 096 >", Rep(1, "RSSI", ("096",))),
]
"""The frames of docs/reference/protocols/shure.md 1 to 7 and 12."""


def test_the_examples_of_the_documents() -> None:
    for wire, message in EXAMPLES:
        (found,) = read(wire)
        assert (type(found), found) == (type(message), message)
        assert encode(message) == wire


def device(name: str) -> list[Message]:
    return read(said(f"shure_strings/{name}.txt", "D"))


def controller(name: str) -> list[Message]:
    return read(said(f"shure_strings/{name}.txt", "C"))


@pytest.mark.parametrize("conversation", conversations("shure_strings"))
def test_every_frame_of_a_conversation_is_read_and_written_alike(conversation: str) -> None:
    for who in "CD":
        wire = said(conversation, who)
        messages = read(wire)
        assert len(messages) == wire.count(b"< ")
        assert b"".join(map(encode, messages)) == wire


@pytest.mark.parametrize("conversation", conversations("shure_strings"))
def test_every_conversation_says_where_it_comes_from(conversation: str) -> None:
    first = (WIRE / conversation).read_text(encoding="ascii").splitlines()[0]
    assert first.startswith("# ")
    assert "real units" in first or "Synthesised" in first


def test_ulxd4d() -> None:
    heard = device("ulxd4d")
    assert heard[0] == Rep(None, "MODEL", ("{ULXD4D                          }",))
    assert heard[-1] == Sample(1, [b"XX", b"011", b"000"])
    assert isinstance(heard[-6], Err)
    assert {
        Rep(None, "DEVICE_ID", ("{Rack 1  }",)),
        Rep(1, "CHAN_NAME", ("{Lead Vox}",)),
        Rep(1, "GROUP_CHAN", ("01,01",)),
        Rep(2, "GROUP_CHAN", ("--,--",)),
        Rep(1, "BATT_RUN_TIME", ("00405",)),
        Rep(2, "BATT_RUN_TIME", ("65535",)),
        Rep(1, "TX_DEVICE_ID", ("{        }",)),
    } <= {each for each in heard if isinstance(each, Rep)}
    assert next(each for each in heard if isinstance(each, Sample)) == Sample(1, [b"AX", b"076", b"030"])
    asked = controller("ulxd4d")
    assert [type(each) for each in asked] == [Get, Get, Set, Set]
    assert asked[2:] == [Set(1, "METER_RATE", ("00500",)), Set(1, "AUDIO_GAIN", ("999",))]


def test_ad4d() -> None:
    heard = device("ad4d")
    assert {
        Rep(1, "RSSI", ("2", "065")),
        Rep(1, "SLOT_STATUS", ("1", "LINKED.ACTIVE")),
        Rep(1, "SLOT_TX_DEVICE_ID", ("1", "{Lead                           }")),
        Rep(1, "SLOT_BATT_MINS", ("2", "65535")),
        Rep(2, "METER_RATE", ("01000",)),
    } <= {each for each in heard if isinstance(each, Rep)}
    assert [each for each in heard if isinstance(each, Sample)] == [
        Sample(1, b"005 031 102 098 BB 31 086 15 065".split()),
        Sample(2, b"255 000 005 020 XX 00 011 00 012".split()),
    ]
    assert controller("ad4d")[-1] == Set(1, "SLOT_OFFSET", ("2", "020"))


def test_qlxd4() -> None:
    assert controller("qlxd4") == [Get(1, "ALL")]
    heard = device("qlxd4")
    assert heard[0] == Rep(None, "DEVICE_ID", ("{QLXD4   }",))
    assert Rep(1, "FREQUENCY", ("501125",)) in heard


def test_slxd4() -> None:
    heard = device("slxd4")
    assert Rep(None, "LOCK_STATUS", ("OFF",)) in heard
    assert Rep(1, "TX_BATT_MINS", ("65535",)) in heard
    assert heard[-1] == Sample(1, [b"102", b"098", b"083"])
