"""The resources that every SSCv2 device has (docs/reference/protocols/sennheiser.md 6.1, 6.2)."""

VERSION = "/api/ssc/version"
IDENTITY = "/api/device/identity"
"""This and the version are told to anybody."""
SUBSCRIPTIONS = "/api/ssc/state/subscriptions"
"""A GET opens a session and its stream of events."""

GROUP = 4
"""Paths are subscribed a few at a time, since one bad path has its whole list refused."""


def session(uuid: str) -> str:
    """A PUT replaces its list of paths, a GET lists them, a DELETE ends it."""
    return f"{SUBSCRIPTIONS}/{uuid}"


def adding(uuid: str) -> str:
    """A PUT adds paths to its list."""
    return f"{session(uuid)}/add"


def removing(uuid: str) -> str:
    """A PUT takes paths off its list."""
    return f"{session(uuid)}/remove"
