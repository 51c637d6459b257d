"""Writes each part of the findings when it has changed."""

from micboard_tui.bus.publishing.entry_writer import EntryWriter
from micboard_tui.bus.wire.compression import compress
from micboard_tui.bus.wire.findings_fields import FINDING_CODECS
from micboard_tui.bus.wire.subjects import finding_key
from micboard_tui.contracts.live import LiveContract

LARGE = 2000
"""Bytes; larger parts change all the time in small ways, and are written less often ..."""
BYTES_A_SECOND = 500
"""... so that each of them takes so much a board at most."""
AT_ONCE = frozenset(
    {
        "alarms",
        "armings",
        "conflicts",
        "holder",
        "line_check",
        "lost_collector",
        "profile",
        "show",
        "show_lock",
        "storage_cause",
    }
)


class PublishedFindings:
    def __init__(self, live: LiveContract, writer: EntryWriter) -> None:
        self._live, self._writer = live, writer
        self._written: dict[str, object] = {}
        """Each part as it was written last."""
        self._next_at: dict[str, float] = {}
        """When a large part may be written again, by a clock that only grows."""

    def look(self, now: float) -> None:
        """Write the parts that are others now. ``now``: seconds that only grow."""
        findings = self._live.findings
        for name, codec in FINDING_CODECS.items():
            value = getattr(findings, name)
            if name in self._written and self._written[name] is value:
                continue
            if name not in AT_ONCE and now < self._next_at.get(name, now):
                continue
            self._written[name] = value
            written = compress(codec.encode(value))
            self._writer.want(finding_key(name), written)
            if len(written) > LARGE:
                self._next_at[name] = now + len(written) / BYTES_A_SECOND
