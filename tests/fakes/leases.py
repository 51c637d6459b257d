"""A lease that nobody else wants, and one that others take."""

from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.contracts.lease import LeaseHeldError, LeaseHolder
from micboard_tui.domain.session_holder import SessionHolder

ME = LeaseHolder("home", "here", "Pia", 1)


class InMemoryLease:
    """The tokens of those who hold it; ``other`` has it while that is set."""

    def __init__(self) -> None:
        self.token = 0
        self.is_held = False
        self.other: str | None = None
        self.broken = False

    async def take(self, holder: LeaseHolder) -> int:
        self._fail()
        if self.other is not None:
            user, _, host = self.other.partition(" on ")
            raise LeaseHeldError(
                SessionHolder(user, host, 7, 100.0),
                f"The devices are read by {self.other}",
                hint="End that one",
            )
        self.token += 1
        self.is_held = True
        return self.token

    async def renew(self, token: int) -> bool:
        self._fail()
        return self.other is None and token == self.token and self.is_held

    async def release(self, token: int) -> None:
        self._fail()
        if token == self.token:
            self.is_held = False

    def _fail(self) -> None:
        if self.broken:
            raise StorageError(ErrorCode.DATABASE_ERROR, "The server is away", hint="Start it")
