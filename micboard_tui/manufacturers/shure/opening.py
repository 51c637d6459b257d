"""The first seconds of a connection: finds out what answers, and has it list all it knows."""

from collections.abc import Callable

import anyio

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.manufacturers.shure.conversation import Conversation
from micboard_tui.manufacturers.shure.family import QLXD, SLXD, ULXD, Dialect, Family, dialect_of
from micboard_tui.protocols.shure_strings.messages import Get, Rep, text

ANSWER_TIMEOUT_S = 1.0
ENOUGH_REPS = 5
"""Fewer in answer to ``GET 0 ALL`` mean that index 0 is not understood (7)."""
QUIET_S = 0.15
"""An answer to ``GET ALL`` has no end mark: it is over when nothing has come for so long."""
LIST_TIMEOUT_S = 5.0


async def identify(talk: Conversation) -> Dialect:
    """Find out what answers (reference/shure.md 1.11), and read it in its dialect from then on.

    Raises DeviceError: DEVICE_SILENT when nothing answers at all, API_ERROR when what answers is
    no receiver that this driver speaks to.
    """
    dialect = await _by_model(talk) or await _by_property(talk)
    if dialect is None:
        raise _unknown(talk)
    talk.speak(dialect)
    return dialect


async def _by_model(talk: Conversation) -> Dialect | None:
    model = await talk.ask(Get(None, "MODEL"), _tells("MODEL"), ANSWER_TIMEOUT_S)
    if not isinstance(model, Rep):
        return None
    name = text(",".join(model.values)).strip()
    dialect = dialect_of(name)
    if dialect is None:
        raise DeviceError(
            ErrorCode.API_ERROR,
            f"It is a {name or 'device without a model'}, which this driver does not speak to",
            hint="ULX-D, QLX-D, SLX-D, SLX-D+ and Axient Digital receivers are supported",
            model=name,
        )
    return dialect


async def _by_property(talk: Conversation) -> Dialect | None:
    # QLX-D has no MODEL and alone has a MAC_ADDR [one codebase, unverified]; old ULX-D has neither.
    for name, dialect in (("MAC_ADDR", QLXD), ("TX_TYPE", ULXD), ("TX_MODEL", SLXD)):
        answer = await talk.ask(Get(1, name), _tells(name), ANSWER_TIMEOUT_S)
        if isinstance(answer, Rep):
            return dialect
    return None


def _unknown(talk: Conversation) -> DeviceError:
    if talk.messages:
        return DeviceError(
            ErrorCode.API_ERROR,
            "It speaks Shure command strings, but is no receiver that this driver knows",
            hint="ULX-D, QLX-D, SLX-D, SLX-D+ and Axient Digital receivers are supported",
        )
    return DeviceError(
        ErrorCode.DEVICE_SILENT,
        "It accepts the connection but says nothing",
        hint="On SLX-D set Advanced Settings > Controller Access > Allow; else restart the receiver",
    )


async def read_everything(talk: Conversation, dialect: Dialect) -> Dialect:
    """Have the receiver list all it knows, once for all channels or channel by channel.

    Answers with the dialect, which may turn out to be another one. Raises DeviceError API_ERROR
    when not a single channel is listed.
    """
    if not (dialect.answers_index_0 and await _list(talk, 0)):
        if dialect.answers_index_0 and dialect.family is Family.ULXD and "MODEL" not in talk.device_words:
            # No model and no index 0: a QLX-D whose address nobody could ask for (4).
            dialect = QLXD
            talk.speak(dialect)
        for number in range(1, dialect.max_channels + 1):
            if not await _list(talk, number):
                break
    if not talk.channels:
        raise DeviceError(
            ErrorCode.API_ERROR,
            "It lists no channel",
            hint="Restart the receiver; if it stays so, its firmware speaks another dialect",
        )
    talk.close_list()
    return dialect


async def _list(talk: Conversation, index: int) -> bool:
    """Ask for everything of one channel (0: of all); whether a list came."""
    before = talk.reps
    first = await talk.ask(Get(index, "ALL"), lambda _: True, ANSWER_TIMEOUT_S)
    if not isinstance(first, Rep):
        return False
    with anyio.move_on_after(LIST_TIMEOUT_S):
        seen = before
        while seen < talk.reps:
            seen = talk.reps
            await anyio.sleep(QUIET_S)
    return talk.reps - before >= ENOUGH_REPS


def _tells(name: str) -> Callable[[Rep], bool]:
    return lambda rep: rep.property == name
