"""Which of the documented addresses each simulated family answers: the page of the reference, made by asking.

The documented ones stand here as the references have them; a test compares the names with the references.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from micboard_tui.protocols.shure_strings.messages import Get, Message, Set
from micboard_tui.protocols.shure_system_api.messages import Feature
from micboard_tui.protocols.shure_system_api.paths import CHANNELS, RANGE
from micboard_tui.protocols.sscv2.path import SCHEMA, SUBSCRIPTIONS, VERSION
from micboard_tui.simulator.device.simulated_device import PLAIN, BuildPlan, SimulatedDevice
from micboard_tui.simulator.rack.rack_contents import BLUEPRINTS
from micboard_tui.simulator.sennheiser.mcp import cyclic_block
from micboard_tui.simulator.sennheiser.mcp.mcp_device import McpDevice
from micboard_tui.simulator.sennheiser.ssc.ssc_device import SscDevice
from micboard_tui.simulator.sennheiser.sscv2.resource_tree import NOT_ALLOWED, NOT_FOUND, RefusedError
from micboard_tui.simulator.sennheiser.sscv2.sscv2_device import Sscv2Device
from micboard_tui.simulator.shure.strings.reply import ERR
from micboard_tui.simulator.shure.strings.strings_device import StringsDevice, StringsUnit
from micboard_tui.simulator.shure.system_api.system_api_server import SystemApiServer
from micboard_tui.simulator.shure.uhfr.uhfr_device import UhfrDevice
from micboard_tui.simulator.shure.uhfr.uhfr_receiver import READS, SETTINGS, WRITES
from micboard_tui.simulator.stage.people import performer_at

INTRODUCTION = (
    "What a simulated device answers of what [Shure's](protocols/shure.md) and",
    "[Sennheiser's](protocols/sennheiser.md) references list for its family. `N`, `i`, `K` and `J` stand for",
    "any channel, slot or bay. What they do beyond the references is",
    "[not verified](../explanation/unverified.md).",
)
SHURE, SENNHEISER = "shure.md", "sennheiser.md"
Answers = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Family:
    """A product line as a reference describes it, and who of us plays it."""

    title: str
    reference: str
    sections: str
    models: tuple[str, ...]
    """Each with ``/`` and its mode, where that is not the plain one."""
    documented: str
    """Addresses between blanks, with ``{a,b}`` for one of several names."""

    def addresses(self) -> Sequence[str]:
        return [address for written in self.documented.split() for address in expand(written)]


_ULXD = """ALL MODEL DEVICE_ID FW_VER FLASH ENCRYPTION AUDIO_SUMMING_MODE FREQUENCY_DIVERSITY_MODE
HIGH_DENSITY
SCAN_LOCK SYNC_LOCK NA_DEVICE_NAME NET_SETTINGS CHAN_NAME AUDIO_MUTE AUDIO_GAIN FREQUENCY GROUP_CHAN
RF_INT_DET
ENCRYPTION_WARNING NA_CHAN_NAME METER_RATE RF_ANTENNA RX_RF_LVL AUDIO_LVL TX_TYPE TX_DEVICE_ID TX_FW_VER
BATT_TYPE
BATT_BARS BATT_CHARGE BATT_CYCLE BATT_HEALTH BATT_RUN_TIME BATT_TEMP_{C,F} TX_OFFSET TX_RF_PWR TX_MENU_LOCK
TX_PWR_LOCK TX_MUTE_STATUS TX_MUTE_BUTTON_STATUS TX_POWER_SOURCE"""
_QLXD = """ALL DEVICE_ID FW_VER ENCRYPTION MAC_ADDR CHAN_NAME AUDIO_GAIN FREQUENCY GROUP_CHAN
ENCRYPTION_WARNING
METER_RATE RF_ANTENNA RX_RF_LVL AUDIO_LVL TX_TYPE TX_DEVICE_ID BATT_TYPE BATT_BARS BATT_CHARGE BATT_CYCLE
BATT_RUN_TIME BATT_TEMP_{C,F} TX_OFFSET TX_RF_PWR TX_MENU_LOCK TX_PWR_LOCK TX_MUTE_STATUS TX_POWER_SOURCE"""
_AXIENT = """ALL DEVICE_ID MODEL FW_VER RF_BAND ENCRYPTION_MODE QUADVERSITY_MODE TRANSMISSION_MODE FLASH
NET_SETTINGS
NA_DEVICE_NAME CHAN_NAME AUDIO_MUTE AUDIO_GAIN FREQUENCY GROUP_CHANNEL FD_MODE ENCRYPTION_STATUS
INTERFERENCE_STATUS
UNREGISTERED_TX_STATUS METER_RATE CHAN_QUALITY AUDIO_LED_BITMAP AUDIO_LEVEL_{PEAK,RMS} ANTENNA_STATUS RSSI
RSSI_LED_BITMAP TX_MODEL TX_DEVICE_ID
TX_BATT_{TYPE,BARS,CHARGE_PERCENT,MINS,HEALTH_PERCENT,CYCLE_COUNT,TEMP_C,TEMP_F}
TX_INPUT_PAD TX_OFFSET TX_POLARITY TX_POWER_LEVEL TX_LOCK TX_MUTE_MODE_STATUS TX_TALK_SWITCH
SLOT_{STATUS,TX_MODEL,TX_DEVICE_ID,BATT_TYPE,BATT_BARS,BATT_CHARGE_PERCENT,BATT_MINS,BATT_HEALTH_PERCENT}
SLOT_{BATT_CYCLE_COUNT,INPUT_PAD,OFFSET,POLARITY,RF_OUTPUT,RF_POWER,RF_POWER_MODE,SHOWLINK_STATUS}"""
_ANX4 = f"""{_AXIENT.replace("QUADVERSITY_MODE ", "")} NUMBER_CHANNELS_LICENSED AVAILABLE_CHANNELS
ANTENNA_CONFIGURATION TX_PHANTOM_POWER TX_HIGH_PASS_FILTER SLOT_{{PHANTOM_POWER,HIGH_PASS_FILTER}}"""
_SLXD = """ALL MODEL DEVICE_ID RF_BAND LOCK_STATUS FW_VER FLASH CHAN_NAME AUDIO_GAIN AUDIO_OUT_LVL_SWITCH
GROUP_CHANNEL
FREQUENCY METER_RATE AUDIO_LEVEL_{PEAK,RMS} RSSI TX_MODEL TX_BATT_{MINS,BARS}"""
_SLXD_PLUS = f"""{_SLXD} ENCRYPTION_MODE ENCRYPTION_STATUS INTERFERENCE_STATUS NA_DEVICE_NAME NA_CHAN_NAME
NET_SETTINGS
APP_CONNECTION_ENABLED APP_CONN_ENABLED REM_PAIR LINK_STATUS LINK_TX_MODEL LINK_TX_BATT_MINS LINK_TX_REBOOT
AUDIO_SUMMING_MODE ANTENNA_STATUS SLOT_TX_MODEL"""
_CHARGER = """ALL MODEL DEVICE_ID FW_VER FLASH STORAGE_MODE NET_SETTINGS REBOOT BATT_DETECTED BATT_STATE
BATT_BARS
BATT_CHARGE BATT_HEALTH BATT_CYCLE BATT_TEMP_{C,F} BATT_TIME_TO_FULL BATT_CAPACITY_MAX BATT_CURRENT_CAPACITY
BATT_CURRENT_CAPACITY_MAX BATT_ERROR BATT_MODULE_TYPE"""
_IDENTITY = "/device/identity/{product,version,vendor}"
_NETWORK = """/device/network/ether/{interfaces,macs}
/device/network/ipv4/{ipaddr,netmask,gateway,interfaces,manual_ipaddr,manual_netmask,manual_gateway,auto}"""
_DANTE = """/device/network/dante/identity/version /device/network/dante/{macs,interfaces,interface_mapping}
/device/network/dante/ipv4/{ipaddr,netmask,gateway,manual_ipaddr,manual_netmask,manual_gateway,auto}"""
_OSC = """/osc/version /osc/state/prettyprint /osc/feature/{subscription,pattern,timetag,baseaddr}
/interface/version"""
_EWDX = f"""{_OSC} {_IDENTITY} /device/identity/serial
/device/{{name,location,lock,brightness,encryption,link_density_mode,preset_spacing,frequency_code}}
/device/{{frequency_ranges,booster,language,time,remote_access,restore,restart}} /device/identification/visual
/device/network/mdns {_NETWORK} {_DANTE} /osc/state/auth/access
/rxN/{{name,frequency,mute,gain,warnings,mates,audio,restore,channel_sorting}} /rxN/identification/visual
/rxN/presets/active /rxN/presets/user/0
/rxN/sync_settings/{{trim,name,mute_config,mute_config_ts,lowcut,lock,led,cable_emulation}}
/rxN/sync_settings/{{trim,name,mute_config,lowcut,lock,led,frequency,cable_emulation}}_ignore
/audio1/outN/level /m/rxN/{{rssi,rsqi,divi,af}} /mates/active /mates/txN/battery/{{gauge,lifetime,type}}
/mates/txN/{{type,name,version,mute,mute_config,mute_config_ts,warnings,capsule,trim,lowcut,lock,led,identification}}
/mates/txN/cable_emulation"""
_CHG_70N = f"""{_IDENTITY} /device/identity/serial
/device/{{name,location,storage_mode,warnings,cascade,restore,restart}}
/device/identification/visual /device/network/mdns {_NETWORK}
/bays/{{state,device_type,bat_gauge,bat_timetofull,bat_health,bat_cycles,version,serial,warnings,sync_error,identify}}
/bays/update/{{enable,progress,error}} /bays/sync_settings"""
_CHG_4N = f"""{_IDENTITY} /device/state
/bays/{{active,device_type,charging,bat_gauge,bat_bars,bat_timetofull,bat_health,bat_cycles,serial,version,linkdate}}
/bays/{{identify,state}}"""
_EM6000 = f"""{_IDENTITY} /device/{{name,language}} {_NETWORK}
/device/network/ipv4_dante/{{ipaddr,netmask,gateway,interfaces,manual_ipaddr,manual_netmask,manual_gateway,auto}}
/rxN/{{name,carrier,active_bank_channel,audio_mute,encryption,testtone,identify,active_warnings,active_status}}
/rxN/skx/{{type,battery,name,lowcut,gain,display,autolock,capsule,cable_emulation}}
/rxN/sync_settings/{{low_cut_frequency,gain,display,cable_emulation,auto_lock}}
/rxN/sync_settings/ignore_{{low_cut_frequency,gain,display,cable_emulation,auto_lock}}
/rxN/freq/{{b1,b2,b3,b4,b5,b6,u1,u2,u3,u4,u5,u6}}/00 /rxN/scan/{{config,result}} /rxN/walktest/{{start,info}}
/audio/outN/level_db /sys/{{clock,clock_frequency_measured,brightness,booster}} /sys/dante/{{version,name}}
/mm"""
_L6000 = f"""{_IDENTITY} /slotK/type /slotK/subslotJ/{{accu_detection,identify,led,accu_parameter}}
/device/{{storage_mode,warnings}}"""
_BATTERY = "/mates/txN/bat_{type,gauge,lifetime,state,bars,health,cycles,charging} /mates/txN/warnings"
_SLDW = f"""/rxN/{{rf_quality,warnings,mute_mode,mute_state,mute_switch_active}}
/rxN/{{pair,identify,walktest,autolock,rfpi,sync_info}}
/mates/active /mates/txN/{{device_type,acoustic,agc}} /mates/txN/switch1/{{state,label}} {_BATTERY}
/audio/outN/{{gain_db,level_db}} /device/state"""
_MCR = f"""/rxN/{{state,name,mates,warnings,mute_mode}} /rxN/pair/enable /mates/txN/active {_BATTERY}
/audio/rxN/{{gain,low_cut}} /audio/rxN/equalizer/preset /m/mixer/level /m/rxN/{{level,channel_level}}
/device/{{state,warnings,standby,restart,position,system}} /device/led/brightness /device/dante/name
/device/network/interface_mapping"""
_HTTP = f"{VERSION} {SCHEMA} {SUBSCRIPTIONS} /api/device/{{identity,site,state}}"
_EWDX_2 = f"""{_HTTP} /api/device/identification /api/firmware/update/state /api/ssc/legacyMode
/api/channel/i
/api/channel/i/{{signalQualityIndicator,signalStrengthIndicator,diversityIndicator,level,warnings}}
/api/channel/i/{{identify,restore}} /api/rf /api/rf/channels/i /api/rf/channels/i/{{frequency,preset}}
/api/rf/transmission /api/rf/encryption /api/rf/presets/user/channels/i/banks/0
/api/rf/presets/factory/banks/i
/api/transmitters /api/transmitters/i /api/transmitters/i/{{battery,warnings}} /api/syncSettings/i
/api/syncSettings/i/ignore"""
_SPECTERA = f"""{_HTTP} /api/mts/paired/all /api/mts/paired/all/i /api/rf/{{channels,antennas}}
/api/audio/{{inputs,outputs,links,metering,levels}} /api/audio/interface/{{aoip,madi1,madi2,wordclock}}/status
/api/health/{{psu,tempstateoverall}} /api/health/fan/FAN_i/errorstate"""
_MCP_EM = """Name Frequency BankList RfConfig Mute FirmwareRevision Squelch AfOut Equalizer Push
RF1 RF2 States RF AF Bat Msg Config"""
_MCP_SR = """Name Frequency BankList RfConfig Mute FirmwareRevision Equalizer Sensitivity Mode Push
AF States Msg Config"""
_SYSTEM_API = """name identify audio-mute battery-level battery-health capabilities uptime reboot
audio-channels
mute gain activity gain/description"""

FAMILIES = (
    Family("ULX-D", SHURE, "3", ("ULXD4", "ULXD4D", "ULXD4Q"), _ULXD),
    Family("QLX-D", SHURE, "4", ("QLXD4",), _QLXD),
    Family("Axient Digital", SHURE, "5", ("AD4D-A", "AD4Q-A"), _AXIENT),
    Family("Axient Digital ANX4", SHURE, "5, 5.8", ("ANX4", "ANX4/ULX-D"), _ANX4),
    Family("SLX-D", SHURE, "6", ("SLXD4", "SLXD4D", "SLXD4D/documented"), _SLXD),
    Family("SLX-D+", SHURE, "7", ("SLXD4+", "SLXD4D+", "SLXD4Q+", "SLXD4D+/documented"), _SLXD_PLUS),
    Family(
        "PSM1000",
        SHURE,
        "8",
        ("P10T",),
        """DEVICE_NAME CHAN_NAME AUDIO_IN_LVL GROUP_CHAN FREQUENCY RF_TX_LVL RF_MUTE AUDIO_TX_MODE
