"""What people are shown of a command before it is sent is what then leaves, in every driver."""

import json
from collections.abc import Sequence

import httpx
import pytest

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.domain.command import (
    Command,
    Identify,
    SetChannelName,
    SetDeviceName,
    SetFrequency,
    SetGain,
    SetGroupChannel,
    SetMute,
    SetSlotName,
    SetSlotRf,
)
from micboard_tui.manufacturers.sennheiser.sscv2 import command_execution
from micboard_tui.manufacturers.sennheiser.sscv2.change_tracker import ChangeTracker
from micboard_tui.manufacturers.sennheiser.sscv2.ewdx_mapping import Ewdx
from micboard_tui.manufacturers.sennheiser.sscv2.resource_session import ResourceSession
from micboard_tui.manufacturers.shure.system_api.channel_numbers import Numbering
from micboard_tui.manufacturers.shure.system_api.commands import Waits, execute_command
from micboard_tui.manufacturers.shure.system_api.conversation import Conversation
from micboard_tui.manufacturers.shure.system_api.paced_requests import Server
from micboard_tui.protocols.shure_system_api.messages import AudioChannel, DeviceList, Feature, ListedDevice
from micboard_tui.protocols.shure_system_api.paths import DEVICES
from micboard_tui.protocols.shure_system_api.writing import write_channels, write_devices, write_value
from tests.fakes.driver_runs import ReportCollector
from tests.fakes.virtual_time import loop_time
from tests.manufacturers.command_peers import CHANNELS, PEERS, XID, describer_of, recorded
from tests.manufacturers.sennheiser.sscv2.scripted_device import client, signed_in

pytestmark = pytest.mark.virtual_time

MUTE = SetMute(1, muted=True)
NAME, DEVICE_NAME = SetChannelName(1, "Ada"), SetDeviceName("Rack B")
TUNE, GROUP = SetFrequency(1, 782_125), SetGroupChannel(1, 6, 11)


@pytest.mark.parametrize(
    ("driver", "model", "commands"),
    [
        (
            "shure-strings",
            "ULXD4D",
            (Identify(), Identify(1), DEVICE_NAME, NAME, SetGain(1, 12), MUTE, TUNE, GROUP),
        ),
        (
            "shure-strings",
            "AD4D",
            (TUNE, GROUP, SetSlotRf(1, 1, on=False), SetSlotName(1, 1, "Ada Lo")),
        ),
        (
            "shure-strings",
            "P10T",
            (DEVICE_NAME, SetChannelName(1, "Ada Lo"), SetGain(1, -12), MUTE, TUNE, GROUP),
        ),
        (
            "shure-uhfr",
            "UR4S",
            (NAME, SetGain(1, -12), MUTE, TUNE, GROUP),
        ),
        (
            "sennheiser-ssc",
            "EWDX2CH",
            (Identify(), Identify(1), DEVICE_NAME, NAME, SetGain(1, 12), MUTE, SetFrequency(1, 500_025)),
        ),
        (
            "sennheiser-mcp",
            "EM",
            (DEVICE_NAME, NAME, SetGain(1, 12), MUTE, TUNE),
        ),
        ("sennheiser-mcp", "SR IEM", (NAME, SetGain(1, -12), MUTE, TUNE)),
    ],
)
async def test_a_command_is_sent_as_it_was_described(
    driver: str, model: str, commands: Sequence[Command]
) -> None:
    for command in commands:
        peer, session_driver = PEERS[model]()
        sent = recorded(peer)
        confirmation = await session_driver.execute_once(command)
        described = describer_of(driver)(command, model, CHANNELS)
        assert described.value == confirmation.value, command
        texts = [XID.sub("", data.decode()).strip() for data in sent]
        assert [text for text in texts if text in described.messages] == list(described.messages), command
        assert len(described.messages) == 1 or isinstance(command, Identify)


