from dataclasses import replace

from micboard_tui.api.context import PLAN_MAX_AGE_S
from tests.api.conftest import LOW, ServedRig
from tests.api.prepared_show import WALK


async def test_the_plan_is_made_once_a_second(prepared: ServedRig) -> None:
    before = (await prepared.client.get("/api/v1/plan")).json()
    assert [(pack["name"], pack["channel"]) for pack in before["packs"]] == [("Ben", 1), ("Guitar", 2)]
    await prepared.services.assignments.mark(
        [prepared.rig.live.snapshot()[0].channels[1].ref], expected_off=True, actor="Ada"
    )
    assert (await prepared.client.get("/api/v1/plan")).json() == before
    prepared.rig.manual_clock.now += PLAN_MAX_AGE_S
    assert len((await prepared.client.get("/api/v1/plan")).json()["packs"]) == 1


async def test_thresholds_say_what_replaces_them(prepared: ServedRig) -> None:
    document = (await prepared.client.get("/api/v1/thresholds")).json()
    (override,) = document["thresholds"]
    assert (override["for"], override["name"], override["value"]) == ("Rack A/1", "rf.low_dbm", -80)
    assert document["settings"]["battery.low_percent"] >= LOW.percent


async def test_the_line_check_says_what_is_missing(prepared: ServedRig) -> None:
    document = (await prepared.client.get("/api/v1/line-check")).json()
    lines = {line["name"]: line for line in document["lines"]}
    assert (document["started"]["by"], lines["Guitar"]["by_hand"]["by"]) == ("Ada", "Ada")
    assert (lines["Ben"]["is_checked"], lines["Guitar"]["is_checked"]) == (False, True)
    assert lines["Ben"]["missing"]


async def test_without_a_line_check_there_are_no_lines(served: ServedRig) -> None:
    document = (await served.client.get("/api/v1/line-check")).json()
    assert document == {"schema": 1, "started": None, "lines": []}


async def test_walks_stand_newest_first_in_pages(prepared: ServedRig) -> None:
    await prepared.rig.walks.keep(replace(WALK, name="Second"))
    first = (await prepared.client.get("/api/v1/walks?limit=1")).json()
    last = (await prepared.client.get(f"/api/v1/walks?limit=1&cursor={first['next_cursor']}")).json()
    assert [walk["name"] for walk in (*first["walks"], *last["walks"])] == ["Second", ""]
    assert last["walks"][0]["results"][0]["place"] == "Balcony"


async def test_notes_are_read_without_counting_as_shown(prepared: ServedRig) -> None:
    notes = (await prepared.client.get("/api/v1/handover")).json()["notes"]
    assert [(note["by"], note["text"], note["shown_at"]) for note in notes] == [
        ("Ada", "Pack 7 is slow", None)
    ]
    shown = await prepared.services.handover.take_new(actor="Ben")
    assert len(shown.data or ()) == 1


async def test_recaps_name_the_shows_that_were_started(prepared: ServedRig) -> None:
    recaps = (await prepared.client.get("/api/v1/recaps")).json()["recaps"]
    assert [(each["show"], each["ended_at"]) for each in recaps] == [("Romeo", None)]
