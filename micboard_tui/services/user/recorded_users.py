"""The users of the database, for whoever only has to know who there is."""

from collections.abc import Sequence

from micboard_tui.contracts.result import ServiceResult, Success
from micboard_tui.contracts.users import UserRepository
from micboard_tui.domain.safe_text import fold_name
from micboard_tui.domain.user import User
from micboard_tui.services.error_translation import translate_errors


class RecordedUsers:
    def __init__(self, users: UserRepository) -> None:
        self._users = users

    @translate_errors
    async def list_users(self) -> ServiceResult[Sequence[User]]:
        """All users, by name."""
        return Success(sorted(await self._users.list_users(), key=lambda user: fold_name(user.name)))
