"""Asks an address what it is, without metering.

Source: docs/reference/protocols/shure.md 13.3.
"""

import time
from typing import NamedTuple

from micboard_tui.contracts.ports import FoundDevice
from micboard_tui.manufacturers.link_conversation import probe_link
from micboard_tui.manufacturers.session_driver import ignore_report
from micboard_tui.manufacturers.shure.driver_names import MANUFACTURER, PORTS, STRINGS
from micboard_tui.manufacturers.shure.strings.conversation import Conversation
from micboard_tui.manufacturers.shure.strings.dialect import dialect_of
from micboard_tui.manufacturers.shure.values import parse_bare_name, parse_text
from micboard_tui.manufacturers.transport.link import Dial
from micboard_tui.manufacturers.transport.tcp import dialer
from micboard_tui.protocols.shure_strings.messages import Get, Rep

PORT = PORTS[STRINGS]
QUESTIONS = 5
"""A silent port is asked four, and has the time of one for the connection."""


class Answer(NamedTuple):
    """What an address made of our questions."""

    found: FoundDevice | None
    is_silent: bool = False
    """It took them, and neither answered nor hung up."""


async def probe(host: str, port: int | None, timeout_s: float) -> FoundDevice | None:
    """What answers at ``host``; None when nothing does in command strings."""
    return (await ask_device(host, port, timeout_s)).found


async def ask_device(host: str, port: int | None, timeout_s: float) -> Answer:
    """What ``host`` answers in command strings."""
    at = PORT if port is None else port
    return await ask_over(dialer(host, at, timeout_s), host, at, timeout_s)


async def ask_over(dial: Dial, host: str, port: int, timeout_s: float) -> Answer:
    """The same over any link."""
    conversation = Conversation(ignore_report, time.monotonic)
    model: str | None = None
    name: str | None = None

    async def ask() -> None:
        nonlocal model, name
        model = await _ask_value(conversation, "MODEL", timeout_s)
        name = await _ask_value(conversation, "DEVICE_ID", timeout_s)
        if model is None and name is None:
            # Of all devices PSM1000 alone answers to this name (docs/reference/protocols/shure.md 1.11), and
            # it comes in one model (docs/reference/protocols/shure.md 8).
            name = parse_bare_name(await _ask_value(conversation, "DEVICE_NAME", timeout_s))
            model = None if name is None else "P10T"
            if name is None:
                # Any line of the list shows that it speaks them (docs/reference/protocols/shure.md 19).
                await conversation.ask(Get(1, "ALL"), lambda _: True, timeout_s)

    if not await probe_link(dial, conversation, ask, QUESTIONS * timeout_s):
        return Answer(None, conversation.is_linked)
    dialect = None if model is None else dialect_of(model)
    kind = None if dialect is None else dialect.kind
    return Answer(FoundDevice(host, port, MANUFACTURER, STRINGS, model, name, kind))


async def _ask_value(conversation: Conversation, name: str, timeout_s: float) -> str | None:
    answer = await conversation.ask(Get(None, name), lambda rep: rep.property == name, timeout_s)
    return parse_text(" ".join(answer.values)) if isinstance(answer, Rep) else None
