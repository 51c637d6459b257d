"""Which right each contract method needs, and what is done while the show is locked: the one table of both.

The right is a part of the subject that a call is sent to, so that the server of the bus itself refuses who
does not have it. It agrees with what the HTTP API demands for the same.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum

from micboard_tui.contracts.bus_errors import describe_users_elsewhere
from micboard_tui.contracts.errors import ErrorInfo
from micboard_tui.contracts.permission_texts import describe_refusal
from micboard_tui.domain.user import Permission


class CallRight(StrEnum):
    """A word in subjects; it never changes its meaning."""

    READ = "read"
    """Changes nothing, and asks no device."""
    WRITE = "write"
    """Arranges the show, or asks devices."""
    CONTROL = "control"
    """Changes a device, or reads who did what from where."""
    SECRET = "secret"  # noqa: S105 - a word for a right, no password
    """Carries passwords or tokens, or says where they are."""


ALL_CONTRACTS = "*"

PERMITTED_CALLS: Mapping[Permission, Sequence[tuple[CallRight, str]]] = {
    Permission.WATCH: ((CallRight.READ, ALL_CONTRACTS),),
    Permission.WRITE: ((CallRight.READ, ALL_CONTRACTS), (CallRight.WRITE, ALL_CONTRACTS)),
    Permission.CONTROL: (
        (CallRight.READ, ALL_CONTRACTS),
        (CallRight.WRITE, ALL_CONTRACTS),
        (CallRight.CONTROL, ALL_CONTRACTS),
        (CallRight.SECRET, "SecretContract"),
    ),
}
"""What a user with a permission may call: a right, and of which contract.

