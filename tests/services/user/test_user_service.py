"""Users, passwords, tokens and sessions, on a repository in memory."""

from dataclasses import replace
from typing import TypeVar

import pytest
from structlog.testing import capture_logs

from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.contracts.result import ServiceResult
from micboard_tui.contracts.users import SESSION_LIFETIME_S, UserContract
from micboard_tui.domain.user import (
    MAX_PASSWORD,
    MAX_SESSIONS,
    MAX_TOKENS,
    MAX_USER_NAME,
    MAX_USERS,
    Login,
    NewToken,
    Permission,
)
from tests.fakes.events import RecordedEvents
from tests.fakes.stored_users import FastHasher, InMemoryUsers, build_users
from tests.services.results import code_of, data_of
from tests.services.stage import Clock

T = TypeVar("T")
PASSWORD = "correct horse battery"  # noqa: S105 - of a test
OTHER = "staple battery horse"
KEY = "UACVCONQ63NPGOZ73QUU4K74DLMRJXUR67LOT5YXWRIJYBD7XRVMZONC"
OTHER_KEY = "UBC6SWWADNAOZJQSFQPEKR5RUYUU3BPYCRKMTBT2YFHQPGZQUQGPRITB"
SEED = "SUAARW6WJJAXCE52ADB3V4JR4O7KCPGKIYZR663B6DCOTJFDOPZMY4VIXQ"  # of no one


class Setup:
    def __init__(self) -> None:
        self.records, self.hasher = InMemoryUsers(), FastHasher()
        self.events, self.clock = RecordedEvents(), Clock()
        self.service: UserContract = build_users(self.records, self.hasher, self.events, self.clock)

    async def add(self, name: str = "Ada", permission: Permission = Permission.WRITE) -> None:
        data_of(await self.service.add_user(name, permission, PASSWORD, actor="Pia"))

    async def log_in(self, name: str = "Ada") -> NewToken:
        return data_of(await self.service.log_in(name, PASSWORD))

    async def check(self, made: NewToken) -> ServiceResult[Login]:
        return await self.service.check_token(made.text)

    @property
    def acts(self) -> list[tuple[str, str | None]]:
        return [(event.text, event.actor) for event in self.events.events]


async def test_users_are_added_changed_listed_and_removed_with_who_did_it() -> None:
    setup = Setup()
    zoe = data_of(await setup.service.add_user(" zo\u00eb ", Permission.WATCH, actor="Pia"))
    await setup.add("Ada")
    assert (zoe.name, zoe.has_password, zoe.created_at) == ("zo\u00eb", False, 1_000.0)
    assert [user.name for user in data_of(await setup.service.list_users())] == ["Ada", "zo\u00eb"]
    changed = await setup.service.change_user(
        "ADA", permission=Permission.CONTROL, password=OTHER, actor="Ben\x1b"
    )
    assert data_of(changed).permission is Permission.CONTROL
    assert data_of(await setup.service.change_user("zo\u00eb", password=OTHER, actor="Ben")).has_password
    await setup.service.remove_user("ada", actor="Ben")
    assert [user.name for user in data_of(await setup.service.list_users())] == ["zo\u00eb"]
    assert setup.acts == [
        ("User zo\u00eb added, may watch", "Pia"),
        ("User Ada added, may write", "Pia"),
        ("User Ada may control and has another password now", "Ben\u241b"),
        ("User zo\u00eb has another password now", "Ben"),
        ("User Ada removed", "Ben"),
    ]


