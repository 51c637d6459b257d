"""What must never be sent to a device is in no code path.

Source: docs/reference/protocols/shure.md 16; docs/reference/protocols/sennheiser.md 2.1, 6.3.
"""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

import micboard_tui
from micboard_tui.contracts.errors import DeviceError
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
from micboard_tui.manufacturers.sennheiser.ssc.families import FAMILIES
from tests.fakes.driver_runs import ReportCollector, running
from tests.fakes.links import until
from tests.manufacturers.command_peers import CHANNELS, PEERS, describer_of, recorded

NEVER = re.compile(
    r"NET_SETTINGS|REBOOT|FACTORY|REM_PAIR|UNLINK|REMOTE_LINK|STORAGE_MODE|REGENERATE|RESTORE|RESTART"
    r"|FIRMWARE_UPDATE|IPV4|IP_MODE|NETMASK|PASSWORD|REMOTE_ACCESS|LEGACY_MODE|DENSITY|ENCRYPTION"
    r"|FREQUENCY_DIVERSITY|SUMMING",
    re.IGNORECASE,
)
SOURCE = Path(micboard_tui.__file__).parent
ENCODERS = [
    path
    for path in sorted((SOURCE / "manufacturers").rglob("*.py"))
    if path.name in {"commands.py", "command_execution.py", "prepared_command.py", "requests.py", "paths.py"}
] + [*(SOURCE / "protocols").rglob("requests.py"), *(SOURCE / "protocols").rglob("paths.py")]
CHANGING = {"PUT", "PATCH", "POST", "DELETE"}
MODELS = {
    "shure-strings": ("ULXD4Q", "QLXD4", "AD4Q", "SLXD4D", "P10T", "MXWAPT4", "SBC220", "ANX4"),
    "shure-uhfr": ("UR4D",),
    "shure-system-api": ("SystemAPI",),
    "sennheiser-ssc": ("EWDX2CH", "EM6000", "SLDW", "SLDW4CH", "L6000", "CHG 70N-C", "CHG 4N"),
    "sennheiser-sscv2": ("EW-DX EM 4 Dante", "Spectera Base Station"),
    "sennheiser-mcp": ("EM", "SR IEM"),
}
RAW = {number: {"device id": "d", "channel id": "c"} for number in CHANNELS}


NAMES = st.text(max_size=10) | st.sampled_from(["REBOOT", "A > < SET 1 REBOOT"])
CHANNEL, SLOT, NUMBER = st.integers(1, 3), st.integers(0, 9), st.integers(-70, 1_000_000)
COMMANDS: st.SearchStrategy[Command] = st.one_of(
    st.builds(Identify, st.none() | CHANNEL),
    st.builds(SetDeviceName, NAMES),
    st.builds(SetChannelName, CHANNEL, NAMES),
    st.builds(SetGain, CHANNEL, NUMBER),
    st.builds(SetMute, CHANNEL, st.booleans()),
    st.builds(SetFrequency, CHANNEL, NUMBER),
    st.builds(SetGroupChannel, CHANNEL, NUMBER, NUMBER),
    st.builds(SetSlotRf, CHANNEL, SLOT, st.booleans()),
    st.builds(SetSlotName, CHANNEL, SLOT, NAMES),
)


def test_every_command_is_tried() -> None:
    def is_of(kind: type[Command]) -> Callable[[Command], bool]:
        return lambda command: isinstance(command, kind)

    # The least of its kind, which takes most of the time to find, is not asked for.
    any_of_it = settings(phases=(Phase.generate,), max_examples=500)
    assert all(find(COMMANDS, is_of(kind), settings=any_of_it) for kind in get_args(Command))


