"""Looks for what does not work at this computer and on the way to devices. Implements ``DoctorContract``."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from micboard_tui.contracts.doctor import (
    CheckResult,
    CheckStatus,
    DoctorProgress,
    DoctorReport,
    ProgressListener,
    not_checked,
    ok,
)
from micboard_tui.contracts.doctor_facts import KnownDevices
from micboard_tui.contracts.errors import ErrorCode, MicboardError, invalid_value_error
from micboard_tui.contracts.ports import ManufacturerRegistry, WallClock
from micboard_tui.contracts.result import ServiceResult, Success
from micboard_tui.domain.device import Device, DeviceSnapshot
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.safe_text import visible
from micboard_tui.services.device.lookup import find_device
from micboard_tui.services.doctor.check_groups import LIMIT_S, CheckGroup, run_groups
from micboard_tui.services.doctor.device_examiner import DeviceExaminer, Subject
from micboard_tui.services.doctor.device_judgement import judge_device
from micboard_tui.services.doctor.wire_sample import WireSample
from micboard_tui.services.error_translation import translate_errors

HIGHEST_PORT = 65535
SHORTEST_RECORDING_S, LONGEST_RECORDING_S = 1.0, 60.0
IN_SHORT = "device"
"""The title of the one result of a device in which nothing was found."""


@dataclass(frozen=True, slots=True)
class DeviceSources:
    """What is known of devices without asking them."""

    known: KnownDevices
    manufacturers: ManufacturerRegistry
    find_holder: Callable[[], str]
    """Tells which program on this computer reads the registered devices now; empty: none."""
    load: Callable[[], Awaitable[None]]
    """Loads what drivers need."""


class DoctorService:
    def __init__(
        self,
        computer: Sequence[CheckGroup],
        sources: DeviceSources,
        examiner: DeviceExaminer,
        short_examiner: DeviceExaminer,
        clock: WallClock,
        make_sample: Callable[[], WireSample],
    ) -> None:
        """``computer``: the checks that concern no device. ``short_examiner``: for many devices at once."""
        self._make_sample = make_sample
        self._computer, self._sources, self._clock = computer, sources, clock
        self._examiner, self._short_examiner = examiner, short_examiner

    @translate_errors
    async def find_causes(
        self,
        host: str | None = None,
        *,
        manufacturer: str | None = None,
        listener: ProgressListener | None = None,
    ) -> ServiceResult[DoctorReport]:
        if manufacturer is not None:
            self._sources.manufacturers.get(manufacturer)
        # Loading drivers later would take the time from what waits for devices.
        await self._sources.load()
        known = await self._sources.known.list_devices()
        if host is None:
            devices = [self._group_in_short(snapshot) for snapshot in known]
        else:
            devices = [self._group_of(_find_subject(host, manufacturer, known, self._sources.find_holder()))]
        groups = [*self._computer, *devices]
        results = await run_groups(groups, listener or _ignore)
        return Success(DoctorReport(tuple(results)))

    @translate_errors
    async def make_recording(
        self, host: str, seconds: float, *, manufacturer: str | None = None
    ) -> ServiceResult[str]:
        if not SHORTEST_RECORDING_S <= seconds <= LONGEST_RECORDING_S:
            limits = f"{SHORTEST_RECORDING_S:g} to {LONGEST_RECORDING_S:g} s"
            raise invalid_value_error(f"{seconds:g} s cannot be recorded", f"Use {limits}")
        known = await self._sources.known.list_devices()
        subject = _find_subject(host, manufacturer, known, self._sources.find_holder())
        if subject.held_by:
            raise MicboardError(
                ErrorCode.DEVICE_NOT_HELD,
                f"{subject.held_by} has a session with {subject.title}",
                hint="End it for the recording, or record without --wire",
            )
        device, names = await self._find_device(subject)
        return Success(await self._make_sample().record(device, names, seconds))

    async def _find_device(self, subject: Subject) -> tuple[Device, Sequence[str]]:
        """The device, registered or found just now, and the names that are known of it."""
        known = subject.known
        if known is not None:
            channels = [channel.facts.name or "" for channel in known.channels]
            return known.device, [known.title, known.location or "", *channels]
        facts = await self._short_examiner.examine(subject)
        code = subject.manufacturer or facts.manufacturer
        if facts.driver is None or code is None:
            raise MicboardError(
                ErrorCode.DEVICE_NOT_FOUND,
                f"Nothing at {subject.title} is known to be a device",
                hint="Name whose it is with --manufacturer",
            )
        device = Device(DeviceId(""), code, facts.driver, facts.host, facts.port)
        return device, [facts.own_name or ""]

    def _group_of(self, subject: Subject) -> CheckGroup:
        async def run() -> Sequence[CheckResult]:
            facts = await self._examiner.examine(subject)
            results = judge_device(facts, self._clock())
            return [replace(result, subject=subject.title) for result in results]

        # The examination ends by itself before, with what it knows.
        return CheckGroup(subject.title, run, LIMIT_S)

    def _group_in_short(self, snapshot: DeviceSnapshot) -> CheckGroup:
        subject = _subject_of(snapshot, self._sources.find_holder())

        async def run() -> Sequence[CheckResult]:
            results = judge_device(await self._short_examiner.examine(subject), self._clock())
            return [replace(result, subject=subject.title) for result in shorten(results)]

        return CheckGroup(f"{subject.title} {snapshot.device.id}", run, LIMIT_S)


def shorten(results: Sequence[CheckResult]) -> Sequence[CheckResult]:
    """What was found; where that is nothing, one result that says so."""
    found = [each for each in results if each.status in (CheckStatus.FAULT, CheckStatus.WARNING)]
    if found:
        return found
    by_title = {result.title: result for result in results}
    protocol = by_title["protocol"]
    if protocol.status is CheckStatus.NOT_CHECKED:
        return [not_checked(IN_SHORT, protocol.message)]
    return [ok(IN_SHORT, protocol.message)]


def _find_subject(
    host: str, manufacturer: str | None, known: Sequence[DeviceSnapshot], holder: str
) -> Subject:
    """Raises MicboardError INVALID_VALUE."""
    try:
        found = find_device(known, host)
    except MicboardError as error:
        if error.code is not ErrorCode.DEVICE_NOT_FOUND:
            raise
        name, port = split_host(host)
        return Subject(visible(host), name, port, manufacturer)
    snapshot = next(each for each in known if each.device.id == found.id)
    return _subject_of(snapshot, holder)


def _subject_of(snapshot: DeviceSnapshot, holder: str) -> Subject:
    device = snapshot.device
    title = f"{visible(snapshot.title)} ({device.address})"
    return Subject(title, device.host, device.port, device.manufacturer, snapshot, holder)


def split_host(text: str) -> tuple[str, int | None]:
    """Host and port of ``host``, ``host:port``, ``[host]:port`` or an IPv6 address. Raises INVALID_VALUE."""
    host, _, port = text.strip().rpartition(":")
    if not host or (":" in host and not host.endswith("]")):
        host, port = text.strip(), ""
    host = host.removeprefix("[").removesuffix("]")
    is_only_port = host.startswith(":") and not host.startswith("::")
    if not host or is_only_port or any(sign.isspace() or sign in "/@" for sign in host):
        raise invalid_value_error(f"'{visible(text)}' is no address", "Use a name, an address or host:port")
    if not port:
        return host, None
    if not (port.isascii() and port.isdecimal() and 0 < int(port) <= HIGHEST_PORT):
        raise invalid_value_error(f"'{visible(port)}' is no port", f"Use 1 to {HIGHEST_PORT}")
    return host, int(port)


def _ignore(_: DoctorProgress) -> None:
    """Where nothing wants to know how far it is."""
