"""Calls that were taken and checked, and wait until who asked has them begin."""

from collections import OrderedDict
from collections.abc import Mapping
from typing import NamedTuple

from micboard_tui.bus.calls.call_frames import CallRequest
from micboard_tui.bus.calls.recent_calls import MAX_RUNNING, MAX_RUNNING_OF_USER, CallName
from micboard_tui.bus.calls.remote_method import ACTOR, RemoteMethod, as_result
from micboard_tui.bus.calls.running_call import Answer, Report, Work
from micboard_tui.contracts.origin import acting_from

WAITS_S = 10.0
"""Longer than who asked waits for a program that takes it."""


class RequestedCall(NamedTuple):
    """What was asked for, checked."""

    method: RemoteMethod
    request: CallRequest
    arguments: Mapping[str, object]
    reply: str

    def work_on(self, target: object, user: str) -> Work:
        """What carries it out in the name of ``user``."""

        async def work(report: Report | None) -> Answer:
            arguments = dict(self.arguments)
            if self.method.has_actor:
                arguments[ACTOR] = user
            if report is not None and self.method.progress_parameter is not None:
                arguments[self.method.progress_parameter] = report
            with acting_from(self.request.origin):
                return as_result(self.method, await getattr(target, self.method.name)(**arguments))

        return work


class WaitingCalls:
    """Of all users; those that are not begun in time are forgotten."""

    def __init__(self) -> None:
        self._calls: OrderedDict[CallName, tuple[float, RequestedCall]] = OrderedDict()

    def keep(self, name: CallName, call: RequestedCall, now: float) -> bool:
        """False: there is no room for another one of this user."""
        self._forget_old(now)
        self._calls.pop(name, None)
        of_user = sum(each.user == name.user for each in self._calls)
        if len(self._calls) >= MAX_RUNNING or of_user >= MAX_RUNNING_OF_USER:
            return False
        self._calls[name] = now, call
        return True

    def take(self, name: CallName, now: float) -> RequestedCall | None:
        """A call that is to begin, or is not wanted any more; None: it does not wait here."""
        self._forget_old(now)
        return self._calls.pop(name, (now, None))[1]

    def _forget_old(self, now: float) -> None:
        while self._calls and next(iter(self._calls.values()))[0] < now - WAITS_S:
            self._calls.popitem(last=False)
