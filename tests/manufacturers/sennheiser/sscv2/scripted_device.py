"""The other end of HTTP, as a script: what is asked decides what is answered."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager

import httpx

from micboard_tui.manufacturers.sennheiser.sscv2.request_queue import RequestQueue
from tests.fakes.virtual_time import loop_time

Answers = Callable[[httpx.Request], httpx.Response | Awaitable[httpx.Response]]


class Chunks(httpx.AsyncByteStream):
    """A body that comes in pieces."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = chunks

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self._chunks:
            yield chunk


def client(answers: Answers) -> AbstractAsyncContextManager[httpx.AsyncClient]:
    async def answer(request: httpx.Request) -> httpx.Response:
        answered = answers(request)
        response = await answered if isinstance(answered, Awaitable) else answered
        # As it would come from a network, where a body is there only once it has been read.
        stream = response.stream if isinstance(response.stream, Chunks) else Chunks([response.content])
        return httpx.Response(response.status_code, headers=response.headers, stream=stream)

    return httpx.AsyncClient(
        transport=httpx.MockTransport(answer), base_url="https://10.0.0.5:443", timeout=1, trust_env=False
    )


def signed_in(http_client: httpx.AsyncClient) -> RequestQueue:
    requests = RequestQueue(http_client, loop_time)
    requests.sign_in("api", "S3cret!Pass")
    return requests