async def test_a_user_attaches_with_one_key_that_is_theirs_alone() -> None:
    setup = Setup()
    await setup.add("Ada")
    await setup.add("Ben")
    for public_key in (KEY, OTHER_KEY, OTHER_KEY):
        assert data_of(await setup.service.set_key("ada", public_key, actor="Pia")).public_key == public_key
    taken = await setup.service.set_key("Ben", OTHER_KEY, actor="Pia")
    assert code_of(taken) is ErrorCode.INVALID_VALUE
    assert data_of(await setup.service.set_key("Ada", None, actor="Ben")).public_key is None
    assert data_of(await setup.service.set_key("Ben", OTHER_KEY, actor="Pia")).public_key == OTHER_KEY
    assert setup.acts[2:] == [
        ("Key of Ada set", "Pia"),
        ("Key of Ada set", "Pia"),
        ("Key of Ada ended", "Ben"),
        ("Key of Ben set", "Pia"),
    ]


@pytest.mark.parametrize("text", ["", KEY.lower(), KEY[:-1], f"{KEY[:9]}7{KEY[10:]}", SEED])
async def test_what_is_no_public_key_is_refused(text: str) -> None:
    setup = Setup()
    await setup.add("Ada")
    assert code_of(await setup.service.set_key("Ada", text, actor="Pia")) is ErrorCode.INVALID_VALUE


async def test_a_change_of_nothing_is_no_event() -> None:
    setup = Setup()
    await setup.add()
    unchanged = await setup.service.change_user("Ada", permission=Permission.WRITE, actor="Pia")
    assert data_of(unchanged) == data_of(await setup.service.change_user("Ada", actor="Pia"))
    assert len(setup.acts) == 1


async def test_a_name_belongs_to_one_user() -> None:
    setup = Setup()
    await setup.add("Ada")
    again = await setup.service.add_user("ADA", Permission.WATCH, actor="Pia")
    assert code_of(again) is ErrorCode.USER_EXISTS


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * (MAX_USER_NAME + 1)])
async def test_what_is_no_name_is_refused(name: str) -> None:
    answer = await Setup().service.add_user(name, Permission.WATCH, actor="Pia")
    assert code_of(answer) is ErrorCode.INVALID_VALUE


@pytest.mark.parametrize("password", ["", "hushhus", "x" * (MAX_PASSWORD + 1), "surrogate\ud800"])
async def test_what_is_no_password_is_refused_and_not_repeated(password: str) -> None:
    setup = Setup()
    answer = await setup.service.add_user("Ada", Permission.WATCH, password, actor="Pia")
    assert code_of(answer) is ErrorCode.INVALID_VALUE
    assert not password or password not in repr(answer)
    await setup.add()
    assert code_of(await setup.service.log_in("Ada", password)) is ErrorCode.LOGIN_REFUSED
    assert setup.hasher.checked == []


async def test_nothing_can_be_done_with_a_user_who_is_not_there() -> None:
    service = Setup().service
    for answer in (
        await service.change_user("Ada", actor="Pia"),
        await service.remove_user("Ada", actor="Pia"),
        await service.make_token("Ada", "x", actor="Pia"),
        await service.list_tokens("Ada"),
        await service.set_key("Ada", None, actor="Pia"),
    ):
        assert code_of(answer) is ErrorCode.USER_NOT_FOUND


async def test_there_is_a_most_of_users() -> None:
    setup = Setup()
    await setup.add()
    (stored,) = setup.records.users.values()
    for number in range(1, MAX_USERS):
        user = replace(stored.user, id=f"{number}", name=f"U{number}")
        setup.records.users[user.id] = replace(stored, user=user)
    one_more = await setup.service.add_user("Ben", Permission.WATCH, actor="Pia")
    assert code_of(one_more) is ErrorCode.INVALID_VALUE


async def test_a_password_opens_a_session_that_ends_by_itself() -> None:
    setup = Setup()
    await setup.add()
    made = await setup.log_in("ADA")
    login = data_of(await setup.check(made))
    assert (login.user.name, login.token.is_session) == ("Ada", True)
    assert setup.acts[-1] == ("Ada logged in", "Ada")
    setup.clock.now += SESSION_LIFETIME_S - 1
    assert (await setup.check(made)).success
    setup.clock.now += 1
    assert code_of(await setup.check(made)) is ErrorCode.LOGIN_REFUSED
    assert data_of(await setup.service.list_tokens("Ada")) == []


