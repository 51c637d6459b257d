"""The lock of the show over HTTP: no token changes anything while it is locked."""

from collections.abc import Mapping, Sequence

from micboard_tui.domain.show_lock import ShowLock
from tests.api.conftest import CONTROL, WATCH, WRITE, ServedRig
from tests.api.openapi_check import check_answer
from tests.fakes.users import PASSWORD

PIN = {"pin": "4711"}
CHANGES: Sequence[tuple[str, str, Mapping[str, object] | None]] = (
    ("POST", "/control/arm", {"minutes": 10}),
    ("POST", "/devices/rack-1/commands", {"kind": "set_gain", "channel": 1, "gain_db": 12}),
    ("DELETE", "/devices/rack-1", None),
    ("POST", "/undo", None),
    ("POST", "/line-check/start", {}),
    ("POST", "/lock", PIN),
)


async def test_a_locked_show_is_changed_by_no_token(served: ServedRig) -> None:
    answer = await served.send("POST", "/lock", PIN, WRITE)
    assert check_answer(served, answer)["lock"]["by"] == "Wanda"
    for method, path, body in CHANGES:
        answer = await served.send(method, path, body, CONTROL)
        error = check_answer(served, answer)["error"]
        assert (answer.status_code, error["code"]) == (423, "SHOW_LOCKED"), path
    answer = await served.send("POST", "/events", {"text": "It began"}, WRITE)
    assert answer.status_code in {200, 201}
    assert check_answer(served, await served.send("GET", "/lock", None, WATCH))["lock"]["by"] == "Wanda"


async def test_it_is_unlocked_with_the_pin_alone_and_wrong_ones_wait(served: ServedRig) -> None:
    await served.send("POST", "/lock", PIN, WRITE)
    for pin in ("0000", "4711"):
        answer = await served.send("POST", "/unlock", {"pin": pin}, CONTROL)
        assert (answer.status_code, check_answer(served, answer)["error"]["code"]) == (403, "PIN_REFUSED")
    served.rig.manual_clock.now += 1.0
    answer = await served.send("POST", "/unlock", PIN, CONTROL)
    assert check_answer(served, answer)["lock"] is None
    assert (await served.send("POST", "/unlock", PIN, WATCH)).status_code == 403
    assert (await served.send("POST", "/lock", {"pin": "12"}, WRITE)).status_code == 422


async def test_who_is_logged_in_can_log_out_while_it_is_locked(served: ServedRig) -> None:
    await served.client.post("/api/v1/session", json={"name": "Carla", "password": PASSWORD})
    await served.rig.access.lock_show("4711", actor="Ada")
    answer = await served.client.delete("/api/v1/session")
    assert answer.status_code == 200
    assert served.rig.live.findings.show_lock == ShowLock("Ada", served.rig.clock())