@pytest.mark.parametrize("driver", MODELS)
@given(command=COMMANDS)
def test_no_command_becomes_what_must_never_be_sent(driver: str, command: Command) -> None:
    for model in MODELS[driver]:
        try:
            described = describer_of(driver)(command, model, RAW)
        except DeviceError:
            continue
        for message in described.messages:
            without_names = message.replace(str(getattr(command, "name", "")).strip() or "\0", "")
            assert not NEVER.search(without_names), message
            assert message.count(" SET ") <= 1 + str(getattr(command, "name", "")).count(" SET ")
            assert "\n" not in message
            assert "\r" not in message


@pytest.mark.virtual_time
@pytest.mark.parametrize("model", PEERS)
async def test_a_session_from_its_first_message_to_its_goodbye_sets_only_what_it_may(model: str) -> None:
    peer, driver = PEERS[model]()
    sent, report = recorded(peer), ReportCollector()
    async with running(driver, report):
        await until(lambda: bool(report.devices))
        await driver.execute(SetMute(1, muted=True))
        if model in {"ULXD4D", "AD4D", "EWDX2CH"}:
            await driver.execute(Identify(1))
    for data in sent:
        text = data.decode()
        is_question = " GET " in text or re.fullmatch(r"(\{.*:)null\}*", text) or "subscribe" in text
        assert is_question or not NEVER.search(text), text


def test_no_encoder_of_commands_knows_the_words() -> None:
    for path in ENCODERS:
        for constant in texts_in(path):
            assert not NEVER.search(constant), (path, constant)


@pytest.mark.no_cover
def test_words_that_must_not_be_set_are_only_read() -> None:
    """Anywhere else in drivers and codecs they stand among what is asked and understood."""
    known = {
        ("ssc/family.py", "/device/storage_mode"),
        ("families/chg.py", "storage_mode"),
        ("strings/mapping.py", "STORAGE_MODE"),
    }
    never = re.compile(
        "NET_SETTINGS|REBOOT|FACTORY.RESET|REM_PAIR|UNLINK|REMOTE_LINK|STORAGE_MODE|REGENERATE_KEY"
    )
    found = {
        ("/".join(path.parts[-2:]), constant)
        for package in ("manufacturers", "protocols")
        for path in (SOURCE / package).rglob("*.py")
        for constant in texts_in(path)
        if never.search(constant.upper())
    }
    assert found == known


def test_what_can_be_set_over_ssc_is_names_sound_frequency_and_lamps() -> None:
    addresses: set[str | None] = set()
    for settable in (family.settable for family in FAMILIES):
        addresses |= {settable.device_name, settable.channel_name, settable.mute}
        addresses |= {each.address for each in (settable.gain, settable.frequency) if each is not None}
        if settable.device_flash is not None:
            addresses.add(settable.device_flash.address)
        if settable.unit_flash is not None:
            addresses |= {settable.unit_flash(unit).address for unit in (1, 5)}
    assert addresses - {None} == {
        "/audio/out1/gain_db",
        "/audio/rx{n}/gain",
        "/bays/identify",
        "/device/identification/visual",
        "/device/name",
        "/rx1/identification/visual",
        "/rx1/identify",
        "/rx5/identification/visual",
        "/rx5/identify",
        "/rx{n}/audio_mute",
        "/rx{n}/carrier",
        "/rx{n}/frequency",
        "/rx{n}/gain",
        "/rx{n}/mute",
        "/rx{n}/name",
        "/slot1/subslot1/identify",
        "/slot3/subslot1/identify",
    }


@pytest.mark.no_cover
def test_requests_that_change_something_are_made_in_few_places() -> None:
    """Sessions and subscriptions of our own, and commands."""
    places = {
        "/".join(path.parts[-2:])
        for path in (SOURCE / "manufacturers").rglob("*.py")
        if CHANGING & {*texts_in(path)}
    }
    assert places == {
        "system_api/commands.py",
        "system_api/push_subscription.py",
        "sscv2/prepared_command.py",
        "sscv2/resource_session.py",
        "sscv2/driver.py",
    }


def texts_in(path: Path) -> Iterator[str]:
    """The texts in a module's code, without docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value