No user manages users by it, since one would then act under the name of another. That is left to the key of
the computer that keeps the sessions.
"""


def _with_right(right: CallRight, contract: str, methods: str) -> Iterator[tuple[str, CallRight]]:
    return ((f"{contract}.{method}", right) for method in methods.split())


def _table(*parts: Iterable[tuple[str, CallRight]]) -> Mapping[str, CallRight]:
    return {title: right for part in parts for title, right in part}


_READ, _WRITE, _CONTROL, _SECRET = CallRight

RIGHTS: Mapping[str, CallRight] = _table(
    _with_right(_READ, "AccessContract", "find_lock"),
    _with_right(_WRITE, "AccessContract", "lock_show unlock_show"),
    _with_right(_READ, "AlarmContract", "list_alarms list_history"),
    _with_right(_WRITE, "AlarmContract", "acknowledge shelve unshelve note undo"),
    _with_right(
        _READ,
        "AssignmentContract",
        "list_performers find_performer list_assignments find_channel find_spares check_swap list_history"
        " preview_import export",
    ),
    _with_right(
        _WRITE,
        "AssignmentContract",
        "add_performer change_performer remove_performer assign unassign mark plan_pack number_channels swap"
        " undo redo forget_steps apply_import",
    ),
    _with_right(_CONTROL, "AuditContract", "list_entries"),
    _with_right(_READ, "ControlContract", "list_controls preview preview_plan"),
    _with_right(_CONTROL, "ControlContract", "execute execute_plan"),
    _with_right(_READ, "DeviceContract", "find list_devices get_device_status check_command list_interfaces"),
    _with_right(
        _WRITE,
        "DeviceContract",
        "register update fetch_certificate trust remove update_device_state sync_device sync_all_devices"
        " discover probe check_host",
    ),
    _with_right(_CONTROL, "DeviceContract", "execute"),
    _with_right(_READ, "EventContract", "list_events"),
    _with_right(_WRITE, "EventContract", "add_marker remove_markers"),
    _with_right(_READ, "ForecastContract", "list_forecasts list_cell_types"),
    _with_right(_WRITE, "ForecastContract", "vouch_for_cells mark_swapped"),
    _with_right(_READ, "HandoverContract", "list_notes"),
    _with_right(_WRITE, "HandoverContract", "write take_new"),
    _with_right(_READ, "HealthContract", "check"),
    _with_right(_READ, "LineCheckContract", "get_check"),
    _with_right(_WRITE, "LineCheckContract", "start end tick untick undo"),
    _with_right(_READ, "LocationContract", "find list_locations get_location_summary"),
    _with_right(
        _WRITE,
        "LocationContract",
        "create rename move mark_rf_zone mark_out_of_service remove assign_device assign_devices move_device",
    ),
    _with_right(_READ, "RecapContract", "list_shows find_earlier make_recap write_report"),
    _with_right(_READ, "RecorderContract", "get_state samples summaries list_windows window"),
    _with_right(_SECRET, "SecretContract", "find_need keep list_secrets forget"),
    _with_right(_READ, "ShowContract", "list_shows find_show get_progress preview_import export"),
    _with_right(_WRITE, "ShowContract", "add_show change_show remove_show use_show call apply_import"),
    _with_right(_WRITE, "SynchronizationContract", "retry"),
    _with_right(_READ, "ThresholdContract", "list_thresholds describe_scopes preview"),
    _with_right(_WRITE, "ThresholdContract", "change reset choose_profile"),
    _with_right(_READ, "UserContract", "find_armed_end"),
    _with_right(_CONTROL, "UserContract", "arm_control disarm_control"),
    _with_right(
        _SECRET,
        "UserContract",
        "list_users add_user change_user set_key remove_user make_token list_tokens revoke_token log_in"
        " check_token log_out",
    ),
    _with_right(_READ, "WalkContract", "list_walks find_walk"),
    _with_right(_WRITE, "WalkContract", "start go_to name_place finish cancel"),
)
"""By "Contract.method"; what is not in it cannot be called."""


def _titles(*parts: Iterable[tuple[str, CallRight]]) -> frozenset[str]:
    return frozenset(_table(*parts))


ONLY_READING: frozenset[str] = frozenset(
    {title for title, right in RIGHTS.items() if right is CallRight.READ}
    | _titles(
        _with_right(
            _WRITE,
            "DeviceContract",
            "fetch_certificate sync_device sync_all_devices discover probe check_host",
        ),
        _with_right(_WRITE, "SynchronizationContract", "retry"),
        _with_right(_SECRET, "SecretContract", "find_need list_secrets"),
        _with_right(_SECRET, "UserContract", "list_users list_tokens check_token"),
        _with_right(_CONTROL, "AuditContract", "list_entries"),
    )
)
"""Methods that change nothing that people arrange, and no device; some of them ask devices."""

ALLOWED_WHILE_LOCKED: frozenset[str] = _titles(
    _with_right(_WRITE, "AccessContract", "unlock_show"),
    _with_right(_WRITE, "AlarmContract", "acknowledge note undo"),
    _with_right(_WRITE, "EventContract", "add_marker remove_markers"),
    _with_right(_WRITE, "HandoverContract", "write take_new"),
    _with_right(_CONTROL, "UserContract", "disarm_control"),
    _with_right(_SECRET, "UserContract", "log_in log_out"),
)
"""Methods that change something and are carried out while the show is locked; all others are refused."""

DECIDED_BY_SERVICE = frozenset({"AlarmContract.undo"})
"""Of those that are allowed while locked: what it takes back decides, so the service looks at the lock."""

ALLOWED_READ_ONLY: frozenset[str] = _titles(
    _with_right(_CONTROL, "UserContract", "disarm_control"),
    _with_right(_SECRET, "UserContract", "log_in log_out"),
)
"""Methods that change something and are carried out by a program that only reads."""

NEEDS_ARMED_CONTROL: frozenset[str] = _titles(
    _with_right(_CONTROL, "DeviceContract", "execute"),
    _with_right(_CONTROL, "ControlContract", "execute execute_plan"),
)
"""Methods that change a device: who acts has armed control before."""


def is_change(title: str) -> bool:
    """Whether a method, as "Contract.method", changes something that people arrange, or a device."""
    return title in RIGHTS and title not in ONLY_READING


def is_kept_by_lock(title: str) -> bool:
    """Whether a method is refused while the show is locked."""
    return is_change(title) and title not in ALLOWED_WHILE_LOCKED


def is_kept_by_reading(title: str) -> bool:
    """Whether a method is refused by a program that only reads."""
    return is_change(title) and title not in ALLOWED_READ_ONLY


def describe_denial(user: str, permission: Permission | None, contract: str, right: CallRight) -> ErrorInfo:
    """The error for a user whose key does not allow a call; ``permission`` None: theirs is not known."""
    needed = find_needed_permission(contract, right)
    return describe_users_elsewhere(user) if needed is None else describe_refusal(user, permission, needed)


def find_needed_permission(contract: str, right: CallRight) -> Permission | None:
    """The least permission that has a right for a contract; None: none has it."""
    wanted = {(right, ALL_CONTRACTS), (right, contract)}
    return next((each for each, calls in PERMITTED_CALLS.items() if wanted & {*calls}), None)
