"""Looks for devices: listens to what announces itself, and probes addresses, carefully.

A search runs as follows. ``search_network`` makes a ``_Search`` with one ``_Candidate`` for each host and
manufacturer that is to be probed, and starts three kinds of tasks: a listener for each manufacturer and
interface, up to ``PROBES_AT_ONCE`` probes, and ``CHECKS_AT_ONCE`` tasks that ask what the listeners hear
of whether it lets us in. A candidate is in ``_asking`` while a task asks it and in ``_asked`` once it
answered or was checked, so that no host is asked twice at the same time, and none after it answered. A
device that announces itself while its probe runs is checked by the probe's task afterwards, if the probe
had no answer. Where a device is registered nothing is probed: that could disturb its session. Every change
of ``findings`` goes to the caller's listener at once; the search ends when nothing is left to ask and the
listeners have listened for as long as they should.
"""

import math
from collections.abc import AsyncGenerator, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TypeAlias, TypeVar

import anyio
import structlog

from micboard_tui.contracts.device import Findings, FindingsListener, Search
from micboard_tui.contracts.errors import MicboardError, invalid_value_error
from micboard_tui.contracts.ports import FoundDevice, Interface, Manufacturer, ManufacturerRegistry
from micboard_tui.services.discovery.found_devices import (
    Registered,
    add_own_faults,
    address_order,
    choose_interfaces,
    merge_findings,
)
from micboard_tui.services.discovery.target_addresses import expand_targets
from micboard_tui.services.parallel import run_side_by_side

MAX_FOUND = 256
PROBES_AT_ONCE = 12
CHECKS_AT_ONCE = 4
SHORTEST_TIMEOUT_S, LONGEST_TIMEOUT_S = 0.2, 60.0
ANSWER_TIMEOUT_S = 1.0
PATIENCE = 8
"""A plugin may ask several things, each with the timeout; after this many timeouts it is given up."""
CLOSE_TIMEOUT_S = 3.0
"""For a listener to close what it has open."""

T = TypeVar("T")
Key: TypeAlias = tuple[str, str]
"""A host and a manufacturer: one device, however it was found."""

log = structlog.get_logger(__name__)


async def search_network(
    manufacturers: ManufacturerRegistry,
    search: Search,
    registered: Registered,
    own: Sequence[Interface],
    listener: FindingsListener,
) -> Findings:
    """What is there and not registered. Raises MicboardError INVALID_VALUE before anything is sent."""
    timeout_s = search.timeout_s
    if not (math.isfinite(timeout_s) and SHORTEST_TIMEOUT_S <= timeout_s <= LONGEST_TIMEOUT_S):
        raise invalid_value_error(
            f"A timeout of {timeout_s:g} s is not possible",
            f"Use {SHORTEST_TIMEOUT_S:g} to {LONGEST_TIMEOUT_S:g} s",
        )
    interfaces = choose_interfaces(search.interfaces, own)
    addresses = [interface.address for interface in interfaces] if search.interfaces else [None]
    hosts = expand_targets(search.targets)
    installed = list(_installed(manufacturers))
    running = _Search(registered, own, Findings(interfaces=tuple(interfaces)), timeout_s, listener)
    candidates = [
        _Candidate(host, manufacturer)
        for host in hosts
        for manufacturer in installed
        if manufacturer.probe is not None and not registered.is_listened_to(host, manufacturer)
    ]
    running.expect(len(candidates))
    async with running.checking(), anyio.create_task_group() as group:
        for manufacturer in installed:
            for address in addresses:
                group.start_soon(running.listen, manufacturer, address)
        group.start_soon(run_side_by_side, running.probe, candidates, min(PROBES_AT_ONCE, len(candidates)))
    return running.findings


async def recognize(manufacturer: Manufacturer, host: str, port: int | None) -> FoundDevice | None:
    """What answers at ``host``, and so which driver speaks to it; None: no answer that says so."""
    answer: FoundDevice | None = None
    if manufacturer.probe is not None:
        with anyio.move_on_after(PATIENCE * ANSWER_TIMEOUT_S):
            answer = await _guard(manufacturer, manufacturer.probe(host, port, ANSWER_TIMEOUT_S))
    return answer


