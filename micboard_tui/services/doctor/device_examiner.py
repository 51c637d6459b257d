"""Gathers the facts about one device, in the order in which a message goes, and stops where it cannot go on.

``examine`` looks its name up, asks the system for the way, connects once and closes, has the driver read the
device once without touching its meters, and watches the meter rate for a moment. Where reading fails it asks
whether something else answers. Of a device that another program has a session with, only what that program
and the system know is taken. When the time is over, what is known by then is answered.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import anyio
import structlog

from micboard_tui.contracts.doctor_facts import DeviceFacts, HeldRate, HostProbes, TcpAnswer
from micboard_tui.contracts.errors import NEEDS_ACCESS, DeviceError, ErrorCode, ErrorInfo, MicboardError
from micboard_tui.contracts.ports import DriverSpec, FoundDevice, Manufacturer, ManufacturerRegistry, Report
from micboard_tui.domain.device import Device, DeviceSnapshot
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.observation import DeviceHeard, Observation
from micboard_tui.services.synchronization.crash_error import crash_error
from micboard_tui.services.synchronization.driver_opener import DriverOpener

CONNECT_TIMEOUT_S = 1.5
UNUSED_PORT = 9

_SECRETS_SILENT = ErrorInfo(
    ErrorCode.SECRETS_UNREADABLE,
    "The place where its secret is kept does not answer",
    hint="Unlock the system's keyring and start this again, or keep the secret in the file: "
    "micboard-tui secrets set DEVICE --in file",
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Subject:
    """What is examined."""

    title: str
    host: str
    port: int | None = None
    """None: the usual one."""
    manufacturer: str | None = None
    """Its code; None: any."""
    known: DeviceSnapshot | None = None
    """Where it is registered."""
    held_by: str = ""
    """The program that has a session with it; empty: none has."""


@dataclass(frozen=True, slots=True)
class ExaminerLimits:
    """How long each step of an examination may take, in seconds."""

    connect_s: float = CONNECT_TIMEOUT_S
    answer_s: float = 0.3
    """For one question of a probe."""
    read_s: float = 5.0
    probe_s: float = 3.5
    """For all that one manufacturer asks an address."""
    watch_s: float = 2.5
    """So long the meter rate is watched, where the device lets itself be read."""
    all_s: float = 9.5


DEFAULT_EXAMINER_LIMITS = ExaminerLimits()
IN_SHORT_LIMITS = ExaminerLimits(watch_s=0)
"""For many devices at once."""


@dataclass(frozen=True, slots=True)
class ExaminerTools:
    """What an examination works with."""

    probes: HostProbes
    manufacturers: ManufacturerRegistry
    opener: DriverOpener
    """Its options ask for no meters."""


class DeviceExaminer:
    def __init__(self, tools: ExaminerTools, limits: ExaminerLimits = DEFAULT_EXAMINER_LIMITS) -> None:
        self._tools, self._limits = tools, limits

    async def examine(self, subject: Subject) -> DeviceFacts:
        """Raises nothing."""
        examination = _Examination(self._tools, self._limits, subject)
        with anyio.move_on_after(self._limits.all_s):
            await examination.run()
        return examination.facts


class _Examination:
    def __init__(self, tools: ExaminerTools, limits: ExaminerLimits, subject: Subject) -> None:
        self._probes, self._manufacturers, self._opener = tools.probes, tools.manufacturers, tools.opener
        self._limits, self._subject = limits, subject
        known = subject.known
        self.facts = DeviceFacts(
            subject.host,
            subject.port or 0,
            None if known is None else known.device.driver,
            known_model=None if known is None else known.state.model,
            held_by=subject.held_by,
        )

    async def run(self) -> None:
        facts = self.facts
        try:
            addresses = tuple(await self._probes.find_addresses(facts.host))
        except DeviceError as error:
            self._note(name_error=error.info)
            return
        self._note(addresses=addresses, route=self._probes.find_route(addresses[0]))
        spec = self._choose_driver()
        if self._subject.held_by:
            if spec is not None:
                self._use(spec)
            self._take_from_holder(spec)
        elif self._subject.known is None:
            await self._recognize(addresses[0], spec)
        elif spec is None:
            await self._connect(addresses[0])
        else:
            self._use(spec)
            await self._connect(addresses[0])
            await self._read(spec)
            await self._look_further(spec)
            await self._watch(spec)

    def _note(self, **changes: Any) -> None:  # noqa: ANN401 - the fields of facts, which mypy cannot check here
        self.facts = replace(self.facts, **changes)

    def _choose_driver(self) -> DriverSpec | None:
        """The driver that the device should answer to; None: it is not known."""
        known, code = self._subject.known, self._subject.manufacturer
        try:
            if known is not None:
                spec = self._opener.spec_of(known.device)
            elif code is not None:
                drivers = list(self._manufacturers.get(code).drivers.values())
                port = self._subject.port
                spec = next((each for each in drivers if port in (None, each.default_port)), drivers[0])
            else:
                return None
        except MicboardError as error:
            self._note(error=error.info)
            return None
        return spec

    def _use(self, spec: DriverSpec) -> None:
        self._note(
            driver=spec.name,
            manufacturer=self._subject.manufacturer,
            port=self.facts.port or spec.default_port,
            is_datagram=spec.is_datagram,
            secret=spec.secret,
            has_certificate=spec.has_certificate,
            has_rates=spec.watch_rates is not None,
        )

    def _take_from_holder(self, spec: DriverSpec | None) -> None:
        """What the program with the session knows."""
        known = self._subject.known
        if known is None:
            return
        state = known.state
        error = None
        if state.fault is not None:
            error = ErrorInfo(ErrorCode(state.fault.code), state.fault.message, hint=state.fault.hint)
        self._note(error=error, was_read=state.is_online, model=state.model, firmware=state.firmware)
        if spec is not None and state.is_online:
            self._note(held_rates_ms=tuple(_find_held_rates(known, spec)))

    async def _connect(self, address: str) -> None:
        # Where no port is known, a refusal at any shows that the host is there.
        answer = await self._probes.connect(address, self.facts.port or UNUSED_PORT, self._limits.connect_s)
        self._note(tcp=answer, neighbour=self._probes.find_neighbour(address))

    async def _recognize(self, address: str, usual: DriverSpec | None) -> None:
        """It is not registered: find the driver that it answers to, and read it with that.

        ``usual``: what is taken where it answers to none; None: no manufacturer is known.
        """
        code = self._subject.manufacturer
        asked = [each for each in self._list_manufacturers() if code in (None, each.code)]
        found = await self._ask_manufacturers(self._subject.port, asked)
        spec = usual
        if found is not None:
            self._subject = replace(self._subject, manufacturer=found.manufacturer, port=found.port)
            self._note(port=found.port, known_model=found.model, own_name=found.own_name)
            spec = self._manufacturers.get(found.manufacturer).drivers.get(found.driver or "")
        if spec is not None:
            self._use(spec)
        await self._connect(address)
        if spec is None:
            return
        if found is None and self.facts.tcp is TcpAnswer.OPEN and not spec.is_datagram:
            # What a driver would find out in its own time, the manufacturer explains sooner.
            await self._explain_silence(self._manufacturers.get(code or ""), spec)
            return
        await self._read(spec)
        if found is None:
            await self._look_further(spec)
        await self._watch(spec)

    async def _read(self, spec: DriverSpec) -> None:
        """Have the driver read the device once."""
        heard: list[DeviceHeard] = []

        def report(observations: Sequence[Observation]) -> None:
            heard[:] = [each for each in (*heard, *observations) if isinstance(each, DeviceHeard)][-1:]

        device = self._device(spec)
        error = await self._read_into(device, report)
        self._note(error=error, was_read=bool(heard) and error is None)
        for last in heard:
            model = last.model or self.facts.known_model
            self._note(model=model, own_name=last.own_name, firmware=last.firmware)
        if spec.has_certificate:
            ends_at = await self._probes.find_certificate_end(
                device.host, device.port, self._limits.connect_s
            )
            self._note(certificate_ends_at=ends_at)

    async def _read_into(self, device: Device, report: Report) -> ErrorInfo | None:
        """What it failed with; None: it did not, or took too long."""
        try:
            with anyio.fail_after(self._limits.read_s):
                credentials = await self._opener.find_credentials(device)
        except TimeoutError:
            return _SECRETS_SILENT
        except MicboardError as error:
            return error.info
        try:
            with anyio.move_on_after(self._limits.read_s):
                driver = self._opener.open(device, credentials, self.facts.known_model)
                try:
                    await driver.read_once(report)
                except DeviceError as error:
                    if error.code is ErrorCode.CREDENTIALS_REFUSED and self._subject.known is not None:
                        await self._opener.remember_refusal(device, credentials)
                    raise
        except MicboardError as error:
            return error.info
        except Exception as error:  # A plugin in trouble must end in an answer, not in a crash.
            log.exception("examination_crashed", device=device.host)
            return crash_error(error).info
        return None

    def _device(self, spec: DriverSpec) -> Device:
        known, facts = self._subject.known, self.facts
        if known is not None:
            return known.device
        return Device(DeviceId(""), self._subject.manufacturer or "", spec.name, facts.host, facts.port)

    async def _look_further(self, spec: DriverSpec) -> None:
        """Where the device does not answer as it should, find out what does."""
        facts = self.facts
        is_there = facts.tcp in (TcpAnswer.OPEN, TcpAnswer.REFUSED)
        if facts.was_read or not is_there or (facts.error is not None and facts.error.code in NEEDS_ACCESS):
            return
        manufacturer = self._manufacturers.get(self._subject.manufacturer or "")
        if facts.error is None:
            await self._explain_silence(manufacturer, spec)
        if facts.error is not None and facts.error.code is ErrorCode.PORT_TAKEN:
            return
        # Where it takes connections at its usual port, its manufacturer has asked all that there is to ask.
        asks_own = facts.is_datagram or facts.port != spec.default_port
        manufacturers = [
            each for each in self._list_manufacturers() if asks_own or each.code != manufacturer.code
        ]
        self._note(answers=await self._ask_manufacturers(None, manufacturers))

    async def _explain_silence(self, manufacturer: Manufacturer, spec: DriverSpec) -> None:
        """Have the manufacturer say why a device takes connections and does not answer in time."""
        facts = self.facts
        silent = FoundDevice(
            facts.host, facts.port, manufacturer.code, spec.name, facts.known_model, facts.own_name
        )
        if manufacturer.check is None:
            return
        with anyio.move_on_after(self._limits.probe_s):
            answer = await manufacturer.check(silent, self._limits.answer_s)
            if (reason := answer.fault) is not None:
                self._note(error=ErrorInfo(ErrorCode(reason.code), reason.message, hint=reason.hint))

    def _list_manufacturers(self) -> list[Manufacturer]:
        usable: list[Manufacturer] = []
        for code in self._manufacturers.codes():
            try:
                usable.append(self._manufacturers.get(code))
            except MicboardError:  # That it is broken is a check of its own.
                continue
        return usable

    async def _ask_manufacturers(
        self, port: int | None, manufacturers: Sequence[Manufacturer]
    ) -> FoundDevice | None:
        """What answers to one of them; asked side by side. ``port``: None: the usual ones."""
        answers: dict[str, FoundDevice] = {}

        async def ask(manufacturer: Manufacturer) -> None:
            if manufacturer.probe is None:
                return
            with anyio.move_on_after(self._limits.probe_s):
                found = await manufacturer.probe(self.facts.host, port, self._limits.answer_s)
                if found is not None:
                    answers[manufacturer.code] = found

        async with anyio.create_task_group() as group:
            for manufacturer in manufacturers:
                group.start_soon(ask, manufacturer)
        return next(iter(answers.values()), None)

    async def _watch(self, spec: DriverSpec) -> None:
        """Watch whether another program sets the meter rate."""
        if spec.watch_rates is None or not self.facts.was_read:
            return
        try:
            rates = await spec.watch_rates(
                self.facts.host, self.facts.port, self._limits.watch_s, self._limits.connect_s
            )
        except DeviceError as error:
            log.info("rates_not_watched", device=self.facts.host, reason=str(error))
            return
        self._note(rates=rates)


def _find_held_rates(known: DeviceSnapshot, spec: DriverSpec) -> Iterator[HeldRate]:
    """Those of the channels of which the session knows both what it asked for and what there is."""
    for channel in known.channels:
        asked_s = channel.facts.meter_interval_s
        reported_ms = None if spec.find_rate is None else spec.find_rate(channel.facts)
        if asked_s and reported_ms is not None:
            yield HeldRate(channel.number, round(asked_s * 1000), reported_ms)
