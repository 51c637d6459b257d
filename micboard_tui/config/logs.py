"""Logs: JSON lines in a file of limited size under the board, readable lines on stderr elsewhere."""

import logging
import logging.handlers
import re
import sys
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any

import structlog

MAX_BYTES = 2_000_000
KEPT_FILES = 3
_SECRET = re.compile(r"password|secret|token|api_?key|authorization", re.IGNORECASE)


def log_to_file(file: Path, level: str) -> None:
    """Send every event to ``file``; nothing reaches the terminal, which belongs to the board."""
    handler = logging.handlers.RotatingFileHandler(
        file, maxBytes=MAX_BYTES, backupCount=KEPT_FILES, encoding="utf-8", delay=True
    )
    _set_up(handler, structlog.processors.JSONRenderer(ensure_ascii=False), level)


def log_to_stderr(level: str) -> None:
    """Send events to stderr as lines for people; stdout belongs to the answer."""
    handler = logging.StreamHandler(sys.stderr)
    _set_up(handler, structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()), level)


def without_secrets(_: object, __: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Mask the values of keys that hold secrets."""
    return {key: "***" if _SECRET.search(key) else value for key, value in event.items()}


def _set_up(handler: logging.Handler, renderer: structlog.typing.Processor, level: str) -> None:
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_secrets,
    ]
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
        old.close()
    root.addHandler(handler)
    root.setLevel(level.upper())
    for noisy in ("alembic", "aiosqlite", "filelock", "sqlalchemy"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
