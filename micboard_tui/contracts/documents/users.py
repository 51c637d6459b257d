"""Users and their tokens as JSON; never a password, and the text of a token only when it was just made."""

from collections.abc import Sequence

from micboard_tui.contracts.documents.json_value import JsonObject
from micboard_tui.contracts.documents.timestamp import format_timestamp
from micboard_tui.domain.user import NewToken, Token, User


def users_document(users: Sequence[User]) -> JsonObject:
    """All users."""
    return {"users": [user_entry(user) for user in users]}


def user_entry(user: User) -> JsonObject:
    """One user."""
    return {
        "name": user.name,
        "role": user.permission.value,
        "has_password": user.has_password,
        "public_key": user.public_key,
        "created_at": format_timestamp(user.created_at),
    }


def tokens_document(tokens: Sequence[Token]) -> JsonObject:
    """The tokens and sessions of a user."""
    return {"tokens": [token_entry(token) for token in tokens]}


def token_entry(token: Token) -> JsonObject:
    """One token, without its text."""
    return {
        "id": token.id,
        "label": token.label,
        "is_session": token.is_session,
        "created_at": format_timestamp(token.created_at),
        "last_used_at": format_timestamp(token.last_used_at),
        "expires_at": format_timestamp(token.expires_at),
    }


def new_token_document(made: NewToken) -> JsonObject:
    """A token that was just made, with its text."""
    return {"token": {**token_entry(made.token), "text": made.text}}
