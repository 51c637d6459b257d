"""Every reader of foreign bytes holds: on what was kept, and on that with a few bytes changed.

``just fuzz`` looks further, for as long as one likes.
"""

from collections.abc import Sequence
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.targets import CORPUS, attempt, targets

MAX_KEPT_BYTES = 100_000
"""Of all targets together."""


@cache
def inputs_of(name: str) -> Sequence[bytes]:
    kept = sorted((CORPUS / name).iterdir())
    return [*targets()[name].seeds(), *(file.read_bytes() for file in kept)]


@st.composite
def changed(draw: st.DrawFn, inputs: Sequence[bytes]) -> bytes:
    """One of these with up to four places overwritten, cut out or filled up with a part of another."""
    data = bytearray(draw(st.sampled_from(inputs)))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        cut = draw(st.integers(0, 8))
        other = draw(st.sampled_from(inputs))
        first = draw(st.integers(0, max(0, len(other) - 1)))
        piece = draw(st.binary(max_size=4) | st.just(other[first : first + 32]))
        data[start : start + cut] = piece
    return bytes(data)


@pytest.mark.parametrize("name", targets())
def test_what_was_kept_is_read_or_refused(name: str) -> None:
    for data in inputs_of(name):
        attempt(targets()[name], data)


@pytest.mark.parametrize("name", targets())
@given(data=st.data())
def test_changed_bytes_are_read_or_refused(name: str, data: st.DataObject) -> None:
    attempt(targets()[name], data.draw(changed(inputs_of(name))))


def test_every_target_has_kept_inputs_and_they_are_few() -> None:
    files = [file for file in CORPUS.rglob("*") if file.is_file()]
    assert {file.parent.name for file in files} == {*targets()}
    assert sum(file.stat().st_size for file in files) <= MAX_KEPT_BYTES
