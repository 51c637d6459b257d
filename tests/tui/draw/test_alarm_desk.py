"""The header of the alarm desk: how many came lately, how many there are, and which are listed."""

from dataclasses import replace

from rich.cells import cell_len

from micboard_tui.domain.alarm import Alarm
from micboard_tui.domain.alarm_list import NO_ALARMS, AlarmList
from micboard_tui.domain.alarm_rules import AlarmKey, AlarmPriority
from micboard_tui.domain.alarm_suppression import SuppressedCondition, SuppressionReason
from micboard_tui.domain.bus_loss import BusLoss, LossReason
from micboard_tui.domain.findings import Findings
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.tui.arrange.alarm_lines import AlarmFilter
from micboard_tui.tui.draw.alarm_desk import NONE_BEFORE, NOT_READ, FloodText, desk_header, empty_lines

KEYS = [AlarmKey(ProblemCode.RF_LOW, DeviceId("rack"), number) for number in range(1, 49)]
NEW = [Alarm(key, AlarmPriority.AT_BREAK, 0.0, 0.0) for key in KEYS[:12]]
SEEN = [replace(alarm, key=key, acknowledged_at=1.0) for alarm, key in zip(NEW, KEYS[12:], strict=False)]
SHELVED = [replace(alarm, key=key, shelved_by="Pia") for alarm, key in zip(NEW, KEYS[24:], strict=False)]
HIDDEN = [replace(alarm, key=key, hidden_by=KEYS[0]) for alarm, key in zip(NEW, KEYS[36:], strict=False)]
MANY = AlarmList(
    (*NEW, *SEEN, *SHELVED, *HIDDEN),
    suppressed=(SuppressedCondition(KEYS[0], SuppressionReason.PROFILE, 0.0),),
    rate=9,
)


def test_all_counts_fit_the_narrowest_window_and_the_rate_is_marked_where_it_is_too_high() -> None:
    cells = desk_header(MANY, AlarmFilter(), [], 80)
    text = "".join(cell.text for cell in cells)
    assert "9 in 10 min  12 new  12 seen  12 shelved  12 suppressed  1 by design" in text
    assert [cell.tone for cell in cells if "in 10 min" in cell.text] == ["warning"]
    calm = desk_header(AlarmList(rate=2), AlarmFilter(), [], 80)
    assert [(cell.text.strip(), cell.tone) for cell in calm if "in 10 min" in cell.text] == [
        ("2 in 10 min", "dim")
    ]


def test_before_the_stored_alarms_were_read_the_desk_does_not_say_that_there_is_none() -> None:
    assert "not read yet" in "".join(cell.text for cell in desk_header(NO_ALARMS, AlarmFilter(), [], 80))
    collector = BusLoss(0.0, LossReason.COLLECTOR, "land-1")
    for alarms, lost, text in (
        (NO_ALARMS, None, NOT_READ),
        (AlarmList(), None, "No alarm. "),
        (AlarmList(), collector, "No alarm. "),
        (AlarmList(), replace(collector, is_hub_lost=True), NONE_BEFORE[:60]),
        (AlarmList(), BusLoss(0.0, LossReason.CONNECTION), NONE_BEFORE[:60]),
        (NO_ALARMS, BusLoss(0.0, LossReason.HUB), NOT_READ),
    ):
        _, first, *_ = empty_lines(Findings(alarms=alarms, lost=lost), AlarmFilter(), 80)
        assert first[0].text.strip().startswith(text)


def test_a_flood_says_its_own_count() -> None:
    flood = FloodText("FLOOD 63 in 2:10", "first: Offline Rack B 19:42:07")
    notes = [("3 marked", "accent")]
    for width, first in (
        (70, ""),
        (100, ""),
        (120, "first: Offline"),
        (160, "first: Offline Rack B 19:42:07 "),
    ):
        text = "".join(cell.text for cell in desk_header(MANY, AlarmFilter(), notes, width, flood))
        assert text.startswith(f" Alarms  FLOOD 63 in 2:10{', ' if first else '  '}{first}")
        assert ("12 new" in text, "first" in text, cell_len(text)) == (True, bool(first), width)
        assert "in 10 min" not in text
