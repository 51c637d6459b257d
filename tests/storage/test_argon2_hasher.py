"""Hashes of passwords: argon2id, salted, and checked against nothing as long as against something."""

import anyio
import anyio.lowlevel
import pytest

from micboard_tui.contracts.errors import ErrorCode, MicboardError
from micboard_tui.storage.argon2_hasher import MAX_WAITING, Argon2Hasher

PASSWORD = "correct horse battery"  # noqa: S105 - of a test


@pytest.fixture
def hasher() -> Argon2Hasher:
    return Argon2Hasher(time_cost=1, memory_kib=64)


async def test_only_the_password_fits_its_hash(hasher: Argon2Hasher) -> None:
    known = await hasher.hash_password(PASSWORD)
    assert known.startswith("$argon2id$v=19$m=64,t=1,p=4$")
    assert await hasher.check_password(PASSWORD, known)
    assert not await hasher.check_password(PASSWORD + " ", known)
    assert await hasher.hash_password(PASSWORD) != known


@pytest.mark.parametrize("known", [None, "", "$argon2id$v=19$m=64,t=1,p=4$x", "plain", "\u6f22"])
async def test_nothing_fits_what_is_no_hash(hasher: Argon2Hasher, known: str | None) -> None:
    assert not await hasher.check_password(PASSWORD, known)


def test_an_unknown_user_costs_what_a_known_one_costs() -> None:
    from argon2 import extract_parameters

    hasher = Argon2Hasher()
    usual = extract_parameters(hasher.no_password)
    assert not hasher._argon2().check_needs_rehash(hasher.no_password)
    assert (usual.memory_cost, usual.time_cost, usual.parallelism) == (64 * 1024, 3, 4)


async def test_hashes_are_made_one_at_a_time_and_leave_the_loop_free(hasher: Argon2Hasher) -> None:
    turns, codes = 0, []

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await anyio.lowlevel.checkpoint()

    async def check() -> None:
        try:
            await hasher.check_password(PASSWORD, None)
        except MicboardError as error:
            codes.append(error.code)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(count)
        async with anyio.create_task_group() as hashing:
            for _ in range(1 + MAX_WAITING + 2):
                hashing.start_soon(check)
        tasks.cancel_scope.cancel()
    assert turns > MAX_WAITING
    assert codes == 2 * [ErrorCode.TOO_MANY_REQUESTS]
