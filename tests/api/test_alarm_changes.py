from collections.abc import Mapping, Sequence

import pytest

from micboard_tui.domain.alarm import Alarm
from micboard_tui.domain.alarm_rules import AlarmKey, AlarmPriority
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.problem import ProblemCode
from tests.api.conftest import ServedRig
from tests.api.openapi_check import check_answer

RACK = DeviceId("rack-1")
LOST = {"cause": "rf_lost", "device_id": "rack-1", "channel": 1}
OFFLINE = {"cause": "offline", "device_id": "rack-3"}
GONE = {"cause": "rf_lost", "device_id": "rack-1", "channel": 2}


@pytest.fixture
def alarmed(served: ServedRig) -> ServedRig:
    served.rig.alarms.show(
        Alarm(AlarmKey(ProblemCode.RF_LOST, RACK, 1), AlarmPriority.NOW, 1.0, 2.0),
        Alarm(AlarmKey(ProblemCode.OFFLINE, DeviceId("rack-3")), AlarmPriority.SOON, 1.0, 2.0),
    )
    return served


async def test_alarms_are_acknowledged_by_their_cause_and_subject(alarmed: ServedRig) -> None:
    answer = await alarmed.post("/alarms/ack", {"alarms": [LOST, OFFLINE]})
    entries = check_answer(alarmed, answer)["alarms"]
    assert [entry["acknowledged_by"] for entry in entries] == ["Wanda", "Wanda"]
    assert alarmed.rig.alarms.actors == ["Wanda"]


async def test_an_alarm_is_acknowledged_by_the_older_word(alarmed: ServedRig) -> None:
    answer = await alarmed.post("/alerts/rf_lost~rack-1~1/ack")
    assert [entry["cause"] for entry in check_answer(alarmed, answer)["alarms"]] == ["rf_lost"]
    answer = await alarmed.post("/alerts/rf_lost~rack-1~2/ack")
    assert (answer.status_code, check_answer(alarmed, answer)["error"]["code"]) == (404, "ALARM_NOT_FOUND")


async def test_an_alarm_is_shelved_and_taken_back(alarmed: ServedRig) -> None:
    answer = await alarmed.post("/alarms/shelve", {"alarms": [LOST], "minutes": 15})
    (entry,) = check_answer(alarmed, answer)["alarms"]
    assert (entry["is_shelved"], entry["shelved_until"]) == (True, "1970-01-12T14:01:40.000Z")
    answer = await alarmed.post("/alarms/unshelve", {"alarms": [LOST]})
    assert check_answer(alarmed, answer)["alarms"][0]["is_shelved"] is False
    answer = await alarmed.post("/alarms/shelve", {"alarms": [LOST], "until": "1970-01-12T15:00:00Z"})
    assert check_answer(alarmed, answer)["alarms"][0]["shelved_until"] == "1970-01-12T15:00:00.000Z"
    answer = await alarmed.post("/alarms/shelve", {"alarms": [LOST], "moment": "profile"})
    assert check_answer(alarmed, answer)["alarms"][0]["shelved_profile"] == "show"


async def test_a_note_is_written_and_acts_are_taken_back(alarmed: ServedRig) -> None:
    answer = await alarmed.post("/alarms/note", {"alarm": LOST, "text": "wet capsule"})
    assert check_answer(alarmed, answer)["alarm"]["note"] == "wet capsule"
    answer = await alarmed.post("/alarms/undo")
    assert check_answer(alarmed, answer)["alarms"][0]["note"] is None
    assert (await alarmed.post("/alarms/undo")).status_code == 409


async def test_an_alarm_that_is_not_listed_is_not_found(alarmed: ServedRig) -> None:
    for path in ("/alarms/ack", "/alarms/shelve", "/alarms/unshelve"):
        assert (await alarmed.post(path, {"alarms": [GONE]})).status_code == 404, path


WRONG: Sequence[tuple[str, Mapping[str, object]]] = (
    ("/alarms/ack", {"alarms": []}),
    ("/alarms/ack", {"alarms": [LOST] * 401}),
    ("/alarms/ack", {"alarms": [{**LOST, "cause": "unknown"}]}),
    ("/alarms/ack", {"alarms": [{**LOST, "title": "RF lost"}]}),
    ("/alarms/shelve", {"alarms": [LOST], "minutes": 5, "moment": "break"}),
    ("/alarms/shelve", {"alarms": [LOST], "minutes": 0}),
    ("/alarms/shelve", {"alarms": [LOST], "until": "soon"}),
    ("/alarms/note", {"alarm": LOST}),
)


async def test_what_is_not_understood_is_refused(alarmed: ServedRig) -> None:
    for path, body in WRONG:
        answer = await alarmed.post(path, body)
        assert answer.status_code == 422, (path, body)
        assert check_answer(alarmed, answer)["error"]["code"] == "INVALID_VALUE"
