"""Counts changes of links and sessions, so that they can be followed without looking at all channels."""


class LinkChanges:
    """How often the link state of any channel, or the status of any device, has changed.

    A service that follows them compares the count many times a second, and need not look at all channels.
    """

    __slots__ = ("count",)

    def __init__(self) -> None:
        self.count = 0
