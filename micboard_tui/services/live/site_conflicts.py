"""Conflicts between channels whose devices are read by different collectors.

Each collector judges its own channels, and so finds only what these do to each other. ``look`` finds what all
channels of the site do to each other, and puts it into the findings, from which a replica adds it to what the
collectors judged. What both find is there once, since when the collector found it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NoReturn

import anyio

from micboard_tui.domain.channel_spacing import spacings_of
from micboard_tui.domain.conflict import Conflicts, LastingConflict, conflict_inputs, find_conflicts
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.services.live.live_site import LiveSite

LOOK_S = 0.5


class SiteConflicts:
    def __init__(self, live: LiveSite) -> None:
        self._live = live
        self._inputs: dict[ChannelRef, tuple[object, ...]] = {}
        """Of each channel all on which conflicts depend."""
        self._version = self._layout_version = -1

    async def run(self) -> NoReturn:
        """Until cancelled."""
        while True:
            self.look()
            await anyio.sleep(LOOK_S)

    def look(self) -> None:
        """Look for conflicts again, if something is new on which they depend."""
        if not self._read():
            return
        judgement = self._live.judge()
        found = find_conflicts(judgement.states.values(), spacings_of(judgement.devices.values()))
        before = self._live.findings.conflicts
        conflicts = _lasting(found, before, self._live.now())
        if conflicts != before:
            self._live.findings = replace(self._live.findings, conflicts=conflicts)

    def _read(self) -> bool:
        """Whether any channel may be in another conflict, or bring others into one."""
        changes = self._live.changed_since(self._version)
        has_others = changes.layout_version != self._layout_version
        if has_others:
            self._inputs.clear()
            changes = self._live.changed_since(0)
        for state in changes.channels:
            inputs = conflict_inputs(state)
            if self._inputs.get(state.ref) != inputs:
                self._inputs[state.ref], has_others = inputs, True
        self._version, self._layout_version = changes.version, changes.layout_version
        return has_others


def _lasting(
    found: Conflicts, before: Mapping[ChannelRef, Sequence[LastingConflict]], now: float
) -> Mapping[ChannelRef, tuple[LastingConflict, ...]]:
    """What was found, with since when it lasts."""
    starts = {(ref, conflict.code): conflict.since for ref, known in before.items() for conflict in known}
    return {
        ref: tuple(LastingConflict(code, starts.get((ref, code), now)) for code in codes)
        for ref, codes in found.items()
    }
