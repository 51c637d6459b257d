"""Asks an address what it is, without metering and at once gone.

Source: docs/reference/protocols/shure.md 13.3.
"""

import time

from micboard_tui.contracts.ports import FoundDevice
from micboard_tui.manufacturers.link_conversation import probe_link
from micboard_tui.manufacturers.session_driver import ignore_report
from micboard_tui.manufacturers.shure.strings.conversation import Conversation
from micboard_tui.manufacturers.shure.strings.dialect import dialect_of
from micboard_tui.manufacturers.shure.strings.values import bare_name, word
from micboard_tui.manufacturers.transport.link import Dial
from micboard_tui.manufacturers.transport.tcp import dialer
from micboard_tui.protocols.shure_strings.messages import Get, Rep

DRIVER = "shure-strings"
PORT = 2202


async def probe(host: str, port: int | None, timeout_s: float) -> FoundDevice | None:
    """What answers at ``host``; None when nothing does in Shure's command strings."""
    at = PORT if port is None else port
    return await probe_over(dialer(host, at, timeout_s), host, at, timeout_s)


async def probe_over(dial: Dial, host: str, port: int, timeout_s: float) -> FoundDevice | None:
    """The same over any link."""
    talk = Conversation(ignore_report, time.monotonic)
    model: str | None = None
    name: str | None = None

    async def ask() -> None:
        nonlocal model, name
        model = await _told(talk, "MODEL", timeout_s)
        name = await _told(talk, "DEVICE_ID", timeout_s)
        if model is None and name is None:
            # Of all devices PSM1000 alone answers to this name (docs/reference/protocols/shure.md 1.11), and
            # it comes in one model (docs/reference/protocols/shure.md 8).
            name = bare_name(await _told(talk, "DEVICE_NAME", timeout_s))
            model = None if name is None else "P10T"

    if not await probe_link(dial, talk, ask, 4 * timeout_s):
        return None
    dialect = None if model is None else dialect_of(model)
    kind = None if dialect is None else dialect.kind
    return FoundDevice(host, port, "shure", DRIVER, model, name, kind)


async def _told(talk: Conversation, name: str, timeout_s: float) -> str | None:
    answer = await talk.ask(Get(None, name), lambda rep: rep.property == name, timeout_s)
    return word(" ".join(answer.values)) if isinstance(answer, Rep) else None
