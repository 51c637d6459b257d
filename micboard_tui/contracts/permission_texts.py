"""What a user is answered who may not do what was asked."""

from micboard_tui.contracts.errors import ErrorCode, ErrorInfo
from micboard_tui.domain.user import Permission


def describe_refusal(name: str, permission: Permission | None, needed: Permission) -> ErrorInfo:
    """The error for a user who has ``permission``, and needs another one; None: theirs is not known."""
    has = "may not do this: it" if permission is None else f"may {permission.value}, and this"
    return ErrorInfo(
        ErrorCode.NOT_ALLOWED,
        f"{name} {has} needs the right to {needed.value}",
        hint=f"micboard-tui users change NAME --role {needed.value}",
    )
