"""Users, their passwords and tokens. Implements ``UserContract``.

A password is stored as a slow hash. A token has 256 random bits, so a fast hash of it is enough, and a look
at the database at each use is cheap: what is changed or removed, by any process, holds from the next use on.
"""

import hashlib
import hmac
import re
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

import anyio
import structlog

from micboard_tui.contracts.errors import ErrorCode, MicboardError, StorageError, invalid_value_error
from micboard_tui.contracts.ports import WallClock
from micboard_tui.contracts.result import ServiceResult, Success
from micboard_tui.contracts.users import (
    SESSION_LIFETIME_S,
    PasswordHasher,
    StoredToken,
    StoredUser,
    UserRepository,
)
from micboard_tui.domain.public_key import is_public_key
from micboard_tui.domain.safe_text import fold_name, visible
from micboard_tui.domain.user import (
    MAX_SESSIONS,
    MAX_TOKEN_LABEL,
    MAX_TOKENS,
    MAX_USER_NAME,
    MAX_USERS,
    TOKEN_USE_NOTED_S,
    Login,
    NewToken,
    Permission,
    Token,
    User,
)
from micboard_tui.services.error_translation import translate_errors
from micboard_tui.services.field_validation import clean_text, single_blanks
from micboard_tui.services.user.control_arming import ControlArming
from micboard_tui.services.user.password_rules import check_password, is_possible_password
from micboard_tui.services.user.user_events import UserEvents

SECRET_BYTES = 32
MAX_SHOWN_KEY = 60
_TOKEN = re.compile(r"mb_([0-9a-f]{12})_[A-Za-z0-9_-]{43}")
_UNKNOWN_HASH = "0" * 64

log = structlog.get_logger(__name__)


