"""The resources that every SSCv2 device has (docs/reference/protocols/sennheiser.md 6.1, 6.2)."""

VERSION = "/api/ssc/version"
IDENTITY = "/api/device/identity"
"""Identity and version can be read without a password."""
SCHEMA = "/api/ssc/schema"
SUBSCRIPTIONS = "/api/ssc/state/subscriptions"
"""A GET opens a session and its stream of events."""

GROUP = 4
"""Paths in one request: few, because a device refuses the whole list for one invalid path."""


def session(uuid: str) -> str:
    """The session itself: PUT replaces its paths, GET lists them, DELETE ends it."""
    return f"{SUBSCRIPTIONS}/{uuid}"


def session_addition(uuid: str) -> str:
    """The path to which a PUT adds paths to the session."""
    return f"{session(uuid)}/add"
