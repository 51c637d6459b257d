"""Receivers by script, with the frames of the reference's transcripts.

Source: docs/reference/protocols/shure.md 17.
"""

from collections.abc import Iterable

from micboard_tui.protocols.shure_strings.messages import Get, Message, Set
from tests.fakes.links import frames

ULXD4D_DEVICE = (
    "REP MODEL {ULXD4D                          }",
    "REP DEVICE_ID {Rack 1  }",
    "REP FW_VER {2.7.6.0           }",
    "REP ENCRYPTION OFF",
)
ULXD4D_ON = (
    "REP 1 CHAN_NAME {Lead Vox}",
    "REP 1 AUDIO_MUTE OFF",
    "REP 1 AUDIO_GAIN 030",
    "REP 1 FREQUENCY 482125",
    "REP 1 GROUP_CHAN 01,01",
    "REP 1 RF_INT_DET NONE",
    "REP 1 ENCRYPTION_WARNING OFF",
    "REP 1 METER_RATE 00000",
    "REP 1 RF_ANTENNA AX",
    "REP 1 RX_RF_LVL 076",
    "REP 1 AUDIO_LVL 030",
    "REP 1 TX_TYPE ULXD2",
    "REP 1 TX_DEVICE_ID {        }",
    "REP 1 TX_OFFSET 000",
    "REP 1 TX_RF_PWR NORMAL",
    "REP 1 TX_MUTE_STATUS UNKN",
    "REP 1 BATT_TYPE LION",
    "REP 1 BATT_BARS 004",
    "REP 1 BATT_CHARGE 078",
    "REP 1 BATT_RUN_TIME 00405",
    "REP 1 BATT_CYCLE 00041",
    "REP 1 BATT_HEALTH 096",
    "REP 1 BATT_TEMP_C 065",
)
ULXD4D_OFF = (
    "REP 2 CHAN_NAME {Podium  }",
    "REP 2 AUDIO_GAIN 018",
    "REP 2 FREQUENCY 486500",
    "REP 2 GROUP_CHAN --,--",
    "REP 2 METER_RATE 00000",
    "REP 2 RF_ANTENNA XX",
    "REP 2 RX_RF_LVL 012",
    "REP 2 AUDIO_LVL 000",
    "REP 2 TX_TYPE UNKN",
    "REP 2 BATT_TYPE UNKN",
    "REP 2 BATT_BARS 255",
    "REP 2 BATT_CHARGE 255",
    "REP 2 BATT_RUN_TIME 65535",
)
SAMPLES = ("SAMPLE 1 ALL AX 076 030", "SAMPLE 2 ALL XX 012 000")
QLXD4_ALL = (
    "REP DEVICE_ID {QLXD4   }",
    "REP FW_VER {2.6.2.0           }",
    "REP ENCRYPTION OFF",
    "REP 1 CHAN_NAME {Pastor  }",
    "REP 1 AUDIO_GAIN 018",
    "REP 1 FREQUENCY 501125",
    "REP 1 GROUP_CHAN 01,03",
    "REP 1 METER_RATE 00000",
    "REP 1 TX_TYPE QLXD2",
    "REP 1 BATT_BARS 003",
    "REP 1 BATT_TYPE ALKA",
    "REP 1 BATT_CHARGE 255",
    "REP 1 BATT_RUN_TIME 65535",
    "REP TX_MUTE_STATUS OFF",
)


def ulxd4d(message: Message) -> Iterable[bytes]:
    """Answers as a ULXD4D does; any SET is confirmed with the value asked for."""
    match message:
        case Get(None, "MODEL"):
            return frames(ULXD4D_DEVICE[0])
        case Get(None, "DEVICE_ID"):
            return frames(ULXD4D_DEVICE[1])
        case Get(0, "ALL"):
            return frames(*ULXD4D_DEVICE, *ULXD4D_ON, *ULXD4D_OFF)
        case Set(0, "METER_RATE", (rate,)):
            return frames(f"REP 1 METER_RATE {rate}", f"REP 2 METER_RATE {rate}", *SAMPLES)
        case Set(None, name, values):
            return frames(f"REP {name} {' '.join(values)}")
        case Set(channel, name, values):
            return frames(f"REP {channel} {name} {' '.join(values)}")
        case _:
            return []


def qlxd4(message: Message) -> Iterable[bytes]:
    """Knows no MODEL and no index 0, and stays silent about both.

    Source: docs/reference/protocols/shure.md 4, 15.17.
    """
    match message:
        case Get(1, "MAC_ADDR"):
            return frames("REP 1 MAC_ADDR 00:0E:DD:01:02:03")
        case Get(1, "ALL"):
            return frames(*QLXD4_ALL)
        case Set(1, "METER_RATE", (rate,)):
            return frames(f"REP 1 METER_RATE {rate}", "SAMPLE 1 ALL XB 080 020")
        case _:
            return []


def nobody(message: Message) -> Iterable[bytes]:
    """Accepts the connection and stays silent: an SLX-D with Controller Access off.

    Source: docs/reference/protocols/shure.md 6.1.
    """
    return []
