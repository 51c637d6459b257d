"""The first seconds of a connection: finds out what answers, and has it list all it knows."""

from collections.abc import Callable

import anyio

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.domain.device import DeviceKind
from micboard_tui.manufacturers.shure.strings.conversation import Conversation
from micboard_tui.manufacturers.shure.strings.dialect import (
    MXW,
    PSM1000,
    QLXD,
    SLXD,
    ULXD,
    Dialect,
    Family,
    dialect_of,
)
from micboard_tui.protocols.shure_strings.messages import Get, Rep, text

ANSWER_TIMEOUT_S = 1.0
ENOUGH_REPS = 5
"""Fewer in answer to ``GET 0 ALL`` mean that index 0 is not understood.

Source: docs/reference/protocols/shure.md 7.
"""
QUIET_S = 0.15
"""A list is over when nothing has come for so long."""
LIST_TIMEOUT_S = 5.0
ROUNDS = 2
"""So often what is asked word by word is asked, since devices drop what comes too fast.

Source: docs/reference/protocols/shure.md 1.7.
"""
CLOSED_HINT = "on SLX-D set Advanced Settings > Controller Access > Allow"
"""What lets nobody in from the factory (docs/reference/protocols/shure.md 6.1)."""
SUPPORTED = (
    "ULX-D, QLX-D, SLX-D, SLX-D+ and Axient Digital receivers, PSM1000, Microflex Wireless access points "
    "and the chargers SBC220, SBC240, SBC441, SBC840 and SBRC are supported"
)


async def identify(talk: Conversation) -> Dialect:
    """Find out what answers, and read it in its dialect from then on.

    Source: docs/reference/protocols/shure.md 1.11.

    Raises DeviceError: DEVICE_SILENT when nothing answers at all, API_ERROR when what answers is
    nothing that this driver speaks to.
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
            hint=SUPPORTED,
            model=name,
        )
    return dialect


async def _by_property(talk: Conversation) -> Dialect | None:
    # QLX-D has no MODEL and alone has a MAC_ADDR [one codebase, unverified]; old ULX-D has neither.
    for channel, name, dialect in (
        (1, "MAC_ADDR", QLXD),
        (None, "DEVICE_NAME", PSM1000),
        (1, "TX_TYPE", ULXD),
        (1, "TX_MODEL", SLXD),
    ):
        answer = await talk.ask(Get(channel, name), _tells(name), ANSWER_TIMEOUT_S)
        if isinstance(answer, Rep):
            return await _microflex(talk, answer) if dialect is ULXD else dialect
    return None


async def _microflex(talk: Conversation, tx_type: Rep) -> Dialect:
    """Microflex Wireless and ULX-D share the word for the transmitter; only one has docks.

    Source: docs/reference/protocols/shure.md 10.
    """
    if tx_type.values and tx_type.values[0].startswith("ULXD"):
        return ULXD
    answer = await talk.ask(Get(1, "TX_AVAILABLE"), _tells("TX_AVAILABLE"), ANSWER_TIMEOUT_S)
    return MXW if isinstance(answer, Rep) else ULXD


def _unknown(talk: Conversation) -> DeviceError:
    if talk.messages:
        return DeviceError(
            ErrorCode.API_ERROR,
            "It speaks Shure command strings, but is no device that this driver knows",
            hint=SUPPORTED,
        )
    return DeviceError(
        ErrorCode.DEVICE_SILENT,
        "It accepts the connection but says nothing",
        hint=f"{CLOSED_HINT[:1].upper()}{CLOSED_HINT[1:]}; else restart the receiver",
    )


async def read_everything(talk: Conversation, dialect: Dialect) -> Dialect:
    """Have the device list all it knows, once for all channels or channel by channel.

    Answers with the dialect, which may turn out to be another one. Raises DeviceError API_ERROR
    when not a single channel or bay is listed.
    """
    if any(dialect.asks):
        await _ask_everything(talk, dialect)
    elif not (dialect.answers_index_0 and await _list(talk, 0)):
        if dialect.answers_index_0 and dialect.family is Family.ULXD and "MODEL" not in talk.device_words:
            # No model and no index 0: a QLX-D whose address nobody could ask for
            # (docs/reference/protocols/shure.md 4).
            dialect = QLXD
            talk.speak(dialect)
        for number in range(1, dialect.max_channels + 1):
            if not await _list(talk, number):
                break
    if not talk.channels:
        raise DeviceError(
            ErrorCode.API_ERROR,
            f"It lists no {'bay' if dialect.kind is DeviceKind.CHARGER else 'channel'}",
            hint="Restart the device; if it stays so, its firmware speaks another dialect",
        )
    talk.close_list()
    return dialect


async def _ask_everything(talk: Conversation, dialect: Dialect) -> None:
    """Word by word, where nothing answers ``GET ALL``. Channels are counted by who answers.

    Source: docs/reference/protocols/shure.md 8.1, 10.
    """
    of_device, (first, *others) = dialect.asks
    for name in of_device:
        await talk.ask(Get(None, name), _tells(name), ANSWER_TIMEOUT_S)
    everywhere = dialect.answers_index_0 and await _answers(talk, 0, first)
    if everywhere:
        for name in others:
            await talk.say(Get(0, name))
    else:
        for number in range(1, dialect.max_channels + 1):
            if not await _answers(talk, number, first):
                break
    await _quiet(talk)
    for _ in range(ROUNDS - everywhere):
        for number, channel in tuple(talk.channels.items()):
            await ask_again(talk, dialect, number, but=frozenset(channel.words))


async def _answers(talk: Conversation, index: int, name: str) -> bool:
    return isinstance(await talk.ask(Get(index, name), _tells(name), ANSWER_TIMEOUT_S), Rep)


async def ask_again(
    talk: Conversation, dialect: Dialect, number: int, but: frozenset[str] = frozenset()
) -> None:
    """Ask one channel for every word, ``but`` those that are known, and wait until it has answered."""
    wanted = [name for name in dialect.asks[1] if name not in but]
    for name in wanted:
        await talk.say(Get(number, name))
    if wanted:
        await _quiet(talk)


async def _quiet(talk: Conversation) -> None:
    """Wait until nothing more is said. An answer to ``GET ALL``, or to many questions, has no end mark."""
    seen = -1
    with anyio.move_on_after(LIST_TIMEOUT_S):
        while seen < talk.reps:
            seen = talk.reps
            await anyio.sleep(QUIET_S)


async def _list(talk: Conversation, index: int) -> bool:
    """Ask for everything of one channel (0: of all); whether a list came."""
    before = talk.reps
    first = await talk.ask(Get(index, "ALL"), lambda _: True, ANSWER_TIMEOUT_S)
    if not isinstance(first, Rep):
        return False
    await _quiet(talk)
    return talk.reps - before >= ENOUGH_REPS


def _tells(name: str) -> Callable[[Rep], bool]:
    return lambda rep: rep.property == name
