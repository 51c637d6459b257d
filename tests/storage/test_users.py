"""Users and tokens: the same holds in memory and in the database."""

from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest
from sqlalchemy import URL

from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.contracts.users import StoredToken, StoredUser, UserRepository
from micboard_tui.domain.user import Permission, Token, User
from micboard_tui.storage.database import open_database
from tests.fakes.stored_users import InMemoryUsers

ADA = User("a", "Ada", Permission.CONTROL, True, 1000.5)
BEN = User("b", "Zo\u00eb \u6f22", Permission.WATCH, False, 1001.0)
TOKEN = StoredToken(Token("t1", "a", "Companion", 1002.0, None, 9000.0), "f" * 64)
SESSION = StoredToken(Token("s1", "a", "", 1003.0, 1003.0, 9000.0, True), "e" * 64)


@pytest.fixture
async def users(store_url: URL | str | None) -> AsyncGenerator[UserRepository]:
    if store_url is None:
        yield InMemoryUsers()
        return
    async with open_database(store_url) as database:
        yield database.users


async def add_both(users: UserRepository) -> None:
    await users.add_user(StoredUser(ADA, "hash"))
    await users.add_user(StoredUser(BEN))


async def test_users_are_found_by_name_with_their_hash(users: UserRepository) -> None:
    await add_both(users)
    assert sorted(await users.list_users(), key=lambda user: user.id) == [ADA, BEN]
    assert await users.find_user(" ADA ") == StoredUser(ADA, "hash")
    assert await users.find_user("ZOE\u0308 \u6f22") == StoredUser(BEN)
    assert await users.find_user("Cy") is None


async def test_a_name_belongs_to_one_user(users: UserRepository) -> None:
    await add_both(users)
    with pytest.raises(StorageError) as caught:
        await users.add_user(StoredUser(replace(BEN, id="c", name="ADA")))
    assert caught.value.code is ErrorCode.USER_EXISTS


async def test_what_is_given_of_a_user_is_changed(users: UserRepository) -> None:
    await add_both(users)
    await users.change_user("a", permission=Permission.WRITE)
    await users.change_user("b", password_hash="new")  # noqa: S106 - a hash
    await users.change_user("gone", permission=Permission.WRITE)
    assert await users.find_user("Ada") == StoredUser(replace(ADA, permission=Permission.WRITE), "hash")
    assert await users.find_user(BEN.name) == StoredUser(replace(BEN, has_password=True), "new")


async def test_a_key_takes_the_place_of_another_and_is_taken_away(users: UserRepository) -> None:
    await add_both(users)
    for public_key in ("UAAA", "UBBB", None):
        await users.set_key("a", public_key)
        assert await users.find_user("Ada") == StoredUser(replace(ADA, public_key=public_key), "hash")
    await users.set_key("gone", "UCCC")
    assert await users.find_user(BEN.name) == StoredUser(BEN)


async def test_tokens_are_found_with_their_user_newest_first_and_removed(users: UserRepository) -> None:
    await add_both(users)
    await users.add_token(TOKEN)
    await users.add_token(SESSION)
    assert await users.list_tokens("a") == [SESSION.token, TOKEN.token]
    assert await users.list_tokens("b") == []
    assert await users.find_token("t1") == (TOKEN, ADA)
    await users.mark_used("t1", 1010.0)
    await users.mark_used("gone", 1010.0)
    used = replace(TOKEN, token=replace(TOKEN.token, last_used_at=1010.0))
    assert await users.find_token("t1") == (used, ADA)
    await users.remove_token("t1")
    await users.remove_token("t1")
    assert await users.find_token("t1") is None


async def test_a_token_takes_the_place_of_those_that_ended(users: UserRepository) -> None:
    await add_both(users)
    await users.add_token(TOKEN)
    await users.add_token(SESSION, ["t1"])
    assert await users.list_tokens("a") == [SESSION.token]


async def test_another_password_ends_the_sessions_and_leaves_the_tokens(users: UserRepository) -> None:
    await add_both(users)
    await users.add_token(TOKEN)
    await users.add_token(SESSION)
    await users.change_user("a", permission=Permission.WATCH)
    assert len(await users.list_tokens("a")) == 2
    await users.change_user("a", password_hash="new")  # noqa: S106 - a hash
    assert await users.list_tokens("a") == [TOKEN.token]


async def test_tokens_go_with_their_user(users: UserRepository) -> None:
    await add_both(users)
    await users.add_token(TOKEN)
    await users.remove_user("a")
    assert (await users.find_token("t1"), await users.list_users()) == (None, [BEN])
    with pytest.raises(StorageError) as caught:
        await users.add_token(SESSION)
    assert caught.value.code is ErrorCode.CHANGED_SINCE


async def test_a_session_needs_the_password_that_was_checked(users: UserRepository) -> None:
    await add_both(users)
    await users.add_token(SESSION, password_hash="hash")  # noqa: S106 - a hash
    with pytest.raises(StorageError) as caught:
        await users.add_token(TOKEN, ["s1"], password_hash="old")  # noqa: S106 - a hash
    assert caught.value.code is ErrorCode.CHANGED_SINCE
    assert await users.list_tokens("a") == [SESSION.token]


def test_hashes_are_not_printed() -> None:
    assert "hash" not in repr(StoredUser(ADA, "hash"))
    assert TOKEN.text_hash not in repr(TOKEN)
