"""How each part of the findings is written, under ``subjects.finding_key`` of its name."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from micboard_tui.bus.wire.type_hints import hints_of
from micboard_tui.bus.wire.value_codec import ValueCodec, codec_of
from micboard_tui.domain.findings import Findings

NOT_SENT = frozenset({"lost"})
"""What each board finds out by itself."""


def _codecs() -> Mapping[str, ValueCodec[Any]]:
    hints = hints_of(Findings)
    return {each.name: codec_of(hints[each.name]) for each in fields(Findings) if each.name not in NOT_SENT}


FINDING_CODECS = _codecs()
