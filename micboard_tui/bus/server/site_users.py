"""Who comes in at the NATS server of a site: its programs, and users with a key. Pure."""

from collections.abc import Sequence
from typing import Protocol

from micboard_tui.bus.server.access_rights import user_rights
from micboard_tui.bus.server.server_configuration import ServerUser
from micboard_tui.bus.wire.subjects import Subjects
from micboard_tui.contracts.result import ServiceResult
from micboard_tui.domain.user import User


class UserList(Protocol):
    """Of ``UserContract``, what the server needs."""

    async def list_users(self) -> ServiceResult[Sequence[User]]:
        """All users, by name."""
        ...


def server_users(fixed: Sequence[ServerUser], users: Sequence[User], subjects: Subjects) -> list[ServerUser]:
    """Who comes in: those that are fixed, and users with a key that none of them has."""
    taken = {each.public_key for each in fixed}
    return [
        *fixed,
        *(
            ServerUser(user.public_key, user_rights(user.permission, user.name, subjects))
            for user in users
            if user.public_key is not None and user.public_key not in taken
        ),
    ]
