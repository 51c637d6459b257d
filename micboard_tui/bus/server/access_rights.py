"""What each user may do on the bus, as subjects of the server. Pure.

All may read the present of the site, and say what they show of it. Calls are sent to a subject with the right
that they need and the name of the user, and answered to an inbox of that user: the server itself refuses the
calls of others, and those without the right. The entry store is read through a consumer of the server, which
is made, asked about and deleted by subjects with the name of the store; entries are written by subjects that
no user has.

The subject for an answer is not checked by the server, be it of a call or of the entry store. So who answers
calls compares it with the user (``Subjects.inbox``), who reads the present takes only what it can decode, and
no user may ask for single entries, which could then be put in the place of others.
"""

from collections.abc import Iterator, Sequence

from micboard_tui.bus.server.server_configuration import AccessRights
from micboard_tui.bus.wire.subjects import SWEEP_TIERS_S, Subjects
from micboard_tui.contracts.call_rights import ALL_CONTRACTS, PERMITTED_CALLS
from micboard_tui.domain.user import Permission

ALL_INBOXES = "_INBOX.>"


def user_rights(permission: Permission, user: str, subjects: Subjects) -> AccessRights:
    """What a user may do, from whatever computer."""
    publish = (*_calls_of(permission, user, subjects), *_common_publish(subjects))
    return AccessRights(publish, (*_common_subscribe(subjects), f"{subjects.inbox(user)}.>"))


def computer_rights(subjects: Subjects) -> AccessRights:
    """What programs on the computer of the server may do: all calls, for whoever they act.

    Who can read their key can read the database, too.
    """
    publish = (f"{subjects.root}.rpc.>", *_common_publish(subjects))
    return AccessRights(publish, (*_common_subscribe(subjects), ALL_INBOXES))


def _calls_of(permission: Permission, user: str, subjects: Subjects) -> Iterator[str]:
    for right, contract in PERMITTED_CALLS[permission]:
        if contract == ALL_CONTRACTS:
            yield subjects.calls_of(right, user)
        else:
            yield subjects.call(right, user, contract, "*")


def _common_publish(subjects: Subjects) -> Sequence[str]:
    stream = f"KV_{subjects.state_store}"
    return (
        subjects.interests,
        f"$JS.API.CONSUMER.CREATE.{stream}",
        f"$JS.API.CONSUMER.CREATE.{stream}.>",
        f"$JS.API.CONSUMER.INFO.{stream}.*",
        f"$JS.API.CONSUMER.DELETE.{stream}.*",
        # With these a consumer is told how far its client has come.
        f"$JS.FC.{stream}.>",
    )


def _common_subscribe(subjects: Subjects) -> Sequence[str]:
    sweeps = (subjects.sweep(tier_s) for tier_s in SWEEP_TIERS_S)
    return (f"{subjects.root}.m.*", f"{subjects.root}.raw.*", *sweeps, subjects.signs_of_life)
