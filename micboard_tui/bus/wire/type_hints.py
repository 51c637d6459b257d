"""The types that contracts and records are annotated with."""

from typing import Any, get_type_hints


def hints_of(annotated: object) -> dict[str, Any]:
    """By name, with those that are written as text for want of an import while the program starts."""
    try:
        return get_type_hints(annotated)
    except NameError:
        from micboard_tui.domain.recap import Recap

        return get_type_hints(annotated, localns={"Recap": Recap})