async def test_both_ways_to_write_an_accent_are_one_password() -> None:
    setup = Setup()
    await setup.service.add_user("Ada", Permission.WATCH, "cafe\u0301 cafe\u0301", actor="Pia")
    assert (await setup.service.log_in("Ada", "caf\u00e9 caf\u00e9")).success


async def test_who_cannot_log_in_costs_the_same_and_is_told_the_same() -> None:
    setup = Setup()
    await setup.add("Ada")
    await setup.service.add_user("Robot", Permission.WATCH, actor="Pia")
    with capture_logs() as logs:
        answers = [
            await setup.service.log_in(name, password)
            for name, password in (("Ada", OTHER), ("Robot", PASSWORD), ("hunter22 hunter22", PASSWORD))
        ]
    assert {code_of(answer) for answer in answers} == {ErrorCode.LOGIN_REFUSED}
    assert len({repr(answer) for answer in answers}) == 1
    assert setup.hasher.checked == [f"hash of {PASSWORD}", None, None]
    # An unknown name may be a password.
    assert [entry["user"] for entry in logs] == ["Ada", "Robot", None]
    assert PASSWORD not in repr(logs)
    assert "hunter22" not in repr(logs)


async def test_another_password_ends_the_sessions_and_no_token() -> None:
    setup = Setup()
    await setup.add()
    session, token = await setup.log_in(), data_of(await setup.service.make_token("Ada", "", actor="Ada"))
    await setup.service.change_user("Ada", password=OTHER, actor="Ada")
    assert code_of(await setup.check(session)) is ErrorCode.LOGIN_REFUSED
    assert (await setup.check(token)).success
    assert code_of(await setup.service.log_in("Ada", PASSWORD)) is ErrorCode.LOGIN_REFUSED


async def test_a_password_that_is_changed_while_it_is_checked_opens_nothing() -> None:
    setup = Setup()
    await setup.add()

    class ChangedMeanwhile(FastHasher):
        async def check_password(self, password: str, known: str | None) -> bool:
            (user_id,) = setup.records.users
            await setup.records.change_user(user_id, password_hash="another")  # noqa: S106 - a hash
            return await super().check_password(password, known)

    service = build_users(setup.records, ChangedMeanwhile(), setup.events, setup.clock)
    assert code_of(await service.log_in("Ada", PASSWORD)) is ErrorCode.LOGIN_REFUSED
    assert setup.records.tokens == {}


async def test_a_role_that_is_changed_and_a_user_that_is_removed_hold_at_once() -> None:
    setup = Setup()
    await setup.add()
    token = data_of(await setup.service.make_token("Ada", "FOH", actor="Pia"))
    assert data_of(await setup.check(token)).user.permission is Permission.WRITE
    await setup.service.change_user("Ada", permission=Permission.WATCH, actor="Pia")
    assert data_of(await setup.check(token)).user.permission is Permission.WATCH
    await setup.service.remove_user("Ada", actor="Pia")
    assert code_of(await setup.check(token)) is ErrorCode.LOGIN_REFUSED


async def test_a_token_is_stored_as_a_hash_and_seen_in_no_log_or_event() -> None:
    setup = Setup()
    with capture_logs() as logs:
        await setup.add()
        made = data_of(await setup.service.make_token("Ada", "FOH", expires_at=2_000.0, actor="Pia"))
    assert made.text.startswith(f"mb_{made.token.id}_")
    assert len(made.text.rpartition(f"{made.token.id}_")[2]) == 43
    assert made.text not in repr((setup.records.__dict__, logs, setup.events.events))
    assert data_of(await setup.service.list_tokens("Ada")) == [made.token]
    assert setup.acts[-1] == ("Token 'FOH' made for Ada", "Pia")
    other = data_of(await setup.service.make_token("Ada", "FOH", actor="Pia"))
    assert other.text != made.text


