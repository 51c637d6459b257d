"""Under which name a person acts: as it is set, else as the system knows the user."""

import getpass

UNKNOWN_OPERATOR = "operator"
MAX_OPERATOR = 40


def find_operator(set_name: str | None) -> str:
    """The name that stands beside what this person does."""
    if set_name:
        return set_name
    try:
        name = getpass.getuser()
    except (OSError, KeyError, ImportError):
        # A user without an entry in the system's list, in a container; before Python 3.13 KeyError.
        return UNKNOWN_OPERATOR
    return name.strip()[:MAX_OPERATOR] or UNKNOWN_OPERATOR
