"""Refuses commands of users for whom control is not armed at this moment."""

from micboard_tui.api.errors import ApiError, data_of
from micboard_tui.contracts.errors import ErrorCode, ErrorInfo
from micboard_tui.contracts.users import UserContract
from micboard_tui.domain.user import MAX_ARMED_MINUTES


async def check_armed(users: UserContract, name: str) -> None:
    """Raise ApiError NOT_ALLOWED for a user who has not armed control, or whose time is over."""
    if data_of(await users.find_armed_end(name)) is None:
        raise ApiError(
            ErrorInfo(
                ErrorCode.NOT_ALLOWED,
                f"Control is not armed for {name}",
                hint=f'POST /api/v1/control/arm with {{"minutes": 10}} first;'
                f" {MAX_ARMED_MINUTES} are the most",
            )
        )