async def test_what_is_put_to_an_sscv2_device_is_what_was_described() -> None:
    puts: list[str] = []
    values: dict[str, object] = {}

    def answer(request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if request.method == "PUT":
            puts.append(f"PUT {path} {request.content.decode()}")
            values.update(json.loads(request.content))
        return httpx.Response(200, json={"name": "A", "mates": [], **values})

    commands = (Identify(), Identify(1), SetGain(1, 12), MUTE, SetFrequency(2, 500_025))
    async with client(answer) as opened:
        tracker = ChangeTracker(Ewdx(), ReportCollector(), loop_time, promised_s=2.0, interval_s=0.1)
        session = ResourceSession(signed_in(opened), tracker, loop_time, has_meters=False)
        tracker.add_channel(1)
        tracker.add_channel(2)
        done = [await command_execution.execute(session, command) for command in commands]
    describe = describer_of("sennheiser-sscv2")
    described = [describe(each, "EW-DX EM 2", CHANNELS) for each in commands]
    assert [each.value for each in done] == [each.value for each in described]
    assert puts == [text for each in described for text in each.messages]


async def test_what_a_system_api_server_is_sent_is_what_was_described() -> None:
    own = f"{DEVICES}/rack%201/audio-channels/c"
    abilities = ("audio-channels", "name", "identify", "audio-mute")
    rack = ListedDevice("rack 1", "ANX4", state="ONLINE", capabilities=abilities)
    channel = AudioChannel("c", "SOURCE", None, ("gain", "name", "mute", "activity"))
    answers = {
        DEVICES: write_devices(DeviceList((rack,))),
        f"{DEVICES}/rack%201/audio-channels": write_channels([channel]),
        f"{own}/name": write_value(Feature.NAME, "Ada"),
        f"{own}/gain": write_value(Feature.GAIN, 3),
        f"{own}/mute": write_value(Feature.MUTE, value=True),
    }
    sent: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path.decode()
        if request.method != "GET":
            sent.append(f"{request.method} {path} {request.content.decode()}".strip())
            return httpx.Response(204, stream=httpx.ByteStream(b""))
        found = answers.get(path)
        return httpx.Response(404 if found is None else 200, stream=httpx.ByteStream(found or b""))

    report = ReportCollector()
    conversation = Conversation(report, loop_time, Numbering(), 0.5)
    commands = (NAME, SetGain(1, 3), MUTE, Identify(1))
    async with httpx.AsyncClient(base_url="https://server", transport=httpx.MockTransport(answer)) as opened:
        server = Server(opened, conversation.report_answer, loop_time, 0.0)
        await conversation.read_devices(server)
        await conversation.read_values(server, conversation.topics)
        done = [await execute_command(each, conversation, server, Waits(0.0, 0.0)) for each in commands]
    known = {1: dict(report.facts().raw)}
    describe = describer_of("shure-system-api")
    # What flashed says afterwards for how long.
    assert [each.value for each in done[:3]] == [
        describe(each, "SystemAPI", known).value for each in commands[:3]
    ]
    assert sent == [text for each in commands for text in describe(each, "SystemAPI", known).messages]


@pytest.mark.parametrize(
    ("driver", "model", "command", "value", "message"),
    [
        ("sennheiser-ssc", "EWDXEM2", SetChannelName(1, " new "), "NEW", '{"rx1":{"name":"NEW"}}'),
        ("sennheiser-ssc", "EM6000", SetChannelName(1, "new"), "new", '{"rx1":{"name":"new"}}'),
        ("sennheiser-ssc", "EWDXEM2", SetGain(1, 12), "+12 dB", '{"rx1":{"gain":12}}'),
        ("shure-strings", "ULXD4D", SetChannelName(1, " a_b "), "a_b", "< SET 1 CHAN_NAME {a_b} >"),
        ("shure-strings", "P10T", SetChannelName(1, "a_b"), "a b", "< SET 1 CHAN_NAME a_b >"),
        ("shure-uhfr", "UR4S", SetChannelName(1, "a_b"), "a b", "* SET 1 CHAN_NAME a_b *"),
        ("sennheiser-mcp", "EM", SetChannelName(1, " a_b "), "a_b", "Name a_b"),
    ],
)
def test_the_value_that_is_described_is_the_one_that_is_sent(
    driver: str, model: str, command: Command, value: str, message: str
) -> None:
    described = describer_of(driver)(command, model, CHANNELS)
    assert (described.value, described.messages) == (value, (message,))


def test_in_ear_transmitters_mute_by_their_carrier() -> None:
    for driver, model, switches in (
        ("shure-strings", "P10T", True),
        ("sennheiser-mcp", "SR IEM", True),
        ("shure-strings", "ULXD4D", False),
        ("sennheiser-mcp", "EM", False),
    ):
        assert describer_of(driver)(MUTE, model, CHANNELS).switches_carrier is switches
    assert describer_of("shure-strings")(SetSlotRf(1, 1, on=True), "AD4D", CHANNELS).switches_carrier


def test_packs_are_synced_by_infrared_only_where_that_is_known() -> None:
    for driver, model, how in (
        ("shure-strings", "ULXD4D", "by IR"),
        ("shure-uhfr", "UR4D", "by IR"),
        ("sennheiser-ssc", "EWDXEM2", "by IR"),
        ("sennheiser-ssc", "EM6000", ""),
        ("sennheiser-mcp", "EM", ""),
    ):
        described = describer_of(driver)(SetFrequency(1, 500_000), model, CHANNELS)
        assert described.synced_by == how, model


@pytest.mark.parametrize("driver", ["shure-strings", "sennheiser-ssc", "sennheiser-sscv2", "sennheiser-mcp"])
def test_of_a_device_that_was_never_read_nothing_is_described(driver: str) -> None:
    with pytest.raises(DeviceError) as unknown:
        describer_of(driver)(MUTE, None, CHANNELS)
    assert unknown.value.code is ErrorCode.DEVICE_UNREACHABLE


def test_a_channel_behind_a_server_is_described_once_the_server_was_read() -> None:
    with pytest.raises(DeviceError) as unknown:
        describer_of("shure-system-api")(MUTE, "SystemAPI", CHANNELS)
    assert unknown.value.code is ErrorCode.DEVICE_UNREACHABLE
