"""Logging as it is before a program begins."""

import logging

import structlog


def reset_logs() -> None:
    root = logging.getLogger()
    for handler in list(root.handlers):
        root.removeHandler(handler)
        handler.close()
    structlog.reset_defaults()
