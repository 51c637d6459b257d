"""Combines the probes and discoveries of a plugin into the one of each that it offers."""

from collections.abc import Awaitable, Callable, Container
from dataclasses import replace
from typing import TypeAlias

import anyio

from micboard_tui.contracts.errors import NEEDS_ACCESS
from micboard_tui.contracts.ports import Check, Discover, FoundDevice, Probe
from micboard_tui.domain.device import DeviceFault

ExplainSilence: TypeAlias = Callable[[FoundDevice, float], Awaitable[DeviceFault | None]]
"""Finds out, within the seconds given, why a device that announced itself does not answer. Raises nothing."""


def combine_discoveries(*discovers: Discover) -> Discover:
    """All of them side by side."""

    async def discover(found: Callable[[FoundDevice], None], interface: str | None, timeout_s: float) -> None:
        async with anyio.create_task_group() as group:
            for discover_some in discovers:
                group.start_soon(discover_some, found, interface, timeout_s)

    return discover


def combine_probes(*probes: Probe) -> Probe:
    """One after the other, never two of them at one host at the same time.

    The first answer without a fault is taken; else one for which a key is all that is missing.
    """

    async def probe(host: str, port: int | None, timeout_s: float) -> FoundDevice | None:
        answers: list[FoundDevice] = []
        for probe_some in probes:
            if (found := await probe_some(host, port, timeout_s)) is not None:
                if found.fault is None:
                    return found
                answers.append(found)
        return max(answers, key=_can_be_opened, default=None)

    return probe


def _can_be_opened(found: FoundDevice) -> bool:
    return found.fault is not None and found.fault.code in NEEDS_ACCESS


def make_check(probe: Probe, explain_silence: ExplainSilence, usual_ports: Container[int]) -> Check:
    """Asks with ``probe`` whether a device lets us in, and with ``explain_silence`` why it does not.

    On one of the ``usual_ports`` the probe chooses the port; any other was announced for a reason.
    """

    async def check(found: FoundDevice, timeout_s: float) -> FoundDevice:
        port = None if found.port in usual_ports else found.port
        answer = await probe(found.host, port, timeout_s)
        if answer is None:
            return replace(found, fault=await explain_silence(found, timeout_s))
        return replace(answer.complete_from(found), via=found.via, answered=True)

    return check
