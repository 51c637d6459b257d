"""Writes a recap as a file."""

import json

from micboard_tui.contracts.documents.recap import recap_document
from micboard_tui.contracts.problem_texts import title_of
from micboard_tui.contracts.recap import RecapFormat
from micboard_tui.domain.recap import Recap
from micboard_tui.domain.recap_page import html_page
from micboard_tui.domain.recap_report import csv_report, markdown_report


def write_recap(recap: Recap, form: RecapFormat) -> str:
    """The text of a file."""
    if form is RecapFormat.HTML:
        return html_page(recap, title_of)
    if form is RecapFormat.CSV:
        return csv_report(recap)
    if form is RecapFormat.JSON:
        return json.dumps(recap_document(recap), indent=2, ensure_ascii=True) + "\n"
    return markdown_report(recap, title_of)
