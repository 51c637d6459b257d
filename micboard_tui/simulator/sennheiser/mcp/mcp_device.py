"""One simulated MCP device on the network: sockets, subscribers and faults.

A subscriber is an address, and answers go to port 53212 there, whichever port was spoken from
(docs/reference/protocols/sennheiser.md 5.1). A device that is opened at another port answers to the port of
the question instead: for machines whose addresses cannot share a port.

``receive`` follows the instructions of one datagram: Push subscribes, all others are the unit's, and settings
that they change go to the other subscribers. ``tick`` works the switches, lets the unit's time pass, drops
subscriptions that have run out, and sends each subscriber its cyclic block when its cycle is over or a value
it watches has changed since the last tick. What happened between two blocks is kept for each subscriber in
its ``CycleSummary``.
"""

from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address
from random import Random

from micboard_tui.protocols.errors import ProtocolError
from micboard_tui.protocols.mcp.codec import MAX_LENGTH, encode, is_terminated, read
from micboard_tui.protocols.mcp.messages import Code, Line, Message, Refusal, refusal
from micboard_tui.simulator.device.datagram_socket import Address, DatagramSocket
from micboard_tui.simulator.device.fault_switchboard import flood_messages
from micboard_tui.simulator.sennheiser.mcp import cyclic_block
from micboard_tui.simulator.sennheiser.mcp.mcp_faults import McpFaults
from micboard_tui.simulator.sennheiser.mcp.mcp_port import PORT
from micboard_tui.simulator.sennheiser.mcp.mcp_unit import McpUnit
from micboard_tui.simulator.stage.air import Air

MAX_SUBSCRIBERS = 8
FLOOD_LINE = Line("Msg", "OK")
GARBAGE = b"\xff\x00{[nonsense\r"
KEPT = 64
LOOPBACK_BROADCAST = "127.255.255.255"
MAX_LIFETIME_S, MAX_CYCLE_MS, CYCLE_STEP_MS = 300, 60_000, 100
SETTINGS, WARNINGS, PILOT = 1, 2, 4
_ALL_MODES = SETTINGS | WARNINGS | PILOT
_PUSH_COUNT = 3


@dataclass(slots=True)
class _Subscriber:
    """One client, and what its last Push asked for."""

    address: Address
    ends_at_s: float
    cycle_ms: int
    mode: int
    due_ms: int
    summary: cyclic_block.CycleSummary


