"""Which flows wait for an answer of the services, and since when, so that the board can report it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

WAITING = "Not done yet: waiting for an answer."
REPORT_AFTER_S = 1.0


@dataclass(slots=True)
class RunningFlow:
    """One that was started and has not ended."""

    since: float | None
    """Waiting since then, in seconds that only grow; None: a person is asked something."""
    messages: int
    """How many there had been when it began to wait."""
    is_reported: bool = False


class WaitingFlows:
    """Those that run now, each by a key of its own, as its worker is."""

    def __init__(self) -> None:
        self._flows: dict[object, RunningFlow] = {}

    @contextmanager
    def running(self, key: object, now: float, messages: int) -> Iterator[None]:
        """``messages``: how many there have been, by flows and all else."""
        self._flows[key] = RunningFlow(now, messages)
        try:
            yield
        finally:
            del self._flows[key]

    def pause(self, key: object) -> None:
        """A person is asked."""
        if (flow := self._flows.get(key)) is not None:
            flow.since = None

    def go_on(self, key: object, now: float, messages: int) -> None:
        """The person has answered."""
        if (flow := self._flows.get(key)) is not None:
            flow.since, flow.messages, flow.is_reported = now, messages, False

    def is_to_report(self, now: float, messages: int) -> bool:
        """Whether one waits for long, and no message came meanwhile; True once for each wait."""
        late = [
            flow
            for flow in self._flows.values()
            if flow.since is not None
            and now - flow.since >= REPORT_AFTER_S
            and flow.messages == messages
            and not flow.is_reported
        ]
        for flow in late:
            flow.is_reported = True
        return bool(late)
