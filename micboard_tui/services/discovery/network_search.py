"""Looks for devices: listens to what announces itself, and probes addresses, carefully.

A limited number is asked at once, one host never twice at the same time, and never where we listen.
"""

import math
from collections.abc import AsyncGenerator, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TypeAlias, TypeVar

import anyio
import structlog

from micboard_tui.contracts.device import Findings, Search, Told
from micboard_tui.contracts.errors import ErrorCode, MicboardError
from micboard_tui.contracts.ports import FoundDevice, Interface, Manufacturer, ManufacturerRegistry
from micboard_tui.services.discovery.found_devices import Registered, by_address, chosen, judged, merged
from micboard_tui.services.discovery.target_addresses import addresses
from micboard_tui.services.parallel import side_by_side

MAX_FOUND = 256
PROBES_AT_ONCE = 12
CHECKS_AT_ONCE = 4
SHORTEST_TIMEOUT_S, LONGEST_TIMEOUT_S = 0.2, 60.0
ANSWER_TIMEOUT_S = 1.0
PATIENCE = 8
"""A plugin may ask several things, each with the timeout; whoever needs longer is given up."""
CLOSE_TIMEOUT_S = 3.0
"""For a listener to close what it has open."""

T = TypeVar("T")
Key: TypeAlias = tuple[str, str]
"""A host and a manufacturer: one device, whatever it was found by."""

log = structlog.get_logger(__name__)


async def discover(
    manufacturers: ManufacturerRegistry,
    search: Search,
    registered: Registered,
    own: Sequence[Interface],
    told: Told,
) -> Findings:
    """What is there and not registered. Raises MicboardError INVALID_VALUE before anything is sent."""
    timeout_s = search.timeout_s
    if not (math.isfinite(timeout_s) and SHORTEST_TIMEOUT_S <= timeout_s <= LONGEST_TIMEOUT_S):
        raise MicboardError(
            ErrorCode.INVALID_VALUE,
            f"A timeout of {timeout_s:g} s cannot be",
            hint=f"Use {SHORTEST_TIMEOUT_S:g} to {LONGEST_TIMEOUT_S:g} s",
        )
    listened = chosen(search.interfaces, own)
    on = [each.address for each in listened] if search.interfaces else [None]
    hosts = addresses(search.targets)
    makers = list(_installed(manufacturers))
    looking = _Looking(registered, own, Findings(interfaces=tuple(listened)), timeout_s, told)
    doors = [
        _Door(host, maker)
        for host in hosts
        for maker in makers
        if maker.probe is not None and not registered.is_listened_to(host, maker)
    ]
    looking.expect(len(doors))
    async with looking.asking(), anyio.create_task_group() as group:
        for maker in makers:
            for interface in on:
                group.start_soon(looking.listen, maker, interface)
        group.start_soon(side_by_side, looking.probe, doors, min(PROBES_AT_ONCE, len(doors)))
    return looking.findings


def _installed(manufacturers: ManufacturerRegistry) -> Iterator[Manufacturer]:
    for code in manufacturers.codes():
        try:
            yield manufacturers.get(code)
        except MicboardError as error:
            log.warning("manufacturer_not_loaded", manufacturer=code, reason=error.info.message)


@dataclass(frozen=True, slots=True)
class _Door:
    host: str
    maker: Manufacturer

    @property
    def key(self) -> Key:
        return self.host, self.maker.code


