"""Calls of show control: what is followed at once, and what a person has to agree to.

While the show is on, a call that leaves scenes out, or goes back more than one, may be a slip: a cue that was
fired in rehearsal order. It is kept in the findings as the jump that is asked for, and boards ask.
"""

from dataclasses import replace

import structlog

from micboard_tui.contracts.events import EventContract
from micboard_tui.contracts.show import ShowContract
from micboard_tui.domain.rack_notices import AskedJump, next_serial
from micboard_tui.domain.remote_call import RemoteCall
from micboard_tui.domain.show import ShowProfile, ShowProgress, find_scenes
from micboard_tui.domain.show_calls import ShowAction, ShowCall, scenes_passed
from micboard_tui.services.live.live_site import LiveSite

log = structlog.get_logger(__name__)


class RemoteCalls:
    def __init__(self, shows: ShowContract, events: EventContract, live: LiveSite) -> None:
        self._shows, self._events, self._live = shows, events, live

    async def take(self, call: RemoteCall, actor: str) -> None:
        """Do it, or keep it for a person. What is refused is logged."""
        if call.marker is not None:
            await self._events.add_marker(call.marker, actor=actor)
        if call.call is None:
            return
        current = await self._shows.get_progress()
        # While the show is locked no person is asked: the call itself is refused.
        is_free = self._live.findings.show_lock is None
        if is_free and current.success and current.data is not None and _is_jump(current.data, call.call):
            position = find_scenes(current.data, call.call.scene)[0]
            wanted = ShowCall(ShowAction.GO, scene=call.call.scene, position=position)
            now, last = self._live.now(), self._live.findings.asked_jump
            jump = AskedJump(next_serial(0 if last is None else last.serial, now), wanted, now)
            self._live.findings = replace(self._live.findings, asked_jump=jump)
            log.info("show_jump_asked", scene=call.call.scene, actor=actor)
            return
        answer = await self._shows.call(call.call, actor=actor)
        if not answer.success:
            log.info(
                "show_call_refused", action=call.call.action.value, reason=answer.error.message, actor=actor
            )


def _is_jump(progress: ShowProgress, call: ShowCall) -> bool:
    return progress.profile is ShowProfile.SHOW and scenes_passed(progress, call) > 1
