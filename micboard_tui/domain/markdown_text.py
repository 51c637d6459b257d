"""Texts in Markdown: rows of tables, and what comes from anywhere. Pure."""

from collections.abc import Sequence

from micboard_tui.domain.safe_text import visible


def table_row(cells: Sequence[str]) -> str:
    """One line of a table; the cells are Markdown."""
    return f"| {' | '.join(cells)} |"


def table_head(heads: Sequence[str]) -> Sequence[str]:
    """The lines with which a table begins."""
    return table_row(heads), table_row(["---"] * len(heads))


def escape_markdown(text: str) -> str:
    """A text from anywhere that cannot end a cell or begin markup."""
    return "".join(f"\\{sign}" if sign in "|\\`*_[]<>#" else sign for sign in visible(text))
