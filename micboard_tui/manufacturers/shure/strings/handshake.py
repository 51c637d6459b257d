"""The first seconds of a connection: finds out what answers, and has it list all it knows."""

from collections.abc import Callable

import anyio

from micboard_tui.contracts import hints
from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.domain.device import DeviceKind
from micboard_tui.manufacturers.article import with_article
from micboard_tui.manufacturers.shure import access_hints
from micboard_tui.manufacturers.shure.families import Family
from micboard_tui.manufacturers.shure.strings.anx4_channels import dialect_of_channels, usable_channels
from micboard_tui.manufacturers.shure.strings.conversation import Conversation
from micboard_tui.manufacturers.shure.strings.dialect import (
    MXW,
    PSM1000,
    QLXD,
    SLXD,
    ULXD,
    Dialect,
    dialect_by_properties,
    dialect_of,
    questions_of,
)
from micboard_tui.protocols.shure_strings.messages import Get, Rep, unquote_text

ANSWER_TIMEOUT_S = 1.0
ENOUGH_REPS = 5
"""Fewer in answer to ``GET 0 ALL`` mean that index 0 is not understood.

Source: docs/reference/protocols/shure.md 7.
"""
LISTED = frozenset({"CHAN_NAME", "BATT_DETECTED"})
"""Every list has one of them, and they change too seldom to come by themselves at the same moment."""
QUIET_S = 0.15
"""A list is over when nothing has come for so long."""
LIST_TIMEOUT_S = 5.0
ROUNDS = 2
"""So often what is asked property by property is asked, since devices drop what comes too fast.

Source: docs/reference/protocols/shure.md 1.7.
"""
SUPPORTED = (
    "ULX-D, QLX-D, SLX-D, SLX-D+ and Axient Digital receivers (ANX4 too), PSM1000, Microflex Wireless "
    "access points and the chargers SBC220, SBC240, SBC441, SBC840 and SBRC are supported"
)


async def identify(conversation: Conversation) -> Dialect:
    """Find out what the device is, and read it in its dialect from then on.

    Source: docs/reference/protocols/shure.md 1.11.

    Raises DeviceError: DEVICE_SILENT when nothing answers at all, API_ERROR when what answers is
    no device that this driver supports.
    """
    dialect = (
        await _by_model(conversation) or await _by_property(conversation) or await _by_list(conversation)
    )
    if dialect is None:
        raise _unsupported_error(conversation)
    conversation.use_dialect(dialect)
    return dialect


async def _by_model(conversation: Conversation) -> Dialect | None:
    model = await conversation.ask(Get(None, "MODEL"), _has_property("MODEL"), ANSWER_TIMEOUT_S)
    if not isinstance(model, Rep):
        return None
    name = unquote_text(",".join(model.values)).strip()
    dialect = dialect_of(name)
    if dialect is None:
        raise DeviceError(
            ErrorCode.API_ERROR,
            f"It is {with_article(name or 'device without a model')}, which this driver does not support",
            hint=SUPPORTED,
            model=name,
        )
    return dialect


async def _by_property(conversation: Conversation) -> Dialect | None:
    # QLX-D has no MODEL and alone has a MAC_ADDR [one codebase, unverified]; old ULX-D has neither.
    for channel, name, dialect in (
        (1, "MAC_ADDR", QLXD),
        (None, "DEVICE_NAME", PSM1000),
        (1, "TX_TYPE", ULXD),
        (1, "TX_MODEL", SLXD),
    ):
        answer = await conversation.ask(Get(channel, name), _has_property(name), ANSWER_TIMEOUT_S)
        if isinstance(answer, Rep):
            return await _ulxd_or_microflex(conversation, answer) if dialect is ULXD else dialect
    return None


async def _by_list(conversation: Conversation) -> Dialect | None:
    """A device that names neither its model nor a transmitter may list what it has.

    Source: docs/reference/protocols/shure.md 19.
    """
    await conversation.ask(Get(None, "DEVICE_ID"), _has_property("DEVICE_ID"), ANSWER_TIMEOUT_S)
    for index in (1, 0):
        if dialect_by_properties(conversation.seen_properties) is None:
            await conversation.ask(Get(index, "ALL"), _is_listed, ANSWER_TIMEOUT_S)
            await _wait_until_quiet(conversation)
    model = conversation.device_values.get("MODEL")
    dialect = None if model is None else dialect_of(unquote_text(model).strip())
    return dialect or dialect_by_properties(conversation.seen_properties)


async def _ulxd_or_microflex(conversation: Conversation, tx_type: Rep) -> Dialect:
    """Microflex Wireless and ULX-D share the property of the transmitter; only one has docks.

    Source: docs/reference/protocols/shure.md 10.
    """
    if tx_type.values and tx_type.values[0].startswith("ULXD"):
        return ULXD
    answer = await conversation.ask(Get(1, "TX_AVAILABLE"), _has_property("TX_AVAILABLE"), ANSWER_TIMEOUT_S)
    return MXW if isinstance(answer, Rep) else ULXD