AUDIO_IN_LINE_LVL
        METER_RATE""",
    ),
    Family(
        "UHF-R",
        SHURE,
        "9",
        ("UR4S", "UR4D"),
        """CHAN_NAME TX_BAT TX_TYPE GROUP_CHAN FREQUENCY MUTE AUDIO_GAIN GAIN_{UP,DOWN} GROUP_{UP,DOWN}
        CHAN_{UP,DOWN} SQUELCH FRONT_PANEL_LOCK TX_IR_GAIN TX_GAIN TX_IR_TRIM TX_IR_LOCK TX_BAT_MINS
TX_POWER TX_LOCK""",
    ),
    Family(
        "Microflex Wireless",
        SHURE,
        "10",
        ("MXWAPT2", "MXWAPT4", "MXWAPT8"),
        """DEVICE_ID CHAN_NAME TX_AVAILABLE TX_STATUS TX_TYPE TX_DEVICE_ID AUDIO_GAIN INT_AUDIO_GAIN
BATT_CHARGE
        BATT_RUN_TIME BATT_TIME_TO_FULL BATT_HEALTH BUTTON_STS LED_STATUS BP_MIC_SELECT FLASH METER_RATE""",
    ),
    Family("Chargers", SHURE, "11", ("SBC220", "SBC240", "SBC441", "SBC840", "SBC840M", "SBRC"), _CHARGER),
    Family("System API", SHURE, "14.2", ("SystemAPI",), _SYSTEM_API),
    Family("EW-DX over SSCv1", SENNHEISER, "1.4, 2", ("EW-DX-EM2", "EW-DX-EM4-Dante"), _EWDX),
    Family("CHG 70N-C", SENNHEISER, "2.7", ("CHG70N-C",), _CHG_70N),
    Family("CHG 2N and CHG 4N", SENNHEISER, "2.8", ("CHG2N", "CHG4N"), _CHG_4N),
    Family("EM 6000", SENNHEISER, "3.1", ("EM6000", "EM6000-Dante"), _EM6000),
    Family("L 6000", SENNHEISER, "3.2", ("L6000",), _L6000),
    Family("SpeechLine rack receiver", SENNHEISER, "4.1", ("SLDW",), _SLDW),
    Family("SpeechLine multi-channel receiver", SENNHEISER, "4.2", ("MCR-DW4",), _MCR),
    Family("MCP receivers", SENNHEISER, "5", ("EM 300-500 G4", "EM 2050", "EM 300-500 G3"), _MCP_EM),
    Family("MCP in-ear transmitter", SENNHEISER, "5", ("SR IEM G4",), _MCP_SR),
    Family("EW-DX over SSCv2", SENNHEISER, "6.1, 6.3", ("EWDX2CHS", "EWDX4CHDS"), _EWDX_2),
    Family("Spectera", SENNHEISER, "6.1, 6.4", ("SPECTERA", "SPECTERA-17.0"), _SPECTERA),
)


def expand(written: str) -> Iterator[str]:
    """``/a/{b,c}/d`` is ``/a/b/d`` and ``/a/c/d``."""
    start, brace, rest = written.partition("{")
    if not brace:
        yield written
        return
    names, _, end = rest.partition("}")
    for name in names.split(","):
        for address in expand(end):
            yield f"{start}{name}{address}"


def answers_of(model: str) -> Answers:
    """Whether the simulated ``model``, perhaps with a mode behind it, answers to an address."""
    device = build_model(model)
    match device:
        case StringsDevice():
            return lambda name: any(_is_answered(device, message) for message in _questions(name))
        case UhfrDevice():
            return lambda name: name in READS or name in SETTINGS or name in WRITES
        case SystemApiServer():
            return _offered(device).__contains__
        case SscDevice():
            told = {_generalize(address) for address in device.tree.leaves}
            return lambda address: _generalize(address) in told
        case McpDevice():
            now = cyclic_block.measure(device.unit)
            block = cyclic_block.lines(device.unit, now, cyclic_block.CycleSummary.of(now))
            return {"Push", *device.unit.attributes, *(line.keyword for line in block)}.__contains__
        case Sscv2Device():
            paths = {_generalize(path) for path in (*device.resources.paths, VERSION, SCHEMA, SUBSCRIPTIONS)}
            return lambda path: _generalize(path) in paths or _is_writable(device, path)
        case _:
            raise AssertionError(model)


def page() -> Iterator[str]:
    """The lines of ``docs/reference/simulated-addresses.md``."""
    yield "# What simulated devices answer"
    yield ""
    yield from INTRODUCTION
    for family in FAMILIES:
        answers = [answers_of(model) for model in family.models]
        rows = [(address, [answer(address) for answer in answers]) for address in family.addresses()]
        count = sum(any(cells) for _, cells in rows)
        yield ""
        yield f"## {family.title}"
        yield ""
        yield f"[{family.reference}](protocols/{family.reference}) {family.sections}: {count} of {len(rows)}."
        yield ""
        columns = [model.replace("/", ", ") for model in family.models]
        yield f"| address | {' | '.join(columns)} |"
        yield f"|---|{'---|' * len(family.models)}"
        for address, cells in rows:
            yield f"| `{address}` | {' | '.join('yes' if cell else '–' for cell in cells)} |"


def build_model(written: str) -> SimulatedDevice:
    model, _, mode = written.partition("/")
    blueprint = BLUEPRINTS[model]
    performers = [performer_at(index) for index in range(blueprint.channels_in(mode))]
    return blueprint.build(
        BuildPlan(
            model,
            "Rack 1",
            "127.0.0.1",
            performers,
            0,
            dice=Random(1),
            network_dice=Random(1),
            mode=mode or PLAIN,
        )
    )


def _questions(name: str) -> Iterator[Message]:
    yield Get(None, name)
    yield Get(1, name)
    yield Get(1, name, ("1",))
    yield Get(None, name, ("SC",))
    yield Set(None, name, ("ON",))
    yield Set(1, name, ("ON",))
    yield Set(None, name)


def _is_answered(device: StringsDevice[StringsUnit], message: Message) -> bool:
    reply = device.unit.answer(message)
    return reply.reboots or any(frame != ERR for frame in (*reply.to_asker, *reply.to_all))


def _offered(server: SystemApiServer) -> frozenset[str]:
    features = {str(topic.feature) for topic in server.site.topics()}
    has_channels = any(unit.channels for unit in server.site.units.values())
    return frozenset(features | ({CHANNELS, f"{Feature.GAIN}/{RANGE}"} if has_channels else set()))


def _generalize(address: str) -> str:
    """The same address of any channel, slot, bay or bank."""
    return re.sub(
        r"(?<=/rx|/tx)(?:N|\d+)|(?<=/out|FAN_|slot)(?:N|K|J|i|\d+)|(?<=/)(?:i|\d+)(?=/|$)", "N", address
    )


def _is_writable(device: Sscv2Device, path: str) -> bool:
    """Whether it can only be written to; nothing is, since there is nothing in the request."""
    try:
        device.resources.write(path.replace("/i", "/0"), {})
    except RefusedError as error:
        return error.status not in {NOT_FOUND, NOT_ALLOWED}
    return True