def _installed(manufacturers: ManufacturerRegistry) -> Iterator[Manufacturer]:
    for code in manufacturers.codes():
        try:
            yield manufacturers.get(code)
        except MicboardError as error:
            log.warning("manufacturer_not_loaded", manufacturer=code, reason=error.info.message)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A host at which a device of one manufacturer may be."""

    host: str
    manufacturer: Manufacturer

    @property
    def key(self) -> Key:
        return self.host, self.manufacturer.code


class _Search:
    """One search: what it has found, and what is being asked."""

    def __init__(
        self,
        registered: Registered,
        own: Sequence[Interface],
        findings: Findings,
        timeout_s: float,
        listener: FindingsListener,
    ) -> None:
        self._registered, self._own, self._listener = registered, own, listener
        self._listen_s = timeout_s
        self._answer_s = min(timeout_s, ANSWER_TIMEOUT_S)
        self._found: dict[Key, FoundDevice] = {}
        self._asking: set[Key] = set()
        self._asked: set[Key] = set()
        self._send, self._receive = anyio.create_memory_object_stream[_Candidate](MAX_FOUND)
        self.findings = findings

    def expect(self, count: int) -> None:
        """So many more are going to be asked."""
        self.findings = replace(self.findings, to_ask=self.findings.to_ask + count)
        self._listener(self.findings)

    @asynccontextmanager
    async def checking(self) -> AsyncGenerator[None]:
        """Check devices announced meanwhile; on exit, also those that still wait for it."""
        with self._send, self._receive:
            async with anyio.create_task_group() as group:
                for _ in range(CHECKS_AT_ONCE):
                    group.start_soon(self._check_all)
                yield
                self._send.close()

    async def listen(self, manufacturer: Manufacturer, address: str | None) -> None:
        """Listen for announcements on one own address; None: on all."""
        if manufacturer.discover is not None:
            with anyio.move_on_after(self._listen_s + CLOSE_TIMEOUT_S):
                await _guard(
                    manufacturer,
                    manufacturer.discover(
                        lambda found: self._hear(manufacturer, found), address, self._listen_s
                    ),
                )

    async def probe(self, candidate: _Candidate) -> None:
        if candidate.key not in self._asking | self._asked:
            self._asking.add(candidate.key)
            await self._probe_once(candidate)
            self._asking.discard(candidate.key)
        self._count_asked()

    async def _probe_once(self, candidate: _Candidate) -> None:
        probe = candidate.manufacturer.probe
        assert probe is not None  # noqa: S101 - the others are no candidates
        answer: FoundDevice | None = None
        with anyio.move_on_after(PATIENCE * self._answer_s):
            answer = await _guard(candidate.manufacturer, probe(candidate.host, None, self._answer_s))
        if answer is not None:
            self._asked.add(candidate.key)
            self._note(candidate, replace(answer, answered=True))
        elif candidate.key in self._found:
            # It announced itself while it was probed.
            await self._check(candidate)

    async def _check(self, candidate: _Candidate) -> None:
        check = candidate.manufacturer.check
        self._asked.add(candidate.key)
        if check is not None:
            with anyio.move_on_after(PATIENCE * self._answer_s):
                known = self._found[candidate.key]
                answer = await _guard(candidate.manufacturer, check(known, self._answer_s))
                if answer is not None:
                    self._note(candidate, answer)

    def _hear(self, manufacturer: Manufacturer, found: FoundDevice) -> None:
        """Take an announcement, which is reported by a listener."""
        candidate = _Candidate(found.host, manufacturer)
        is_new = candidate.key not in self._found
        self._note(candidate, found)
        if is_new and manufacturer.check is not None and self._is_to_be_checked(candidate):
            self.expect(1)
            # There is room for all: no more than that are ever found.
            self._send.send_nowait(candidate)

    def _is_to_be_checked(self, candidate: _Candidate) -> bool:
        known = self._found.get(candidate.key)
        is_open = known is not None and known.can_be_added and not known.answered
        return is_open and candidate.key not in self._asking | self._asked

    async def _check_all(self) -> None:
        async for candidate in self._receive:
            if self._is_to_be_checked(candidate):
                self._asking.add(candidate.key)
                await self._check(candidate)
                self._asking.discard(candidate.key)
            self._count_asked()

    def _note(self, candidate: _Candidate, found: FoundDevice) -> None:
        if self._registered.has(found, candidate.manufacturer):
            return
        known = self._found.get(candidate.key)
        if known is None and len(self._found) >= MAX_FOUND:
            self.findings = replace(self.findings, is_complete=False)
            return
        newest = add_own_faults(found, candidate.manufacturer, self._own)
        if known is not None:
            newest = merge_findings(known, newest)
        if newest != known:
            self._found[candidate.key] = newest
            devices = tuple(sorted(self._found.values(), key=address_order))
            self.findings = replace(self.findings, devices=devices)
            self._listener(self.findings)

    def _count_asked(self) -> None:
        self.findings = replace(self.findings, asked=self.findings.asked + 1)
        self._listener(self.findings)


async def _guard(manufacturer: Manufacturer, work: Coroutine[object, object, T]) -> T | None:
    """What a plugin answers; None when it breaks its promise to raise nothing."""
    try:
        return await work
    except Exception:  # a plugin's error must not end the search of the others
        log.exception("plugin_failed", manufacturer=manufacturer.code)
        return None
