from tests.api.conftest import ServedRig

ALARMS = "/api/v1/alarms"


async def test_alarms_stand_with_their_cures_and_what_is_none_by_design_apart(prepared: ServedRig) -> None:
    document = (await prepared.client.get(ALARMS)).json()
    listed = [(alarm["cause"], alarm["about"], alarm["status"]) for alarm in document["alarms"]]
    assert listed == [("battery_low", "Rack A/2", "raised"), ("rf_low", "Rack A/1", "acknowledged")]
    assert all(alarm["cure"] for alarm in document["alarms"])
    assert [each["reason"] for each in document["by_design"]] == ["expected_off"]
    assert document["is_read"]


async def test_alarms_of_some_states_only(prepared: ServedRig) -> None:
    new = (await prepared.client.get(f"{ALARMS}?status=new")).json()
    assert ([each["cause"] for each in new["alarms"]], new["by_design"]) == (["battery_low"], [])
    both = (await prepared.client.get(f"{ALARMS}?status=seen&status=by_design")).json()
    assert ([each["cause"] for each in both["alarms"]], len(both["by_design"])) == (["rf_low"], 1)


async def test_alarms_come_in_pages_and_by_design_once(prepared: ServedRig) -> None:
    first = (await prepared.client.get(f"{ALARMS}?limit=1")).json()
    following = {"limit": 1, "cursor": first["next_cursor"]}
    last = (await prepared.client.get(ALARMS, params=following)).json()
    assert [each["cause"] for each in (*first["alarms"], *last["alarms"])] == ["battery_low", "rf_low"]
    assert (len(first["by_design"]), last["by_design"], last["next_cursor"]) == (1, [], None)


async def test_the_older_word_answers_the_same(prepared: ServedRig) -> None:
    assert (await prepared.client.get("/api/v1/alerts")).json() == (await prepared.client.get(ALARMS)).json()


async def test_alarms_that_are_not_read_yet_are_no_empty_list(served: ServedRig) -> None:
    assert not (await served.client.get(ALARMS)).json()["is_read"]


async def test_the_history_says_who_did_what(prepared: ServedRig) -> None:
    events = (await prepared.client.get(f"{ALARMS}/history?since=1h")).json()["events"]
    assert [(each["event"], each["actor"]) for each in events] == [("raised", None), ("acknowledged", "Ada")]
    assert (await prepared.client.get(f"{ALARMS}/history?since=10s")).json()["events"] == []


async def test_a_history_that_cannot_be_read_is_no_empty_list(prepared: ServedRig) -> None:
    prepared.rig.alarms.is_broken = True
    answer = await prepared.client.get(f"{ALARMS}/history")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "DATABASE_DAMAGED")
