"""Calls of show control: what is followed at once, and what a person has to agree to.

While the show is on, a call that leaves scenes out, or goes back more than one, may be a slip: a cue that was
fired in rehearsal order. It is kept as the jump that is asked for, for ``JUMP_S``, and the board asks.
"""

from collections.abc import Callable

import structlog

from micboard_tui.contracts.events import EventContract
from micboard_tui.contracts.result import ServiceResult, Success
from micboard_tui.contracts.show import ShowContract
from micboard_tui.domain.remote_call import RemoteCall
from micboard_tui.domain.show import ShowProfile, ShowProgress, find_scenes
from micboard_tui.domain.show_calls import ShowAction, ShowCall, scenes_passed

JUMP_S = 30.0
"""So long a jump waits for its answer."""

log = structlog.get_logger(__name__)


class RemoteCalls:
    """Implements ``RemoteCallContract``."""

    def __init__(self, shows: ShowContract, events: EventContract, clock: Callable[[], float]) -> None:
        self._shows, self._events, self._clock = shows, events, clock
        self._jump: tuple[ShowCall, float] | None = None

    async def take(self, call: RemoteCall, actor: str) -> None:
        """Do it, or keep it for a person. What is refused is logged."""
        if call.marker is not None:
            await self._events.add_marker(call.marker, actor=actor)
        if call.call is None:
            return
        current = await self._shows.get_progress()
        if current.success and current.data is not None and _is_jump(current.data, call.call):
            position = find_scenes(current.data, call.call.scene)[0]
            self._jump = ShowCall(ShowAction.GO, scene=call.call.scene, position=position), self._clock()
            log.info("show_jump_asked", scene=call.call.scene, actor=actor)
            return
        answer = await self._shows.call(call.call, actor=actor)
        if not answer.success:
            log.info(
                "show_call_refused", action=call.call.action.value, reason=answer.error.message, actor=actor
            )

    async def take_jump(self, *, actor: str) -> ServiceResult[ShowCall | None]:
        """The jump that waits for a person, once."""
        jump, self._jump = self._jump, None
        if jump is None or not 0 <= self._clock() - jump[1] <= JUMP_S:
            return Success(None)
        log.info("show_jump_shown", scene=jump[0].scene, actor=actor)
        return Success(jump[0])


def _is_jump(progress: ShowProgress, call: ShowCall) -> bool:
    return progress.profile is ShowProfile.SHOW and scenes_passed(progress, call) > 1
