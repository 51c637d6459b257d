"""Files and answers up to their limits. In real time: what is large is compressed in a thread."""

import random
from collections.abc import Sequence

import pytest

from micboard_tui.bus.calls.call_frames import MAX_ARGUMENTS, CallRequest, pack_request
from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.contracts.result import Success
from micboard_tui.contracts.show import MAX_PLOT_BYTES
from micboard_tui.domain.assignment import Performer
from micboard_tui.domain.identity import PerformerId
from tests.bus.calls.stage import ADA, open_stage

pytestmark = pytest.mark.integration

LARGE = random.Random(1).randbytes(MAX_PLOT_BYTES)
"""No file of text compresses as badly."""


async def test_the_largest_file_that_can_be_imported_arrives() -> None:
    async with open_stage() as stage:
        await stage.remote.shows.apply_import(LARGE, "Hamlet", actor=ADA)
        (called,) = stage.fake.calls
        assert called.arguments["content"] == LARGE


async def test_what_is_larger_than_anything_that_can_be_used_is_not_sent() -> None:
    async with open_stage() as stage:
        result = await stage.remote.shows.apply_import(bytes(MAX_ARGUMENTS + 1), "Hamlet", actor=ADA)
        assert result.error is not None
        assert result.error.code is ErrorCode.INVALID_VALUE
        assert stage.fake.calls == []


async def test_a_small_message_that_becomes_large_is_refused() -> None:
    payload = await pack_request(CallRequest("1", {"content": bytes(20_000_000)}))
    async with open_stage() as stage:
        code = await stage.send("read", "AssignmentContract.preview_import", payload)
        assert code is ErrorCode.INVALID_VALUE
        assert stage.fake.calls == []


async def test_an_answer_that_is_larger_than_a_message_may_be_is_refused_with_the_cure() -> None:
    async with open_stage() as stage:
        stage.fake.answer("AssignmentContract.export", Success(text_of([LARGE, LARGE[:4_000_000]])))
        result = await stage.remote.assignments.export()
        assert result.error is not None
        assert result.error.code is ErrorCode.ANSWER_TOO_LARGE
        assert "shorter time" in result.error.hint


async def test_many_records_arrive() -> None:
    performers = tuple(Performer(PerformerId(str(number)), f"Ada {number}") for number in range(500))
    async with open_stage() as stage:
        stage.fake.answer("AssignmentContract.list_performers", Success(performers))
        assert await stage.remote.assignments.list_performers() == Success(performers)


async def test_a_long_answer_is_compressed() -> None:
    text = "Ada Lovelace,vocals,primary\n" * 100_000
    async with open_stage() as stage:
        stage.fake.answer("AssignmentContract.export", Success(text))
        assert await stage.remote.assignments.export() == Success(text)
        assert max(len(message.payload) for message in stage.bus.published) < len(text) / 20


def text_of(parts: Sequence[bytes]) -> str:
    return "".join(part.decode("latin-1") for part in parts)