def _unsupported_error(conversation: Conversation) -> DeviceError:
    if conversation.messages:
        return DeviceError(
            ErrorCode.API_ERROR,
            "It answers in Shure command strings, but is no device that this driver supports",
            hint=SUPPORTED,
        )
    return DeviceError(
        ErrorCode.DEVICE_SILENT,
        "It accepts the connection but does not answer",
        hint=access_hints.ANY_IS_SILENT,
    )


async def read_everything(conversation: Conversation, dialect: Dialect) -> Dialect:
    """Have the device list everything, once for all channels or channel by channel.

    Answers with the dialect, which may turn out to be another one. That the list is finished is for the
    caller to say. Raises DeviceError API_ERROR when not a single channel or bay is listed.
    """
    if any(dialect.asked_properties):
        await _read_by_property(conversation, dialect)
    elif not (dialect.answers_index_0 and await _read_list(conversation, 0)):
        is_listed = await _read_lists(conversation, dialect)
        if _is_qlxd(conversation, dialect):
            dialect = QLXD
            conversation.use_dialect(dialect)
            is_listed = await _read_lists(conversation, dialect)
        if not is_listed:
            await _read_by_property(conversation, dialect)
    if dialect.family is Family.ANX4:
        dialect = _fit_anx4(conversation)
    if not conversation.channels:
        raise DeviceError(
            ErrorCode.API_ERROR,
            f"It lists no {'bay' if dialect.kind is DeviceKind.CHARGER else 'channel'}",
            hint=hints.RESTART_UNSUPPORTED,
        )
    return dialect


def _fit_anx4(conversation: Conversation) -> Dialect:
    """Keep the channels that its licence and mode allow, and read them in the terms that they use.

    Raises DeviceError API_ERROR when none is left.
    """
    was_listed = bool(conversation.channels)
    conversation.keep_channels(usable_channels(conversation.device_values))
    if was_listed and not conversation.channels:
        raise DeviceError(
            ErrorCode.API_ERROR,
            "None of its channels can be used",
            hint="Check its channel licences",
        )
    dialect = dialect_of_channels(channel.values for channel in conversation.channels.values())
    conversation.use_dialect(dialect)
    return dialect


def _is_qlxd(conversation: Conversation, dialect: Dialect) -> bool:
    """No model, no index 0, one channel without a mute: a QLX-D that did not answer GET MAC_ADDR.

    Source: docs/reference/protocols/shure.md 4.
    """
    if dialect.family is not Family.ULXD or "MODEL" in conversation.device_values:
        return False
    return len(conversation.channels) == 1 and "AUDIO_MUTE" not in conversation.channels[1].values


async def _read_lists(conversation: Conversation, dialect: Dialect) -> bool:
    """Ask channel by channel for everything; whether there was a list of the first one."""
    for number in range(1, dialect.max_channels + 1):
        if not await _read_list(conversation, number):
            return number > 1
    return True


async def _read_by_property(conversation: Conversation, dialect: Dialect) -> None:
    """Property by property, where ``GET ALL`` is not answered. The channels that answer are counted.

    Source: docs/reference/protocols/shure.md 8.1, 10.
    """
    of_device, (first, *others) = questions_of(dialect)
    for name in of_device:
        await conversation.ask(Get(None, name), _has_property(name), ANSWER_TIMEOUT_S)
    everywhere = dialect.answers_index_0 and await _is_answered(conversation, 0, first)
    if everywhere:
        for name in others:
            await conversation.send(Get(0, name))
    else:
        for number in range(1, dialect.max_channels + 1):
            if not await _is_answered(conversation, number, first):
                break
    await _wait_until_quiet(conversation)
    for _ in range(ROUNDS - everywhere):
        for number, channel in tuple(conversation.channels.items()):
            await read_channel(conversation, dialect, number, known=frozenset(channel.values))


async def _is_answered(conversation: Conversation, index: int, name: str) -> bool:
    return isinstance(await conversation.ask(Get(index, name), _has_property(name), ANSWER_TIMEOUT_S), Rep)


async def read_channel(
    conversation: Conversation, dialect: Dialect, number: int, known: frozenset[str] = frozenset()
) -> None:
    """Ask one channel for every property that is not ``known``, and wait until it has answered."""
    wanted = [name for name in questions_of(dialect)[1] if name not in known]
    for name in wanted:
        await conversation.send(Get(number, name))
    if wanted:
        await _wait_until_quiet(conversation)


async def _wait_until_quiet(conversation: Conversation) -> None:
    """Wait until nothing more arrives. An answer to ``GET ALL``, or to many questions, has no end mark."""
    seen = -1
    with anyio.move_on_after(LIST_TIMEOUT_S):
        while seen < conversation.reps:
            seen = conversation.reps
            await anyio.sleep(QUIET_S)


async def _read_list(conversation: Conversation, index: int) -> bool:
    """Ask for everything of one channel (0: of all); whether a list came.

    What comes unasked at the same time is no list.
    """
    before = conversation.reps
    first = await conversation.ask(Get(index, "ALL"), _is_listed, ANSWER_TIMEOUT_S)
    if not isinstance(first, Rep):
        return False
    await _wait_until_quiet(conversation)
    return conversation.reps - before >= ENOUGH_REPS


def _is_listed(rep: Rep) -> bool:
    return rep.property in LISTED and rep.channel is not None


def _has_property(name: str) -> Callable[[Rep], bool]:
    return lambda rep: rep.property == name