class McpDevice:
    """Implements ``SimulatedDevice``."""

    fingerprint = None
    mac = None

    def __init__(self, unit: McpUnit, dice: Random) -> None:
        self.unit = unit
        self.faults = McpFaults()
        self.address: Address = ("", 0)
        """Where it listens."""
        self.answers_at: int | None = None
        """The port that answers go to; None: the one that was spoken from."""
        self.received = 0
        """Datagrams that were sent here, also those that it does not hear."""
        self.lapsed = 0
        """Subscriptions that ran out unrenewed."""
        self.instructions: deque[Line] = deque(maxlen=KEPT)
        """The last instructions."""
        self._dice = dice
        self._subscribers: dict[str, _Subscriber] = {}
        self._now_s = 0.0
        self._down_s = 0.0
        self._before = cyclic_block.measure(unit)
        self._socket = DatagramSocket(self.receive)
        self._broadcast_socket = DatagramSocket(self.receive)

    @property
    def airs(self) -> Sequence[Air]:
        return () if self.unit.air is None else (self.unit.air,)

    @property
    def connections(self) -> int:
        return len(self._subscribers)

    async def open(self, host: str, port: int) -> int:
        self.address = await self._socket.bind(host, port, shares_port=True)
        self.answers_at = PORT if self.address[1] == PORT else None
        if IPv4Address(host).is_loopback:
            # A socket bound to one address receives no broadcasts, so a second one is for those.
            with suppress(OSError):
                await self._broadcast_socket.bind(LOOPBACK_BROADCAST, self.address[1], shares_port=True)
        return self.address[1]

    async def aclose(self) -> None:
        await self._socket.aclose()
        await self._broadcast_socket.aclose()
        self._subscribers.clear()

    # What clients send.

    def receive(self, data: bytes, address: Address) -> None:
        """Follow one datagram, as far as it gets here."""
        self.received += 1
        if self.faults.silent or self._down_s > 0 or self._is_lost() or len(data) > MAX_LENGTH:
            return
        lines = [message for message in read(data) if isinstance(message, Line)]
        self.instructions += lines
        for number, line in enumerate(lines, start=1):
            if number == len(lines) and not is_terminated(data):
                self._send_lines(address, [refusal(Code.NOT_TERMINATED, line)])
            elif self.faults.control_off:
                if line.keyword == "Push":
                    self._send_lines(address, [line])
            elif line.keyword == "Push":
                self._push(address, line)
            else:
                answer, changed = self.unit.follow(line)
                self._send_lines(address, [answer])
                self._send_changes(changed, besides=address[0])

    def set_on_panel(self, keyword: str, rest: str) -> None:
        """Set something at the front panel."""
        _, changed = self.unit.follow(Line(keyword, rest))
        self._send_changes(changed)

    def _send_changes(self, changed: Sequence[Line], besides: str | None = None) -> None:
        for host, subscriber in tuple(self._subscribers.items()):
            if host != besides and subscriber.mode & SETTINGS:
                for line in changed:
                    self._send_lines(subscriber.address, [line])

    def _push(self, address: Address, line: Line) -> None:
        """Any Push takes the place of the one before. [inferred], and the hardest case for a client."""
        terms = self._read_push(line)
        if isinstance(terms, Refusal):
            self._send_lines(address, [terms])
            return
        lifetime_s, cycle_ms, mode = terms
        host = address[0]
        self._subscribers.pop(host, None)
        now = cyclic_block.measure(self.unit)
        summary = cyclic_block.CycleSummary.of(now)
        if lifetime_s and len(self._subscribers) < MAX_SUBSCRIBERS:
            self._subscribers[host] = _Subscriber(
                address, self._now_s + lifetime_s, cycle_ms, mode, cycle_ms, summary
            )
        elif not lifetime_s:
            # Once, now; and before the echo, as devices may (docs/reference/protocols/sennheiser.md 5.3).
            if mode:
                self._send_lines(address, self._sent_settings())
            if cycle_ms:
                self._send_lines(address, cyclic_block.lines(self.unit, now, summary))
        self._send_lines(address, [line])

    def _sent_settings(self) -> list[Line]:
        lost = self.faults.unsent_settings
        return [line for line in self.unit.all_settings() if line.keyword not in lost]

    def _read_push(self, line: Line) -> tuple[int, int, int] | Refusal:
        numbers = line.arguments
        if len(numbers) != _PUSH_COUNT:
            return refusal(Code.WRONG_COUNT, line)
        if not all(number.isascii() and number.isdigit() for number in numbers):
            return refusal(Code.INVALID_PARAMETER, line)
        lifetime_s, cycle_ms, mode = (int(number[:6]) for number in numbers)
        is_possible = lifetime_s <= MAX_LIFETIME_S and cycle_ms <= MAX_CYCLE_MS and mode <= _ALL_MODES
        is_stepped = not cycle_ms % CYCLE_STEP_MS and (not cycle_ms or cycle_ms >= self.faults.shortest_ms)
        # What is asked for once has no cycle to be too short, but some firmware looks all the same.
        is_exempt = not lifetime_s and not self.faults.refuses_short_once
        if not is_possible or not (is_stepped or is_exempt):
            return refusal(Code.OUT_OF_RANGE, line)
        return lifetime_s, cycle_ms, mode

    # What time brings.

    async def tick(self, seconds: float) -> None:
        """Let time pass: work the switches, send changes and the blocks that are due."""
        self._now_s += seconds
        self._down_s -= seconds
        self.unit.step(seconds)
        if self.faults.control_off:
            self._subscribers.clear()
        now = cyclic_block.measure(self.unit)
        self._work_switches(now)
        for host, subscriber in tuple(self._subscribers.items()):
            if subscriber.ends_at_s <= self._now_s:
                self.lapsed += 1
                del self._subscribers[host]
                continue
            subscriber.summary.add(now)
            subscriber.due_ms -= round(seconds * 1000)
            if self._is_due(subscriber, now):
                self._send_lines(subscriber.address, cyclic_block.lines(self.unit, now, subscriber.summary))
                subscriber.summary = cyclic_block.CycleSummary.of(now)
        self._before = now
        if self.faults.flood:
            self._flood(flood_messages(seconds))

    def _flood(self, count: int) -> None:
        for subscriber in tuple(self._subscribers.values()):
            for _ in range(count):
                self._send(subscriber.address, [FLOOD_LINE])

    def _is_due(self, subscriber: _Subscriber, now: cyclic_block.Measurement) -> bool:
        if subscriber.cycle_ms and subscriber.due_ms <= 0:
            subscriber.due_ms += subscriber.cycle_ms
            return True
        before = self._before
        has_changed = (now.pilot, now.battery) != (before.pilot, before.battery)
        # Only a receiver has pilot and battery (docs/reference/protocols/sennheiser.md 5.3).
        if subscriber.mode & PILOT and self.unit.air is not None and has_changed:
            return True
        return bool(subscriber.mode & WARNINGS) and now.warnings != before.warnings

    def _work_switches(self, now: cyclic_block.Measurement) -> None:
        faults = self.faults
        if (down_s := faults.reboot.take()) is not None:
            self._down_s = down_s
            self._subscribers.clear()
        if faults.forget.take() or (faults.forgets_rf_muted and now.mutes & cyclic_block.RF):
            self._subscribers.clear()

    # What leaves.

    def _send_lines(self, address: Address, messages: Sequence[Message]) -> None:
        if self.faults.one_line:
            for message in messages:
                self._send(address, [message])
        else:
            self._send(address, messages)

    def _send(self, address: Address, messages: Sequence[Message]) -> None:
        if self.faults.silent or self._down_s > 0 or self._is_lost():
            return
        host, port = address
        if self.faults.garbage:
            self._socket.send(GARBAGE, (host, self.answers_at or port))
            return
        # What came in may be nothing that can be encoded again, not even to refuse it.
        with suppress(ProtocolError):
            self._socket.send(encode(messages, "latin-1"), (host, self.answers_at or port))

    def _is_lost(self) -> bool:
        return self.faults.drop > 0 and self._dice.random() < self.faults.drop
