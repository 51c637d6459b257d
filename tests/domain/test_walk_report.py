from dataclasses import replace

from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.walk_report import csv_report, grade_text, markdown_report
from micboard_tui.domain.walk_test import LevelFigures, PlaceFigures, Walk, WalkResult

REF = ChannelRef(DeviceId("rack"), 1)


def result(place: int, p5: float | None, title: str = "Rack 1/1 Ada", **values: float) -> WalkResult:
    level = LevelFigures(None if p5 is None else p5 - 5, p5, None if p5 is None else p5 + 20)
    figures = PlaceFigures(values.get("seconds", 20.0), 200, level, level, level, 1, 2, 3)
    return WalkResult(place, REF, title, figures._replace(drop_outs=int(values.get("drop_outs", 0))))


WALK = Walk(
    0.0,
    600.0,
    "Pia",
    {1: "Pit", 2: "=Balcony|left"},
    [result(2, -90.0), result(1, -60.0, "-Ada"), result(3, None)],
    "Tour",
    7,
)
EARLIER = replace(WALK, results=[result(2, -80.0), result(1, -61.0)])


def test_a_csv_has_a_line_for_each_place_and_channel_and_no_formula() -> None:
    lines = csv_report(WALK, EARLIER).split("\r\n")
    assert lines[0].startswith("place,channel,grade,margin dB,drop-outs")
    assert lines[1] == "'=Balcony|left,Rack 1/1 Ada,bad,5,0,,3,1,2,-95,-90,-70,-95,-90,-70,0.0,20,0.10,-10"
    assert lines[2].startswith("Pit,'-Ada,good,35,")
    assert lines[2].endswith(",+1")
    assert lines[3].startswith("Place 3,Rack 1/1 Ada,no levels,,0,")
    assert csv_report(WALK).split("\r\n")[1].endswith(",0.10,")
    hostile = csv_report(replace(WALK, places={1: "=\x1b[31mPit"}))
    assert "'=␛[31mPit" in hostile


def test_markdown_marks_what_became_worse_and_cannot_be_broken_by_names() -> None:
    text = markdown_report(WALK, EARLIER)
    assert text.startswith("# Tour\n\n1970-01-01 00:00, 10 min, Pia. The worst place first.")
    assert "| =Balcony\\|left | Rack 1/1 Ada | bad | 5 |" in text
    assert "| **-10** |" in text
    assert "| +1 |" in text
    assert "Compared with" not in markdown_report(replace(WALK, name=""))
    assert markdown_report(replace(WALK, name="")).startswith("# Walk test\n")


def test_what_cannot_be_judged_says_why() -> None:
    assert grade_text(result(1, -60.0, seconds=9.0)) == "too short"
    assert grade_text(result(1, None)) == "no levels"
    assert grade_text(result(1, -60.0, drop_outs=1)) == "bad"
