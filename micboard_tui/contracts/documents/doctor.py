"""What ``doctor`` found, as the JSON document of docs/reference/doctor.schema.json."""

from collections.abc import Sequence

from micboard_tui.contracts.doctor import CheckResult, DoctorReport
from micboard_tui.contracts.documents.json_value import SCHEMA, JsonObject
from micboard_tui.contracts.documents.timestamp import format_timestamp


def doctor_document(report: DoctorReport, now: float) -> JsonObject:
    """``now``: seconds since the epoch."""
    return {
        "schema": SCHEMA,
        "generated_at": format_timestamp(now),
        "has_fault": report.has_fault,
        "checks": list(_entries(report.results)),
    }


def _entries(results: Sequence[CheckResult]) -> Sequence[JsonObject]:
    return [
        {
            "subject": result.subject,
            "title": result.title,
            "status": result.status.value,
            "message": result.message,
            "cause": None if result.cause is None else result.cause.value,
            "cure": result.cure,
            "details": dict(result.details),
        }
        for result in results
    ]
