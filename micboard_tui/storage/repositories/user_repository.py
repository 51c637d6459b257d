"""Users and tokens in the database: implements ``UserRepository``."""

from collections.abc import Sequence

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.contracts.users import StoredToken, StoredUser
from micboard_tui.domain.safe_text import fold_name
from micboard_tui.domain.user import Permission, Token, User
from micboard_tui.storage.state_writer import table_of
from micboard_tui.storage.transactions import Transactions
from micboard_tui.storage.user_tables import TokenRow, UserRow

USERS, TOKENS = table_of(UserRow), table_of(TokenRow)


class SqlUsers:
    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    async def list_users(self) -> Sequence[User]:
        return await self._transactions.read_rows(
            lambda connection: [_user_of(row) for row in connection.execute(select(USERS)).mappings()]
        )

    async def find_user(self, name: str) -> StoredUser | None:
        statement = select(USERS).where(USERS.c.folded_name == fold_name(name))

        def read(connection: Connection) -> StoredUser | None:
            row = connection.execute(statement).mappings().first()
            return None if row is None else StoredUser(_user_of(row), row["password_hash"])

        return await self._transactions.read_rows(read)

    async def add_user(self, user: StoredUser) -> None:
        known = user.user
        values = {
            "id": known.id,
            "name": known.name,
            "folded_name": fold_name(known.name),
            "permission": known.permission.value,
            "password_hash": user.password_hash,
            "created_at": known.created_at,
            "public_key": known.public_key,
        }
        statement = insert(USERS).values(values)
        await self._transactions.write_durably(lambda connection: connection.execute(statement))

    async def change_user(
        self, user_id: str, *, permission: Permission | None = None, password_hash: str | None = None
    ) -> None:
        values = {} if permission is None else {"permission": permission.value}
        if password_hash is not None:
            values["password_hash"] = password_hash

        def write(connection: Connection) -> None:
            if values:
                connection.execute(update(USERS).where(USERS.c.id == user_id).values(values))
            if password_hash is not None:
                sessions = TOKENS.c.user_id == user_id, TOKENS.c.is_session
                connection.execute(delete(TOKENS).where(*sessions))

        await self._transactions.write_durably(write)

    async def set_key(self, user_id: str, public_key: str | None) -> None:
        statement = update(USERS).where(USERS.c.id == user_id).values(public_key=public_key)
        await self._transactions.write_durably(lambda connection: connection.execute(statement))

    async def remove_user(self, user_id: str) -> None:
        def write(connection: Connection) -> None:
            connection.execute(delete(TOKENS).where(TOKENS.c.user_id == user_id))
            connection.execute(delete(USERS).where(USERS.c.id == user_id))

        await self._transactions.write_durably(write)

    async def list_tokens(self, user_id: str) -> Sequence[Token]:
        statement = (
            select(TOKENS)
            .where(TOKENS.c.user_id == user_id)
            .order_by(TOKENS.c.created_at.desc(), TOKENS.c.id.desc())
        )
        return await self._transactions.read_rows(
            lambda connection: [_token_of(row) for row in connection.execute(statement).mappings()]
        )

    async def add_token(
        self, token: StoredToken, ended: Sequence[str] = (), *, password_hash: str | None = None
    ) -> None:
        known = token.token
        values = {
            "id": known.id,
            "user_id": known.user_id,
            "label": known.label,
            "text_hash": token.text_hash,
            "created_at": known.created_at,
            "last_used_at": known.last_used_at,
            "expires_at": known.expires_at,
            "is_session": known.is_session,
        }

        def write(connection: Connection) -> None:
            stored = select(USERS.c.password_hash).where(USERS.c.id == known.user_id)
            user = connection.execute(stored).first()
            if user is None or (password_hash is not None and user.password_hash != password_hash):
                raise StorageError(
                    ErrorCode.CHANGED_SINCE, "The user was changed or removed meanwhile", hint="Look again"
                )
            if ended:
                connection.execute(delete(TOKENS).where(TOKENS.c.id.in_(ended)))
            connection.execute(insert(TOKENS).values(values))

        await self._transactions.write_durably(write)

    async def find_token(self, token_id: str) -> tuple[StoredToken, User] | None:
        def read(connection: Connection) -> tuple[StoredToken, User] | None:
            row = connection.execute(select(TOKENS).where(TOKENS.c.id == token_id)).mappings().first()
            if row is None:
                return None
            owner = connection.execute(select(USERS).where(USERS.c.id == row["user_id"])).mappings().first()
            # Another process may have removed the user between the two.
            return None if owner is None else (StoredToken(_token_of(row), row["text_hash"]), _user_of(owner))

        return await self._transactions.read_rows(read)

    async def remove_token(self, token_id: str) -> None:
        statement = delete(TOKENS).where(TOKENS.c.id == token_id)
        await self._transactions.write_durably(lambda connection: connection.execute(statement))

    async def mark_used(self, token_id: str, at: float) -> None:
        statement = update(TOKENS).where(TOKENS.c.id == token_id).values(last_used_at=at)
        await self._transactions.write_readings(lambda connection: connection.execute(statement))


def _user_of(row: RowMapping) -> User:
    return User(
        row["id"],
        row["name"],
        Permission(row["permission"]),
        row["password_hash"] is not None,
        row["created_at"],
        row["public_key"],
    )


def _token_of(row: RowMapping) -> Token:
    return Token(
        row["id"],
        row["user_id"],
        row["label"],
        row["created_at"],
        row["last_used_at"],
        row["expires_at"],
        bool(row["is_session"]),
    )
