"""Passwords, sessions and tokens stand in no log and in no error."""

import logging

import pytest
from structlog.testing import capture_logs

from micboard_tui.api.access import SESSION_COOKIE
from tests.api.conftest import CONTROL, ServedRig, as_user
from tests.fakes.users import PASSWORD

WRONG_PASSWORD = "hunter2hunter2"  # noqa: S105 - of a test
WRONG_TOKEN = "mb_77_wrongwrongwrong"  # noqa: S105 - of a test


async def test_no_secret_is_in_a_log_or_in_an_answer(
    served: ServedRig, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client = served.client
    with capture_logs() as logs:
        answers = [
            await client.post("/api/v1/session", json={"name": "Carla", "password": WRONG_PASSWORD}),
            await client.post("/api/v1/session", json={"name": 1, "password": WRONG_PASSWORD}),
            await client.post("/api/v1/session", json={"name": "Carla", "pass": WRONG_PASSWORD}),
            await client.post("/api/v1/session", content=f'{{"password": "{WRONG_PASSWORD}"'),
            await client.post("/api/v1/session", json={"name": "Carla", "password": PASSWORD}),
            await client.post("/api/v1/control/arm", json={"minutes": 1}),
            await client.post("/api/v1/devices/rack-1/commands", json={"kind": "identify"}),
            await client.get("/api/v1/devices", headers=as_user(WRONG_TOKEN)),
            await client.post("/api/v1/undo", headers=as_user(WRONG_TOKEN)),
            await client.post("/api/v1/undo", headers=CONTROL),
        ]
        session = client.cookies[SESSION_COOKIE]
        answers.append(await client.delete("/api/v1/session"))
    assert [answer.status_code for answer in answers] == [
        401,
        422,
        422,
        415,
        200,
        200,
        200,
        401,
        401,
        409,
        200,
    ]
    assert any(each["event"] == "command_sent" for each in logs)
    own = [record for record in caplog.records if not record.name.startswith("httpx")]
    written = [str(logs), *(str(record.__dict__) for record in own), *(answer.text for answer in answers)]
    secrets = (WRONG_PASSWORD, PASSWORD, WRONG_TOKEN, session, CONTROL["Authorization"].split()[1])
    assert [secret for secret in secrets if any(secret in text for text in written)] == []
