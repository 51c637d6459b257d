"""The first seconds of a session: finds out what answers, how many channels or bays it has, and reads all."""

from micboard_tui.contracts import hints
from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.domain.value_ranges import MAX_BAYS, MAX_CHANNELS
from micboard_tui.manufacturers.sennheiser.ssc.change_tracker import DeviceLayout
from micboard_tui.manufacturers.sennheiser.ssc.conversation import Conversation
from micboard_tui.manufacturers.sennheiser.ssc.families import FAMILIES
from micboard_tui.manufacturers.sennheiser.ssc.family import DEVICE_NAME, IDENTITY, PRODUCT, Family, Subject
from micboard_tui.manufacturers.sennheiser.ssc.values import parse_text
from micboard_tui.protocols.ssc.messages import Code

SUPPORTED_HINT = "EW-DX, EM 6000, L 6000, SpeechLine DW and their chargers are supported"
MAX_UNITS = max(MAX_CHANNELS, MAX_BAYS)
"""Channels of a receiver or bays of a charger."""
ACCESS_OFF_HINT = (
    "Check its power, address and port (45, on some devices 6970). An EW-DX with firmware 4 or later answers "
    "only when third-party access is on: in Control Cockpit or WSM choose SSCv1 (Legacy), or add it with the "
    "driver sennheiser-sscv2"
)
NAME_ADDRESSES = (*IDENTITY, DEVICE_NAME)
MARKER_ADDRESSES = tuple(dict.fromkeys(family.marker_address for family in FAMILIES))
_LOCKED = frozenset({Code.UNAUTHORISED, Code.FORBIDDEN, Code.LOCKED})


async def identify(conversation: Conversation) -> Family:
    """Find out what answers, by what it has and not by its name (docs/reference/protocols/sennheiser.md 10).

    Raises DeviceError: DEVICE_SILENT when nothing answers, DEVICE_REFUSED when it admits no third party,
    API_ERROR when it is none of the families that this driver supports.
    """
    if not await conversation.ask(NAME_ADDRESSES):
        raise DeviceError(
            ErrorCode.DEVICE_SILENT, "It does not answer to Sennheiser's SSCv1", hint=ACCESS_OFF_HINT
        )
    if is_locked(conversation):
        raise DeviceError(
            ErrorCode.DEVICE_REFUSED, "It answers, but its third-party access is off", hint=ACCESS_OFF_HINT
        )
    await conversation.ask(MARKER_ADDRESSES)
    if (family := family_of(conversation)) is None:
        model = parse_text(conversation.tracker.values.get(PRODUCT))
        raise DeviceError(
            ErrorCode.API_ERROR, describe_unsupported(model), hint=SUPPORTED_HINT, model=model or ""
        )
    return family


def is_locked(conversation: Conversation) -> bool:
    """Whether the device refuses to say what it is."""
    values = conversation.tracker.values
    errors = {values.error(address) for address in IDENTITY}
    return not values.has(PRODUCT) and not errors.isdisjoint(_LOCKED)


def family_of(conversation: Conversation) -> Family | None:
    """The family whose marker has been answered with a value of its own."""
    values = conversation.tracker.values
    for family in FAMILIES:
        if values.has(family.marker_address) and family.is_marker_value(values.get(family.marker_address)):
            return family
    return None


def describe_unsupported(model: str | None) -> str:
    return f"It is a {model or 'device without a model'}, which this driver does not support"


async def read_everything(conversation: Conversation, family: Family, *, has_meters: bool) -> DeviceLayout:
    """Count channels or bays and read all of them; their meters only where ``has_meters``.

    Raises DeviceError API_ERROR when there is not a single channel or bay.
    """
    await conversation.ask(family.counted_addresses)
    count = family.count_units(conversation.tracker.values)
    if not 1 <= count <= MAX_UNITS:
        raise DeviceError(
            ErrorCode.API_ERROR,
            "It reports no channel and no bay" if count < 1 else f"It reports {count} channels or bays",
            hint=hints.RESTART_UNSUPPORTED,
        )
    layout = DeviceLayout(family, count, family.groups_for(count))
    await conversation.ask(
        tuple(
            address
            for group in layout.groups
            if has_meters or group.subject is not Subject.METERS
            for address in group.addresses
        )
    )
    conversation.tracker.set_layout(layout)
    return layout
