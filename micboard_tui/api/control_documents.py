"""Control of devices as the API answers it."""

from micboard_tui.contracts.control import (
    CommandPlan,
    CommandPreview,
    OfferedControl,
    PlanLine,
    PlanResult,
)
from micboard_tui.contracts.documents.json_value import JsonObject
from micboard_tui.domain.command import Confirmation
from micboard_tui.domain.command_words import format_command


def confirmation_entry(done: Confirmation) -> JsonObject:
    return {"command": {**format_command(done.command)}, "value": done.value, "adapted": done.adapted}


def control_entry(control: OfferedControl) -> JsonObject:
    return {
        "kind": control.kind,
        "title": control.title,
        "channel": control.channel,
        "slot": control.slot,
        "present": control.present,
        "cure": control.cure,
        "refusal": control.refusal,
    }


def preview_entry(preview: CommandPreview) -> JsonObject:
    return {
        "device_id": preview.device_id,
        "command": {**format_command(preview.command)},
        "subject": preview.subject,
        "title": preview.title,
        "messages": [*preview.messages],
        "present": preview.present,
        "new": preview.new,
        "class": preview.command_class.value,
        "effect": preview.effect,
        "confirmations": preview.confirmations,
        "can_undo": preview.can_undo,
    }


def plan_document(plan: CommandPlan) -> JsonObject:
    return {"purpose": plan.purpose.value, "lines": [_line_entry(line) for line in plan.lines]}


def _line_entry(line: PlanLine) -> JsonObject:
    return {
        "device_id": line.device_id,
        "channel": line.channel,
        "subject": line.subject,
        "title": line.title,
        "preview": None if line.preview is None else preview_entry(line.preview),
        "note": line.note,
    }


def plan_result_entry(result: PlanResult) -> JsonObject:
    error: JsonObject | None = None
    if result.error is not None:
        info = result.error
        error = {"code": info.code.value, "message": info.message, "hint": info.hint}
    return {
        "done": [
            {
                "device_id": done.device_id,
                "subject": done.subject,
                "confirmation": confirmation_entry(done.confirmation),
            }
            for done in result.done
        ],
        "failed": result.failed,
        "error": error,
        "left": result.left,
    }