@pytest.mark.parametrize(
    "text", ["", "mb_", "mb_0_x", "\u6f22", "mb_" + "0" * 12 + "_" + "A" * 43, "x" * 10_000]
)
async def test_what_is_no_token_of_ours_is_refused(text: str) -> None:
    setup = Setup()
    await setup.add()
    assert code_of(await setup.service.check_token(text)) is ErrorCode.LOGIN_REFUSED


async def test_a_token_with_one_letter_changed_is_refused() -> None:
    setup = Setup()
    await setup.add()
    text = data_of(await setup.service.make_token("Ada", "", actor="Pia")).text
    wrong = text[:-2] + ("A" if text[-2] != "A" else "B") + text[-1]
    assert code_of(await setup.service.check_token(wrong)) is ErrorCode.LOGIN_REFUSED


async def test_a_token_is_ended_by_its_number() -> None:
    setup = Setup()
    await setup.add()
    made, session = data_of(await setup.service.make_token("Ada", "", actor="Pia")), await setup.log_in()
    assert data_of(await setup.service.revoke_token(made.token.id, actor="Ben")).id == made.token.id
    await setup.service.revoke_token(session.token.id, actor="Ada")
    assert setup.acts[-2:] == [("A token of Ada ended", "Ben"), ("A session of Ada ended", "Ada")]
    assert code_of(await setup.check(made)) is ErrorCode.LOGIN_REFUSED
    again = await setup.service.revoke_token(made.token.id, actor="Ben")
    assert code_of(again) is ErrorCode.TOKEN_NOT_FOUND


@pytest.mark.parametrize("moment", [1_000.0, 999.0, float("inf"), float("nan")])
async def test_a_token_that_has_ended_already_is_not_made(moment: float) -> None:
    setup = Setup()
    await setup.add()
    answer = await setup.service.make_token("Ada", "", expires_at=moment, actor="Pia")
    assert code_of(answer) is ErrorCode.INVALID_VALUE


async def test_the_use_of_a_token_is_written_down_once_a_minute() -> None:
    setup = Setup()
    await setup.add()
    made = data_of(await setup.service.make_token("Ada", "", actor="Pia"))
    seen = []
    for later in (0.0, 59.0, 60.0, -3_600.0):
        setup.clock.now = 2_000.0 + later
        seen.append(data_of(await setup.check(made)).token.last_used_at)
    assert seen == [2_000.0, 2_000.0, 2_060.0, -1_600.0]


async def test_a_token_opens_the_door_also_while_nothing_can_be_stored() -> None:
    setup = Setup()
    await setup.add()
    made = data_of(await setup.service.make_token("Ada", "", actor="Pia"))
    setup.records.is_full = True
    assert data_of(await setup.check(made)).token.last_used_at is None


async def test_one_login_too_many_ends_the_oldest() -> None:
    setup = Setup()
    await setup.add()
    sessions = []
    for _ in range(MAX_SESSIONS + 1):
        setup.clock.now += 1
        sessions.append(await setup.log_in())
    assert [(await setup.check(each)).success for each in sessions[:2]] == [False, True]
    assert (await setup.check(sessions[-1])).success


async def test_there_is_a_most_of_tokens_and_those_that_ended_make_room() -> None:
    setup = Setup()
    await setup.add()
    for number in range(MAX_TOKENS):
        ends = 1_500.0 if number == 0 else None
        data_of(await setup.service.make_token("Ada", "", expires_at=ends, actor="Pia"))
    one_more = await setup.service.make_token("Ada", "", actor="Pia")
    assert code_of(one_more) is ErrorCode.INVALID_VALUE
    await setup.log_in()
    setup.clock.now = 1_500.0
    assert (await setup.service.make_token("Ada", "", actor="Pia")).success
    assert len(setup.records.tokens) == MAX_TOKENS + 1