class _Looking:
    """One search: what it has found, and who is being asked."""

    def __init__(
        self,
        registered: Registered,
        own: Sequence[Interface],
        nothing: Findings,
        timeout_s: float,
        told: Told,
    ) -> None:
        self._registered, self._own, self._told = registered, own, told
        self._listen_s = timeout_s
        self._answer_s = min(timeout_s, ANSWER_TIMEOUT_S)
        self._found: dict[Key, FoundDevice] = {}
        self._asking: set[Key] = set()
        self._asked: set[Key] = set()
        self._send, self._receive = anyio.create_memory_object_stream[_Door](MAX_FOUND)
        self.findings = nothing

    def expect(self, count: int) -> None:
        """So many more are going to be asked."""
        self.findings = replace(self.findings, to_ask=self.findings.to_ask + count)
        self._told(self.findings)

    @asynccontextmanager
    async def asking(self) -> AsyncGenerator[None]:
        """Ask whoever is heard of meanwhile, and on exit those who still wait for it."""
        with self._send, self._receive:
            async with anyio.create_task_group() as group:
                for _ in range(CHECKS_AT_ONCE):
                    group.start_soon(self._check_all)
                yield
                self._send.close()

    async def listen(self, maker: Manufacturer, interface: str | None) -> None:
        if maker.discover is not None:
            with anyio.move_on_after(self._listen_s + CLOSE_TIMEOUT_S):
                await _guarded(
                    maker,
                    maker.discover(lambda found: self._heard(maker, found), interface, self._listen_s),
                )

    async def probe(self, door: _Door) -> None:
        if door.key not in self._asking | self._asked:
            self._asking.add(door.key)
            await self._ask_stranger(door)
            self._asking.discard(door.key)
        self._done()

    async def _ask_stranger(self, door: _Door) -> None:
        probe = door.maker.probe
        assert probe is not None  # noqa: S101 - only doors with a probe are asked
        answer: FoundDevice | None = None
        with anyio.move_on_after(PATIENCE * self._answer_s):
            answer = await _guarded(door.maker, probe(door.host, None, self._answer_s))
        if answer is not None:
            self._asked.add(door.key)
            self._note(door, replace(answer, answered=True))
        elif door.key in self._found:
            # It announced itself while it was asked.
            await self._ask_heard(door)

    async def _ask_heard(self, door: _Door) -> None:
        check = door.maker.check
        self._asked.add(door.key)
        if check is not None:
            with anyio.move_on_after(PATIENCE * self._answer_s):
                answer = await _guarded(door.maker, check(self._found[door.key], self._answer_s))
                if answer is not None:
                    self._note(door, answer)

    def _heard(self, maker: Manufacturer, found: FoundDevice) -> None:
        """Called by listeners."""
        door = _Door(found.host, maker)
        is_new = door.key not in self._found
        self._note(door, found)
        if is_new and maker.check is not None and self._is_to_be_asked(door):
            self.expect(1)
            # There is room for all: no more than that are ever found.
            self._send.send_nowait(door)

    def _is_to_be_asked(self, door: _Door) -> bool:
        known = self._found.get(door.key)
        is_open = known is not None and known.can_be_added and not known.answered
        return is_open and door.key not in self._asking | self._asked

    async def _check_all(self) -> None:
        async for door in self._receive:
            if self._is_to_be_asked(door):
                self._asking.add(door.key)
                await self._ask_heard(door)
                self._asking.discard(door.key)
            self._done()

    def _note(self, door: _Door, found: FoundDevice) -> None:
        if self._registered.has(found, door.maker):
            return
        known = self._found.get(door.key)
        if known is None and len(self._found) >= MAX_FOUND:
            self.findings = replace(self.findings, is_complete=False)
            return
        better = judged(found, door.maker, self._own)
        better = better if known is None else merged(known, better)
        if better != known:
            self._found[door.key] = better
            devices = tuple(sorted(self._found.values(), key=by_address))
            self.findings = replace(self.findings, devices=devices)
            self._told(self.findings)

    def _done(self) -> None:
        self.findings = replace(self.findings, asked=self.findings.asked + 1)
        self._told(self.findings)


async def recognize(maker: Manufacturer, host: str, port: int | None) -> FoundDevice | None:
    """What answers at ``host``, and so which driver speaks to it; None: nothing that says so."""
    found: FoundDevice | None = None
    if maker.probe is not None:
        with anyio.move_on_after(PATIENCE * ANSWER_TIMEOUT_S):
            found = await _guarded(maker, maker.probe(host, port, ANSWER_TIMEOUT_S))
    return found


async def _guarded(maker: Manufacturer, work: Coroutine[object, object, T]) -> T | None:
    """What a plugin answers; None when it breaks its promise to raise nothing."""
    try:
        return await work
    except Exception:  # anyone's plugin: it must not take the others down
        log.exception("plugin_failed", manufacturer=maker.code)
        return None


def quiet(findings: Findings) -> None:
    """For whoever waits for the end."""
