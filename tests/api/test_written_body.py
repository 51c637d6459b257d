import gzip
import random

import anyio
import anyio.lowlevel

from micboard_tui.api.written_body import THREAD_FROM_BYTES, WrittenDocument, compress


async def test_others_go_on_while_a_long_body_is_compressed() -> None:
    body = random.Random(1).randbytes(50 * THREAD_FROM_BYTES)
    is_done, turns = anyio.Event(), 0
    packed = b""

    async def write() -> None:
        nonlocal packed
        packed = await compress(body)
        is_done.set()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(write)
        while not is_done.is_set():
            turns += 1
            await anyio.lowlevel.checkpoint()
    assert gzip.decompress(packed) == body
    assert turns > 10


async def test_a_body_is_compressed_once_whoever_asks_and_at_the_same_time() -> None:
    document = WrittenDocument(b"a" * 2 * THREAD_FROM_BYTES)
    found: list[bytes] = []

    async def read() -> None:
        found.append(await document.compressed())

    async with anyio.create_task_group() as tasks:
        for _ in range(5):
            tasks.start_soon(read)
    assert {id(each) for each in found} == {id(await document.compressed())}
    assert gzip.decompress(found[0]) == document.body
