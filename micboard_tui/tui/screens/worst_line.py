"""The line below the header of the board: what to look after first, and what to do."""

from micboard_tui.contracts.alarm_texts import describe_alarm
from micboard_tui.contracts.bus_loss_texts import describe_first_wait, describe_loss
from micboard_tui.contracts.holder_texts import describe_waiting
from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.alarm import Alarm
from micboard_tui.domain.alarm_list import AlarmList
from micboard_tui.domain.alarm_rules import AlarmPriority
from micboard_tui.domain.bus_loss import BusLoss
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.spare import rank_spares
from micboard_tui.tui.arrange.alarm_lines import AlarmKind, find_line, kind_of
from micboard_tui.tui.arrange.arrangement import LineRef
from micboard_tui.tui.arrange.board_presenter import BoardPresenter
from micboard_tui.tui.arrange.problem_watch import AnyProblem
from micboard_tui.tui.draw.alarm_row import alarm_cells
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.formats import fit
from micboard_tui.tui.draw.summary import worst_problem_cells
from micboard_tui.tui.spare_names import SpareNames


class WorstLine:
    """Shows the worst alarm that was not seen yet; where there is none, the worst problem.

    While nothing is heard of the programs that read the devices it shows that, and while another process
    reads them, who does: nothing here is current. That one of several programs is not heard stands over all
    but an alarm that cannot wait.
    """

    def __init__(self, live: LiveContract, presenter: BoardPresenter, name_key: str) -> None:
        """``name_key`` takes performers off channels that a device does not have."""
        self._live, self._presenter, self._name_key = live, presenter, name_key
        self._spares = SpareNames(lambda ref: rank_spares(ref, live.snapshot(), live.now()), live.now)

    @property
    def ref(self) -> LineRef | None:
        """The line of the board that it is about."""
        if (alarm := self._presenter.contents.alarms.worst_new) is not None:
            return find_line(alarm.key)
        worst = self._presenter.watch.worst
        return None if worst is None else worst.ref

    def cells(self, width: int) -> list[Cell]:
        """All of it in ``width`` cells."""
        findings = self._live.findings
        if findings.lost is not None and not self._is_more_urgent(findings.lost):
            describe = describe_loss if self._presenter.knows_devices else describe_first_wait
            return [_fitting(describe(findings.lost, self._live.now()), "critical", width)]
        if findings.holder is not None:
            return [_fitting(describe_waiting(findings.holder), "warning", width)]
        presenter = self._presenter
        contents, worst = presenter.contents, presenter.watch.worst
        if (alarm := contents.alarms.worst_new) is not None:
            return alarm_cells(
                alarm, describe_alarm(alarm.key, self._live), self._find_spare(alarm), contents.now, width
            )
        kind = None if worst is None else find_kind(worst, contents.alarms)
        handled = "" if kind is None else f"{kind}: "
        cells = worst_problem_cells(
            worst,
            presenter.known_devices,
            presenter.states,
            contents.now,
            self._name_key,
            width - len(handled),
        )
        if not handled:
            return cells
        return [Cell(f" {handled}", "dim"), *(cell._replace(text=cell.text.lstrip()) for cell in cells)]

    def _is_more_urgent(self, loss: BusLoss) -> bool:
        """Whether an alarm has to be seen before this."""
        worst = self._presenter.contents.alarms.worst_new
        return loss.is_partial and worst is not None and worst.priority is AlarmPriority.NOW

    def _find_spare(self, alarm: Alarm) -> str:
        self._spares.start_turn()
        ref = find_line(alarm.key)
        state = self._live.channel(ref) if isinstance(ref, ChannelRef) else None
        return self._spares.find(alarm.key.cause, state) if alarm.is_open else ""


def _fitting(text: str, tone: str, width: int) -> Cell:
    return Cell(f" {fit(text, max(1, width - 1)).rstrip()}", tone)


def find_kind(problem: AnyProblem, alarms: AlarmList) -> AlarmKind | None:
    """Whether the alarm of this problem was seen or shelved, or is none by design; None: it has none yet."""
    ref = problem.ref
    found = alarms.by_channel.get(ref, ()) if isinstance(ref, ChannelRef) else alarms.by_device.get(ref, ())
    device_id, channel = ref if isinstance(ref, ChannelRef) else (ref, None)
    kind = next((kind_of(alarm) for alarm in found if alarm.key.cause is problem.code), None)
    keys = (condition.key for condition in alarms.suppressed)
    if kind is None and any(key.device_id == device_id and key.channel in {None, channel} for key in keys):
        return AlarmKind.BY_DESIGN
    return kind
