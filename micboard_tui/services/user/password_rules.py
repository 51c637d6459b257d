"""What a password has to be. Pure."""

from micboard_tui.contracts.errors import invalid_value_error
from micboard_tui.domain.user import MAX_PASSWORD, MIN_PASSWORD


def is_possible_password(password: str) -> bool:
    """Whether any user can have it. Longer ones are not even hashed, which would cost time and memory."""
    return MIN_PASSWORD <= len(password) <= MAX_PASSWORD and _can_be_encoded(password)


def check_password(password: str) -> None:
    """Raises MicboardError INVALID_VALUE, without the password."""
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        length = "short" if len(password) < MIN_PASSWORD else "long"
        raise invalid_value_error(
            f"A password of {len(password)} characters is too {length}",
            f"Use {MIN_PASSWORD} to {MAX_PASSWORD} characters; several words are easy to keep in mind",
        )
    if not _can_be_encoded(password):
        raise invalid_value_error("It holds characters that cannot be typed", "Give it as UTF-8")


def _can_be_encoded(password: str) -> bool:
    try:
        password.encode()
    except UnicodeEncodeError:
        return False
    return True
