"""Logs: JSON lines in a file of limited size under the board, readable lines on stderr elsewhere."""

import json
import logging
import logging.handlers
import re
import sys
import time
import traceback
from collections import deque
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

import structlog

from micboard_tui.config.log_repetitions import LeftOutRepetitions
from micboard_tui.config.secret_mask import Mask
from micboard_tui.domain.log_event import LogEvent
from micboard_tui.domain.safe_text import escape_unprintable, visible

MAX_BYTES = 2_000_000
KEPT_FILES = 3
MAX_EVENTS = 1000
"""So many events are kept for the screen."""
NOISY = (
    *("alembic", "asyncio", "filelock", "httpcore", "httpx", "keyring", "sqlalchemy"),
    "zeroconf",
)
"""Libraries that are heard from warnings on, whatever the level."""
MEANINGLESS = "returning true from eof_received() has no effect when using ssl"
"""What asyncio writes whenever a connection ends that began without TLS, as those of the NATS client do."""
_PARTS = frozenset({"event", "level", "logger", "timestamp"})
_SECRET = re.compile(r"password|secret|token|api_?key|authorization", re.IGNORECASE)


class EventMemory:
    """Keeps the newest events for a screen. Implements ``EventLog``."""

    def __init__(self, most: int = MAX_EVENTS) -> None:
        self._events: deque[LogEvent] = deque(maxlen=most)
        self.count = 0

    def newest(self) -> Sequence[LogEvent]:
        return tuple(reversed(self._events))

    def note(self, event: Mapping[str, Any]) -> str:
        """Take what structlog would render; nothing is to be written."""
        details = {key: str(value) for key, value in event.items() if key not in _PARTS and value is not None}
        self._events.append(
            LogEvent(
                time.time(),
                str(event.get("level", "info")),
                str(event.get("event", "")).replace("_", " "),
                str(event.get("logger", "")),
                tuple(details.items()),
            )
        )
        self.count += 1
        return ""


class _MemoryHandler(logging.Handler):
    """Has its formatter tell the memory; a handler that writes may format an event twice."""

    def __init__(self, memory: EventMemory) -> None:
        super().__init__()
        self.memory = memory

    def emit(self, record: logging.LogRecord) -> None:
        self.format(record)


class _LineHandler(logging.StreamHandler[TextIO]):
    """Writes lines for people, and those that come while it is held back when that ends."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._held: deque[logging.LogRecord] | None = None

    def emit(self, record: logging.LogRecord) -> None:
        if self._held is None:
            super().emit(record)
        else:
            self._held.append(record)

    def hold_back(self) -> None:
        self._held = deque(maxlen=MAX_EVENTS)

    def let_go(self) -> None:
        with self.lock or nullcontext():
            held, self._held = self._held, None
            for record in held or ():
                super().emit(record)


@contextmanager
def held_logs() -> Iterator[None]:
    """Write what is logged to stderr only afterwards, so that no line gets into what a person types there."""
    handlers = [handler for handler in logging.getLogger().handlers if isinstance(handler, _LineHandler)]
    for handler in handlers:
        handler.hold_back()
    try:
        yield
    finally:
        for handler in handlers:
            handler.let_go()


def log_to_file(file: Path, level: str, memory: EventMemory | None = None, mask: Mask | None = None) -> None:
    """Send every event to ``file``; nothing reaches the terminal, which belongs to the board."""
    handler = logging.handlers.RotatingFileHandler(
        file, maxBytes=MAX_BYTES, backupCount=KEPT_FILES, encoding="utf-8", delay=True
    )
    _configure(handler, _render_json, level, memory, mask)


def log_to_stderr(level: str, mask: Mask | None = None) -> None:
    """Send events to stderr as lines for people; stdout belongs to the answer."""
    handler = _LineHandler(sys.stderr)
    _configure(
        handler, _render_lines(structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())), level, mask=mask
    )


def _render_json(_: object, __: str, event: MutableMapping[str, Any]) -> str:
    """One line of JSON. What could harm a terminal is escaped, which means the same to a parser."""
    text = json.dumps(event, ensure_ascii=False, default=repr)
    return escape_unprintable(text)


def _render_lines(render: structlog.dev.ConsoleRenderer) -> structlog.typing.Processor:
    """Lines for people, in which nothing moves, colours or hides others."""

    def render_visible(logger: object, name: str, event: MutableMapping[str, Any]) -> str:
        return render(logger, name, {visible(key): _make_visible(value) for key, value in event.items()})

    return render_visible


def _make_visible(value: object) -> object:
    return "\n".join(map(visible, value.split("\n"))) if isinstance(value, str) else value


def mask_crashes(mask: Mask) -> None:
    """Take known secrets out of what Python writes to stderr when the program crashes."""

    def log_crash(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
        sys.stderr.write(mask("".join(traceback.format_exception(kind, error, where))))

    sys.excepthook = log_crash


def without_secrets(_: object, __: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Mask the values of keys that hold secrets."""
    return {key: "***" if _SECRET.search(key) else value for key, value in event.items()}


def mask_processor(mask: Mask) -> structlog.typing.Processor:
    """Take known secrets out of an event, the text of its exception included, wherever they stand."""

    def mask_event(_: object, __: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
        return {mask(key): _mask_value(value, mask) for key, value in event.items()}

    return mask_event


def _mask_value(value: object, mask: Mask) -> object:
    match value:
        case str():
            return mask(value)
        case None | bool() | int() | float():
            return value
        case Mapping():
            return {mask(str(key)): _mask_value(each, mask) for key, each in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_mask_value(each, mask) for each in value]
        case _:
            # Whatever it is, it will be shown like this.
            return mask(repr(value))


def _configure(
    handler: logging.Handler,
    renderer: structlog.typing.Processor,
    level: str,
    memory: EventMemory | None = None,
    mask: Mask | None = None,
) -> None:
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_secrets,
    ]
    handlers = {handler: renderer}
    if memory is not None:
        handlers[_MemoryHandler(memory)] = lambda _, __, event: memory.note(event)
    for output, last in handlers.items():
        output.addFilter(lambda record: record.msg != MEANINGLESS)
        output.setFormatter(
            structlog.stdlib.ProcessorFormatter(
                foreign_pre_chain=shared,
                processors=[
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    *(() if mask is None else (mask_processor(mask),)),
                    last,
                ],
            )
        )
    # A full disk, or a stderr that was closed, is no reason to write a traceback over the board.
    logging.raiseExceptions = False
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
        old.close()
    for output in handlers:
        root.addHandler(output)
    root.setLevel(level.upper())
    # Some of them tell every request and what is in it.
    for noisy in NOISY:
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.configure(
        processors=[LeftOutRepetitions(), *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
