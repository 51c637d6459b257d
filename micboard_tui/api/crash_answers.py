"""The answer when a route crashes: JSON without a word of what went on inside, which is in the log."""

import logging

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from micboard_tui.api.errors import ApiError, write_error
from micboard_tui.contracts.errors import ErrorCode, ErrorInfo

log = logging.getLogger(__name__)


class CrashAnswers:
    """Stands around the routes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers 500 where nothing is answered yet."""
        is_begun = False

        async def send_on(message: Message) -> None:
            nonlocal is_begun
            is_begun = True
            await send(message)

        try:
            await self._app(scope, receive, send_on)
        except Exception:  # One request must not end the serving of all others.
            if scope["type"] != "http" or is_begun:
                raise
            log.exception("A request crashed: %s %.200r", scope["method"], scope["path"])
            info = ErrorInfo(
                ErrorCode.TASK_CRASHED,
                "This request failed because of a mistake in micboard-tui",
                hint="The log has the reason; micboard-tui config path says where it is. Please report it",
            )
            await write_error(ApiError(info))(scope, receive, send)
