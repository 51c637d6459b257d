"""The first seconds of a session: finds out what answers, how many channels or bays it has, and reads all."""

from micboard_tui.contracts import hints
from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.domain.device import DeviceFault
from micboard_tui.domain.value_ranges import MAX_BAYS, MAX_CHANNELS
from micboard_tui.manufacturers.article import with_article
from micboard_tui.manufacturers.sennheiser.ssc.change_tracker import DeviceLayout
from micboard_tui.manufacturers.sennheiser.ssc.conversation import TRIES, Conversation
from micboard_tui.manufacturers.sennheiser.ssc.families import FAMILIES, family_of_product, normalize_product
from micboard_tui.manufacturers.sennheiser.ssc.family import DEVICE_NAME, IDENTITY, PRODUCT, Family, Subject
from micboard_tui.manufacturers.sennheiser.ssc.values import parse_text
from micboard_tui.protocols.ssc.messages import Code

SUPPORTED_HINT = "EW-DX, EM 6000, L 6000, SpeechLine DW and their chargers are supported"
OTHERS_TRIES = 2
"""To find out of which family a device is whose name is of none."""
MAX_UNITS = max(MAX_CHANNELS, MAX_BAYS)
"""Channels of a receiver or bays of a charger."""
ACCESS_OFF_HINT = (
    "Check its power, address and port (45, on some devices 6970). An EW-DX with firmware 4 or later answers "
    "only when third-party access is on: in Control Cockpit or WSM choose SSCv1 (Legacy), or add it with the "
    "driver sennheiser-sscv2"
)
NAME_ADDRESSES = (*IDENTITY, DEVICE_NAME)
MARKER_ADDRESSES = tuple(dict.fromkeys(family.marker_address for family in FAMILIES))
_SPEECHLINE = "speechline"
"""How a product of one of the families of SpeechLine may begin; which family it is, that leaves open."""
_LOCKED = frozenset({Code.UNAUTHORISED, Code.FORBIDDEN, Code.LOCKED})


async def identify(conversation: Conversation) -> Family:
    """Find out what answers, by what it has and not by its name (docs/reference/protocols/sennheiser.md 10).

    Raises DeviceError: DEVICE_SILENT when nothing answers, DEVICE_REFUSED when it admits no third party,
    API_ERROR or DEVICE_SILENT when it does not show to be of a family that this driver supports.
    """
    if not await conversation.ask(NAME_ADDRESSES):
        raise DeviceError(
            ErrorCode.DEVICE_SILENT, "It does not answer to Sennheiser's SSCv1", hint=ACCESS_OFF_HINT
        )
    if is_locked(conversation):
        raise DeviceError(
            ErrorCode.DEVICE_REFUSED, "It answers, but its third-party access is off", hint=ACCESS_OFF_HINT
        )
    model = parse_text(conversation.tracker.values.get(PRODUCT))
    await conversation.ask(MARKER_ADDRESSES, TRIES if model is None or _is_supported(model) else OTHERS_TRIES)
    if (family := family_of(conversation)) is None:
        fault = unsupported_fault(conversation)
        raise DeviceError(ErrorCode(fault.code), fault.message, hint=fault.hint, model=model or "")
    return family


def is_locked(conversation: Conversation) -> bool:
    """Whether the device refuses to say what it is."""
    values = conversation.tracker.values
    errors = {values.error(address) for address in IDENTITY}
    return not values.has(PRODUCT) and not errors.isdisjoint(_LOCKED)


def family_of(conversation: Conversation) -> Family | None:
    """The family whose marker has been answered with a value of its own, or one of its marker and product."""
    values = conversation.tracker.values
    by_product = family_of_product(parse_text(values.get(PRODUCT)) or "")
    for family in FAMILIES:
        if values.has(family.marker_address) and family.is_marker_value(values.get(family.marker_address)):
            shares_marker = by_product is not None and by_product.marker_address == family.marker_address
            return by_product if shares_marker else family
    return None


def unsupported_fault(conversation: Conversation) -> DeviceFault:
    """Why what answers cannot be watched: it is something else, or is of a family and does not show it."""
    values = conversation.tracker.values
    model = parse_text(values.get(PRODUCT))
    called = with_article(model or "device without a model")
    if model is None or not _is_supported(model):
        return DeviceFault(
            ErrorCode.API_ERROR, f"It is {called}, which this driver does not support", SUPPORTED_HINT
        )
    if any(values.has(address) or values.error(address) for address in MARKER_ADDRESSES):
        return DeviceFault(
            ErrorCode.API_ERROR,
            f"It says that it is {called}, and has no channel and no bay of one",
            "Update its firmware, and restart it",
        )
    return DeviceFault(ErrorCode.DEVICE_SILENT, f"It is {called}, and answers nothing else", ACCESS_OFF_HINT)


def _is_supported(model: str) -> bool:
    """Whether the product of a device is one of a supported family, in any spelling."""
    return family_of_product(model) is not None or normalize_product(model).startswith(_SPEECHLINE)


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
    try:
        await conversation.ask(
            tuple(
                address
                for group in layout.groups
                if has_meters or group.subject is not Subject.METERS
                for address in group.addresses
            )
        )
    finally:
        # Who has no more time can report what has been answered so far.
        conversation.tracker.set_layout(layout)
    return layout
