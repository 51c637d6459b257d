"""A request that comes twice is carried out once, where the client names it by ``Idempotency-Key``.

A tablet in a bad network does not know whether its request arrived, and sends it again. ``RepeatableRoute``
asks ``KeptAnswers`` before it carries out a POST that has a key. The first use of a key by a user holds the
lock of its entry until there is an answer; what comes meanwhile waits for it. An answer that changed
something, or may have (a device that did not confirm a command), is kept for ten minutes and given again; a
refusal is not, so that the request can be tried anew. The same key with another request is an error.
"""

import gzip
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Annotated, Any, TypeAlias

import anyio
from fastapi import Depends, Header, Request, Response
from fastapi.routing import APIRoute

from micboard_tui.api.access import Access, Caller
from micboard_tui.api.answers import write_json
from micboard_tui.api.errors import ApiError, write_error
from micboard_tui.api.rate_limits import Rate
from micboard_tui.contracts.errors import ErrorCode, ErrorInfo, MicboardError

HEADER = "Idempotency-Key"
KEPT_S = 600.0
MAX_KEPT = 1000
MAX_ANSWER_BYTES = 64 * 1024
MAX_KEY = 200
_KEPT_HEADERS = ("content-type", "etag", "location", "cache-control")

Handle: TypeAlias = Callable[[], Awaitable[Response]]


async def describe_key(
    _: Annotated[
        str | None,
        Header(
            alias=HEADER,
            max_length=MAX_KEY,
            description="A text that is another one for each other request, as a UUID. The same request with"
            " it, within ten minutes, gives the same answer and changes nothing more.",
        ),
    ] = None,
) -> None:
    """The header, for OpenAPI."""


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer that can be given again."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    """As gzip."""

    def write(self) -> Response:
        """The answer, marked as one that was given before."""
        return Response(
            gzip.decompress(self.body), self.status, {**self.headers, "Idempotency-Replayed": "true"}
        )


@dataclass(slots=True)
class _Entry:
    request: bytes
    began_at: float
    lock: anyio.Lock = field(default_factory=anyio.Lock)
    answer: KeptAnswer | None = None


class KeptAnswers:
    """``clock`` gives seconds that only grow; of more than ``most`` answers the oldest are forgotten."""

    def __init__(self, access: Access, clock: Callable[[], float], most: int = MAX_KEPT) -> None:
        self._access, self._clock, self._most = access, clock, most
        self._entries: dict[tuple[str, str], _Entry] = {}

    async def answer(self, request: Request, key: str, handle: Handle) -> Response:
        """Carry out a request, or give the answer that it got before. Raises ApiError."""
        if not 0 < len(key) <= MAX_KEY:
            raise _key_error(f"{HEADER} has {len(key)} characters", f"Use 1 to {MAX_KEY}")
        caller = await self._access.find_caller(request)
        name, content = (caller.name, key), await _fingerprint(request)
        entry = self._find_entry(name, content)
        if entry.request != content:
            raise _key_error(
                f"This {HEADER} was used for another request", "Use another one for each request"
            )
        try:
            async with entry.lock:
                return await self._answer_entry(entry, caller, handle)
        finally:
            if entry.answer is None and not entry.lock.statistics().tasks_waiting:
                self._entries.pop(name, None)

    async def _answer_entry(self, entry: _Entry, caller: Caller, handle: Handle) -> Response:
        if entry.answer is not None:
            self._access.limiter.check(Rate.WRITES, caller.key)
            return entry.answer.write()
        try:
            response = await handle()
        except MicboardError as error:
            if error.code is not ErrorCode.COMMAND_UNCONFIRMED:
                raise
            response = write_error(error)
        entry.answer = keep_answer(response)
        return response

    def _find_entry(self, name: tuple[str, str], content: bytes) -> _Entry:
        """The entry of a key; a new one where there is none, or one that is too old."""
        now = self._clock()
        self._forget([each for each, entry in self._answered() if now - entry.began_at > KEPT_S])
        if name not in self._entries:
            surplus = len(self._entries) + 1 - self._most
            self._forget([each for each, _ in self._answered()][: max(0, surplus)])
            self._entries[name] = _Entry(content, now)
        return self._entries[name]

    def _answered(self) -> Iterator[tuple[tuple[str, str], _Entry]]:
        """Those that are answered, the oldest first."""
        return ((name, entry) for name, entry in self._entries.items() if entry.answer is not None)

    def _forget(self, names: Iterable[tuple[str, str]]) -> None:
        for name in names:
            del self._entries[name]


def keep_answer(response: Response) -> KeptAnswer:
    """What is kept of an answer; of one that is too long only that it was given."""
    body = bytes(response.body)
    if response.headers.get("content-encoding") == "gzip":
        body = gzip.decompress(body)
    if len(packed := gzip.compress(body)) > MAX_ANSWER_BYTES:
        packed = gzip.compress(
            write_json({"warning": "This was done before; its answer is too long to keep"})
        )
    kept = {name: value for name in _KEPT_HEADERS if (value := response.headers.get(name)) is not None}
    return KeptAnswer(response.status_code, kept, packed)


async def _fingerprint(request: Request) -> bytes:
    """Another one for each other request."""
    head = f"{request.method} {request.url.path}?{request.url.query}\n{request.headers.get('if-match')}\n"
    return blake2b(head.encode() + await request.body(), digest_size=16).digest()


def _key_error(message: str, hint: str) -> ApiError:
    return ApiError(ErrorInfo(ErrorCode.INVALID_VALUE, message, {HEADER: "not possible"}, hint))


class RepeatableRoute(APIRoute):
    """A route of which a POST with an ``Idempotency-Key`` is carried out once."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:  # noqa: ANN401 - the framework's
        # The parameters are those of the framework's own class, of any release.
        if "POST" in (options.get("methods") or ()):
            options["dependencies"] = [*(options.get("dependencies") or ()), Depends(describe_key)]
        super().__init__(path, endpoint, **options)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Around the framework's own."""
        handle = super().get_route_handler()

        async def handle_once(request: Request) -> Response:
            key = request.headers.get(HEADER)
            if key is None or request.method != "POST":
                return await handle(request)
            kept: KeptAnswers = request.app.state.context.kept_answers
            return await kept.answer(request, key, lambda: handle(request))

        return handle_once