class UserService:
    def __init__(
        self,
        users: UserRepository,
        hasher: PasswordHasher,
        events: UserEvents,
        arming: ControlArming,
        clock: WallClock,
    ) -> None:
        self._users, self._hasher, self._events, self._clock = users, hasher, events, clock
        self._arming = arming
        self._lock = anyio.Lock()
        """Held from counting users or tokens to adding one."""

    @translate_errors
    async def list_users(self) -> ServiceResult[Sequence[User]]:
        return Success(sorted(await self._users.list_users(), key=lambda user: fold_name(user.name)))

    @translate_errors
    async def add_user(
        self, name: str, permission: Permission, password: str | None = None, *, actor: str
    ) -> ServiceResult[User]:
        cleaned = _clean_name(name)
        password_hash = None if password is None else await self._hash(password)
        user = User(secrets.token_hex(4), cleaned, permission, password_hash is not None, self._clock())
        async with self._lock:
            if len(await self._users.list_users()) >= MAX_USERS:
                raise invalid_value_error(f"There can be {MAX_USERS} users at most", "Remove some")
            await self._users.add_user(StoredUser(user, password_hash))
        await self._events.store(f"User {user.name} added, may {permission.value}", actor)
        return Success(user)

    @translate_errors
    async def change_user(
        self, name: str, *, permission: Permission | None = None, password: str | None = None, actor: str
    ) -> ServiceResult[User]:
        before = (await self._require(name)).user
        password_hash = None if password is None else await self._hash(password)
        changes = []
        if permission is not None and permission is not before.permission:
            changes.append(f"may {permission.value}")
        if password_hash is not None:
            changes.append("has another password")
        if changes:
            await self._users.change_user(before.id, permission=permission, password_hash=password_hash)
            await self._events.store(f"User {before.name} {' and '.join(changes)} now", actor)
        return Success(
            replace(
                before,
                permission=permission or before.permission,
                has_password=before.has_password or password_hash is not None,
            )
        )

    @translate_errors
    async def set_key(self, name: str, public_key: str | None, *, actor: str) -> ServiceResult[User]:
        user = (await self._require(name)).user
        if public_key == user.public_key:
            return Success(user)
        if public_key is not None and not is_public_key(public_key):
            raise invalid_value_error(
                f"'{visible(public_key)[:MAX_SHOWN_KEY]}' is no public key of a user",
                "It has 56 letters and digits and starts with U: micboard-tui users key NAME makes one",
            )
        async with self._lock:
            others = [each for each in await self._users.list_users() if each.id != user.id]
            if public_key is not None and public_key in {each.public_key for each in others}:
                raise invalid_value_error("Another user has this key", "Make another one")
            await self._users.set_key(user.id, public_key)
        await self._events.store(f"Key of {user.name} {'ended' if public_key is None else 'set'}", actor)
        return Success(replace(user, public_key=public_key))

    @translate_errors
    async def remove_user(self, name: str, *, actor: str) -> ServiceResult[User]:
        user = (await self._require(name)).user
        await self._users.remove_user(user.id)
        await self._events.store(f"User {user.name} removed", actor)
        return Success(user)

    @translate_errors
    async def make_token(
        self, name: str, label: str, *, expires_at: float | None = None, actor: str
    ) -> ServiceResult[NewToken]:
        user, now = (await self._require(name)).user, self._clock()
        cleaned = clean_text(single_blanks(label), "The label of a token", MAX_TOKEN_LABEL) or ""
        if expires_at is not None and not now < expires_at < float("inf"):
            raise invalid_value_error("The token would have ended already", "Give a moment to come")
        made = _new_token(Token(_new_id(), user.id, cleaned, now, expires_at=expires_at))
        async with self._lock:
            kept = await self._users.list_tokens(user.id)
            ended = [token.id for token in kept if _has_ended(token, now)]
            programs = [token for token in kept if not token.is_session and token.id not in ended]
            if len(programs) >= MAX_TOKENS:
                raise invalid_value_error(
                    f"{visible(user.name)} has {MAX_TOKENS} tokens, which is the most",
                    "Revoke one that is not used: micboard-tui users tokens NAME",
                )
            await self._users.add_token(_hashed(made), ended)
        await self._events.store(f"{_describe(made.token)} made for {user.name}", actor)
        return Success(made)

    @translate_errors
    async def list_tokens(self, name: str) -> ServiceResult[Sequence[Token]]:
        user, now = (await self._require(name)).user, self._clock()
        return Success([each for each in await self._users.list_tokens(user.id) if not _has_ended(each, now)])

    @translate_errors
    async def revoke_token(self, token_id: str, *, actor: str) -> ServiceResult[Token]:
        if (found := await self._users.find_token(token_id)) is None:
            raise MicboardError(
                ErrorCode.TOKEN_NOT_FOUND,
                f"No token has the number '{visible(token_id)[:MAX_TOKEN_LABEL]}'",
                hint="See the tokens of a user: micboard-tui users tokens NAME",
            )
        stored, user = found
        await self._users.remove_token(token_id)
        await self._events.store(f"{_describe(stored.token)} of {user.name} ended", actor)
        return Success(stored.token)

    @translate_errors
    async def log_in(self, name: str, password: str) -> ServiceResult[NewToken]:
        known = await self._users.find_user(name[: 2 * MAX_USER_NAME])
        password_hash = known.password_hash if known else None
        if not is_possible_password(password):
            # It costs an attacker nothing to find out how long a password may be.
            raise _login_refused()
        is_right = await self._hasher.check_password(_normal(password), password_hash)
        if known is None or password_hash is None or not is_right:
            # An unknown name may be a password that was typed into the wrong field.
            log.warning("login_refused", user=known.user.name if known else None)
            raise _login_refused()
        return Success(await self._open_session(known.user, password_hash))

    @translate_errors
    async def log_out(self, text: str) -> ServiceResult[None]:
        login = await self.check_token(text)
        if not login.success:
            return Success(None) if login.error.code is ErrorCode.LOGIN_REFUSED else login
        user, token = login.data.user, login.data.token
        await self._arming.disarm(user.name)
        if token.is_session:
            await self._users.remove_token(token.id)
            await self._events.store(f"{user.name} logged out", user.name)
        return Success(None)

    @translate_errors
    async def check_token(self, text: str) -> ServiceResult[Login]:
        match = _TOKEN.fullmatch(text)
        found = None if match is None else await self._users.find_token(match[1])
        known_hash = _UNKNOWN_HASH if found is None else found[0].text_hash
        is_right = hmac.compare_digest(_hash_text(text), known_hash)
        now = self._clock()
        if found is None or not is_right or _has_ended(found[0].token, now):
            raise MicboardError(
                ErrorCode.LOGIN_REFUSED,
                "The token is not known, or has ended",
                hint="Log in again, or make another: micboard-tui users token NAME",
            )
        stored, user = found
        return Success(Login(user, await self._note_use(stored.token, now)))

    @translate_errors
    async def arm_control(self, minutes: int, *, actor: str) -> ServiceResult[float]:
        return Success(await self._arming.arm(actor, minutes))

    @translate_errors
    async def disarm_control(self, *, actor: str) -> ServiceResult[bool]:
        return Success(await self._arming.disarm(actor))

    async def find_armed_end(self, name: str) -> ServiceResult[float | None]:
        return Success(self._arming.end_of(name))

    async def _require(self, name: str) -> StoredUser:
        if (known := await self._users.find_user(name[: 2 * MAX_USER_NAME])) is None:
            raise MicboardError(
                ErrorCode.USER_NOT_FOUND,
                f"There is no user '{visible(name.strip()[:MAX_USER_NAME])}'",
                hint="See all with: micboard-tui users list",
            )
        return known

    async def _hash(self, password: str) -> str:
        check_password(password)
        return await self._hasher.hash_password(_normal(password))

    async def _open_session(self, user: User, password_hash: str) -> NewToken:
        now = self._clock()
        made = _new_token(
            Token(_new_id(), user.id, "", now, now, expires_at=now + SESSION_LIFETIME_S, is_session=True)
        )
        async with self._lock:
            kept = await self._users.list_tokens(user.id)
            sessions = [token for token in kept if token.is_session and not _has_ended(token, now)]
            ended = [token.id for token in kept if _has_ended(token, now)]
            ended += [token.id for token in sessions[MAX_SESSIONS - 1 :]]
            try:
                await self._users.add_token(_hashed(made), ended, password_hash=password_hash)
            except StorageError as error:
                if error.code is ErrorCode.CHANGED_SINCE:
                    # The password was changed, or the user removed, while it was checked.
                    raise _login_refused() from error
                raise
        await self._events.store(f"{user.name} logged in", user.name)
        return made

    async def _note_use(self, token: Token, now: float) -> Token:
        """The clock may have been set back."""
        if token.last_used_at is not None and abs(now - token.last_used_at) < TOKEN_USE_NOTED_S:
            return token
        try:
            await self._users.mark_used(token.id, now)
        except StorageError as failure:
            # Who has a token comes in, also while nothing can be stored.
            log.warning("use_not_noted", code=failure.code.value, reason=failure.info.message)
            return token
        return replace(token, last_used_at=now)


def _clean_name(name: str) -> str:
    cleaned = clean_text(single_blanks(name), "A user name", MAX_USER_NAME)
    if cleaned is None:
        raise invalid_value_error("A user needs a name", "Give it at least one character")
    return cleaned


def _normal(password: str) -> str:
    """Keyboards write an accent in one character or in two; both are one password."""
    return unicodedata.normalize("NFC", password)


def _new_id() -> str:
    return secrets.token_hex(6)


def _new_token(token: Token) -> NewToken:
    return NewToken(token, f"mb_{token.id}_{secrets.token_urlsafe(SECRET_BYTES)}")


def _hashed(made: NewToken) -> StoredToken:
    return StoredToken(made.token, _hash_text(made.text))


def _hash_text(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _has_ended(token: Token, now: float) -> bool:
    return token.expires_at is not None and token.expires_at <= now


def _describe(token: Token) -> str:
    if token.is_session:
        return "A session"
    return f"Token '{token.label}'" if token.label else "A token"


def _login_refused() -> MicboardError:
    return MicboardError(
        ErrorCode.LOGIN_REFUSED,
        "The name or the password is not right",
        hint="Try again; another password is set with: micboard-tui users change NAME --password",
    )
