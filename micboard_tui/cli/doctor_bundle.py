"""The archive of ``doctor --bundle``: what someone else needs to find a fault, without any secret."""

import io
import json
import os
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

from micboard_tui.contracts.errors import ErrorCode, MicboardError, StartError

if TYPE_CHECKING:
    from micboard_tui.cli.context import CommandContext
    from micboard_tui.config.diagnostics_mask import DiagnosticsMask
    from micboard_tui.config.paths import Paths
    from micboard_tui.contracts.doctor import DoctorReport

MAX_LOG_BYTES = 1_000_000
"""Of the end of each file of the log."""
HEALTH_LIMIT_S = 15.0
README = """Diagnostics of micboard-tui, written by `micboard-tui doctor --bundle`.

Passwords, keys, tokens and what looks like one are hidden. Names of devices and people, and addresses, are
not, but for the recording in wire.txt: read the files before you send them.
"""


def make_mask(context: "CommandContext | None", paths: "Paths") -> "DiagnosticsMask":
    """Knows all secrets of this computer that can be read."""
    from micboard_tui.config.diagnostics_mask import DiagnosticsMask
    from micboard_tui.config.secret_mask import Mask

    mask = DiagnosticsMask(Mask())
    settings = None if context is None else context.settings
    addresses: list[str | None] = []
    keys: list[Path | None] = []
    if settings is not None:
        alarms = settings.alarms
        addresses = [settings.database_url, alarms.webhook_url, alarms.mqtt_url]
        keys = [settings.attach.key, settings.fleet.key]
    mask.learn_all(paths, [each for each in addresses if each], [each for each in keys if each])
    return mask


@contextmanager
def create_bundle(file: Path) -> Iterator[IO[bytes]]:
    """The file, for this user only; one that fails is removed.

    Raises StartError INVALID_VALUE (it is there already), DIRECTORY_NOT_WRITABLE, DISK_FULL.
    """
    from micboard_tui.cli.output import file_error

    def open_private(path: str, flags: int) -> int:
        return os.open(path, flags, 0o600)

    try:
        with open(file, "xb", opener=open_private) as output:
            try:
                yield output
            except BaseException:  # Also when it is interrupted: half an archive would look like a whole one.
                with suppress(OSError):
                    file.unlink()
                raise
    except FileExistsError:
        raise StartError(
            ErrorCode.INVALID_VALUE, f"{file} exists already", hint="Choose another name"
        ) from None
    except OSError as error:
        raise file_error(file, error) from error


def write_archive(output: IO[bytes], texts: Mapping[str, str], mask: Callable[[str], str]) -> None:
    """Write all texts, masked. Their names are our own, so that nothing is given away by them."""
    moment = time.localtime()[:6]
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in texts.items():
            entry = zipfile.ZipInfo(name, moment)
            entry.external_attr = 0o600 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, mask(text))


def gather_texts(paths: "Paths", report: "DoctorReport", as_text: str) -> dict[str, str]:
    """What can be had without the services."""
    from micboard_tui.contracts.documents.doctor import doctor_document

    document = doctor_document(report, time.time())
    texts = {
        "README.txt": README,
        "report.txt": as_text,
        "report.json": _as_json(document),
        "versions.json": _as_json(_list_versions()),
        "settings.json": _as_json(_list_settings(paths)),
    }
    for number, file in enumerate(_log_files(paths)):
        texts[f"log-{number}.jsonl"] = _read_end(file)
    return texts


async def gather_health(context: "CommandContext") -> str:
    """The health of the program that runs, or of one that is started for it."""
    import anyio

    from micboard_tui.cli.context import open_services_anywhere
    from micboard_tui.contracts.documents.health import health_document

    try:
        with anyio.fail_after(HEALTH_LIMIT_S):
            async with open_services_anywhere(context) as services:
                answer = await services.health.check()
    except MicboardError as error:
        return _as_json({"error": error.code.value, "message": str(error)})
    except TimeoutError:
        return _as_json({"error": "TIMEOUT", "message": f"Not within {HEALTH_LIMIT_S:g} s"})
    if not answer.success:
        return _as_json({"error": answer.error.code.value, "message": answer.error.message})
    return _as_json(health_document(answer.data))


def _as_json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, default=str) + "\n"


def _list_versions() -> Mapping[str, object]:
    import platform
    from importlib.metadata import distributions

    packages = sorted({f"{each.name} {each.version}" for each in distributions() if each.name}, key=str.lower)
    return {"python": platform.python_version(), "system": platform.platform(), "packages": packages}


def _list_settings(paths: "Paths") -> Mapping[str, object]:
    from micboard_tui.config.settings import origins, without_password
    from micboard_tui.config.start_error import ConfigError

    try:
        return {
            key: {"value": without_password(key, value), "origin": source}
            for key, value, source in origins(paths)
        }
    except ConfigError as error:
        return {"error": str(error), "hint": error.hint}


def _log_files(paths: "Paths") -> Sequence[Path]:
    """The newest first."""
    from micboard_tui.config.logs import KEPT_FILES

    newest = paths.log_file
    files = [newest, *(newest.with_name(f"{newest.name}.{number}") for number in range(1, KEPT_FILES + 1))]
    return [file for file in files if file.is_file()]


def _read_end(file: Path) -> str:
    """The last whole lines of it."""
    try:
        with file.open("rb") as reading:
            size = reading.seek(0, io.SEEK_END)
            reading.seek(max(0, size - MAX_LOG_BYTES))
            text = reading.read(MAX_LOG_BYTES).decode("utf-8", "replace")
    except OSError as error:
        return f"It cannot be read ({error.strerror})\n"
    return text if size <= MAX_LOG_BYTES else text.partition("\n")[2]
