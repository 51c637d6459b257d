"""The first seconds of a session: finds out what answers, how much of it there is, and reads it all."""

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.manufacturers.sennheiser.ssc.change_tracker import Layout
from micboard_tui.manufacturers.sennheiser.ssc.conversation import Conversation
from micboard_tui.manufacturers.sennheiser.ssc.families import FAMILIES
from micboard_tui.manufacturers.sennheiser.ssc.family import DEVICE_NAME, IDENTITY, PRODUCT, Family, Subject
from micboard_tui.manufacturers.sennheiser.ssc.values import text
from micboard_tui.protocols.ssc.messages import Code

KNOWN = "EW-DX, EM 6000, L 6000, SpeechLine DW and their chargers are supported"
MAX_UNITS = 64
"""More channels or bays are not believed."""
ACCESS_OFF_HINT = (
    "Check its power, address and port (45, here and there 6970). An EW-DX with firmware 4 or later answers "
    "only when third-party access is on: in Control Cockpit or WSM choose SSCv1 (Legacy), or add it with the "
    "driver sennheiser-sscv2"
)
_LOCKED = frozenset({Code.UNAUTHORISED, Code.FORBIDDEN, Code.LOCKED})


async def identify(talk: Conversation) -> Family:
    """Find out what answers, by what it has and not by its name (docs/reference/protocols/sennheiser.md 10).

    Raises DeviceError: DEVICE_SILENT when nothing answers, DEVICE_REFUSED when it lets nobody in,
    API_ERROR when it is none of the families that this driver speaks to.
    """
    if not await talk.ask((*IDENTITY, DEVICE_NAME)):
        raise DeviceError(
            ErrorCode.DEVICE_SILENT, "It does not answer to Sennheiser's SSCv1", hint=ACCESS_OFF_HINT
        )
    if is_locked(talk):
        raise DeviceError(
            ErrorCode.DEVICE_REFUSED, "It answers, but does not let third parties in", hint=ACCESS_OFF_HINT
        )
    await talk.ask(tuple(dict.fromkeys(family.mark for family in FAMILIES)))
    if (family := family_of(talk)) is None:
        raise _unknown(text(talk.ledger.words.get(PRODUCT)))
    return family


def is_locked(talk: Conversation) -> bool:
    """Whether the device says that we may not know who it is."""
    codes = {talk.ledger.words.code(address) for address in IDENTITY}
    return not talk.ledger.words.has(PRODUCT) and not codes.isdisjoint(_LOCKED)


def family_of(talk: Conversation) -> Family | None:
    words = talk.ledger.words
    return next(
        (each for each in FAMILIES if words.has(each.mark) and each.marks(words.get(each.mark))), None
    )


def _unknown(model: str | None) -> DeviceError:
    return DeviceError(
        ErrorCode.API_ERROR,
        f"It is a {model or 'device without a model'}, which this driver does not speak to",
        hint=KNOWN,
        model=model or "",
    )


async def read_everything(talk: Conversation, family: Family, *, meters: bool) -> Layout:
    """Count what there is, and have the device tell all of it; ``meters`` as well.

    Raises DeviceError API_ERROR when it has not a single channel or bay.
    """
    await talk.ask(family.counted)
    count = family.count(talk.ledger.words)
    if not 1 <= count <= MAX_UNITS:
        raise DeviceError(
            ErrorCode.API_ERROR,
            "It tells of no channel and no bay" if count < 1 else f"It tells of {count} channels or bays",
            hint="Restart it; if it stays so, its firmware speaks another dialect",
        )
    layout = Layout(family, count, family.groups(count))
    await talk.ask(
        tuple(
            address
            for group in layout.groups
            if meters or group.subject is not Subject.METERS
            for address in (*group.subscribed, *group.asked)
        )
    )
    talk.ledger.lay_out(layout)
    return layout
