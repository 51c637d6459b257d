import json
import threading
from typing import Any

import anyio

from micboard_tui.api.openapi_document import OpenapiDocument
from micboard_tui.api.written_body import WrittenDocument
from tests.api.conftest import ServedRig

SCHEMA = "/api/schema/"


async def test_it_is_made_once_and_nothing_else_waits_for_it() -> None:
    threads: list[threading.Thread] = []
    read_documents: list[WrittenDocument] = []

    def make() -> dict[str, Any]:
        threads.append(threading.current_thread())
        return {"paths": {"/ü": {}}}

    document = OpenapiDocument(make)

    async def read() -> None:
        read_documents.append(await document.read())

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(read)
        tasks.start_soon(read)
    assert (len(threads), threads[0] is threading.main_thread()) == (1, False)
    assert read_documents[0] is read_documents[1]
    assert json.loads(read_documents[0].body)["paths"] == {"/ü": {}}


async def test_what_a_program_has_already_is_not_sent_again(served: ServedRig) -> None:
    # The test does not wait for the thread that makes it.
    openapi = served.application.openapi()
    first = await served.client.get(SCHEMA)
    assert first.json() == openapi
    assert first.headers["content-encoding"] == "gzip"
    again = await served.client.get(SCHEMA, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
