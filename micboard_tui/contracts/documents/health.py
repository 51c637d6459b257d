"""The health of the program as JSON."""

from dataclasses import asdict

from micboard_tui.contracts.documents.json_value import SCHEMA, JsonObject
from micboard_tui.contracts.health import HealthReport


def health_document(report: HealthReport) -> JsonObject:
    """Whether nothing failed, and each check."""
    return {"schema": SCHEMA, "healthy": report.healthy, "checks": [asdict(check) for check in report.checks]}
