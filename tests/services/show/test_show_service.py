"""Shows are planned by steps and called by people; what is current shows in the findings."""

from dataclasses import replace

import pytest

from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.contracts.events import EventQuery
from micboard_tui.contracts.plot_preview_texts import describe_preview
from micboard_tui.contracts.result import ServiceResult, T_co
from micboard_tui.domain.event import EventKind
from micboard_tui.domain.mic_plot_texts import summarize_plot
from micboard_tui.domain.remote_call import RemoteCall
from micboard_tui.domain.show import Show, ShowBreak, ShowProgress, ShowState
from micboard_tui.domain.show_calls import ShowAction, ShowCall
from micboard_tui.domain.show_changes import ShowRefusal
from micboard_tui.domain.show_lock import ShowLock
from micboard_tui.services.assembly import build_services
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.show.remote_calls import RemoteCalls
from micboard_tui.services.show.show_refusals import show_refused
from micboard_tui.services.show.show_service import ShowService
from micboard_tui.services.steady_clock import SteadyClock
from tests.domain.test_show import SHOW, T
from tests.fakes.plugins import Plugins
from tests.fakes.repositories import InMemoryDevices
from tests.fakes.services import FakeSessions, fake_adapters, in_memory

PIA = "Pia"


class Stage:
    def __init__(self) -> None:
        self.wall = self.steady = T
        self.clock = SteadyClock(lambda: self.wall, lambda: self.steady)
        self.live = LiveState(self.clock)
        self.records = in_memory(InMemoryDevices())
        self.shows = self.open()

    def open(self) -> ShowService:
        """Another process with the same records, with its own live state the first time."""
        adapters = fake_adapters(self.records, Plugins(), live=self.live, clock=self.clock)
        self.events = adapters.events
        services = build_services(adapters, FakeSessions())
        self.steps = services.assignments
        self.remote = RemoteCalls(services.shows, adapters.events, self.live)
        return services.shows

    @property
    def shown(self) -> ShowProgress | None:
        return self.live.findings.show

    def pass_time(self, seconds: float) -> None:
        self.wall += seconds
        self.steady += seconds


@pytest.fixture
def stage() -> Stage:
    return Stage()


def code_of(answer: ServiceResult[T_co]) -> ErrorCode | None:
    return None if answer.success else answer.error.code


def data_of(answer: ServiceResult[T_co]) -> T_co:
    assert answer.success, answer.error
    return answer.data


async def test_a_plan_is_added_changed_and_removed_by_steps(stage: Stage) -> None:
    shows = stage.shows
    assert (await shows.add_show(replace(SHOW, name="  Romeo "), actor=PIA)).data == SHOW
    assert (await shows.add_show(Show("Aida"), actor=PIA)).success
    assert code_of(await shows.add_show(Show("romeo"), actor=PIA)) is ErrorCode.SHOW_EXISTS
    assert code_of(await shows.add_show(Show(" "), actor=PIA)) is ErrorCode.INVALID_VALUE
    impossible = Show("Long", breaks=(ShowBreak(10, -1),))
    assert code_of(await shows.add_show(impossible, actor=PIA)) is ErrorCode.INVALID_VALUE
    assert [show.name for show in data_of(await shows.list_shows())] == ["Aida", "Romeo"]
    longer = replace(SHOW, end_min=200)
    assert (await shows.change_show("ROMEO", longer, actor=PIA)).success
    assert (await shows.find_show("romeo")).data == longer
    assert data_of(await stage.steps.undo(actor="Pia")).text == "Show Romeo changed"
    assert (await shows.find_show("romeo")).data == SHOW
    assert (await shows.remove_show("aida", actor=PIA)).success
    answer = await shows.find_show("Aid")
    assert not answer.success
    assert (answer.error.code, "show list" in answer.error.hint) == (ErrorCode.SHOW_NOT_FOUND, True)


async def test_a_show_is_used_called_and_shown(stage: Stage) -> None:
    shows = stage.shows
    start = ShowCall(ShowAction.START)
    assert code_of(await shows.call(start, actor=PIA)) is ErrorCode.NO_SHOW
    await shows.add_show(SHOW, actor=PIA)
    assert (await shows.use_show("Romeo", actor=PIA)).data == ShowProgress(SHOW)
    assert stage.shown == ShowProgress(SHOW)
    on = data_of(await shows.call(start, actor=PIA))
    assert (on.state, on.started_at, stage.shown) == (ShowState.RUNNING, T, on)
    refused = await shows.call(start, actor=PIA)
    assert not refused.success
    assert refused.error == show_refused(ShowRefusal.IS_ON, "The show is on").info
    for refusal in (
        await shows.use_show(None, actor=PIA),
        await shows.remove_show("Romeo", actor=PIA),
    ):
        assert code_of(refusal) is ErrorCode.SHOW_REFUSED
    # The same plan stays the same object, whoever read it.
    plan = on.show
    await shows.call(ShowCall(ShowAction.NEXT), actor=PIA)
    assert stage.shown is not None
    assert stage.shown.show is plan
    # A plan that changes while the show is on holds at once.
    await shows.change_show("Romeo", replace(SHOW, end_min=200), actor=PIA)
    assert stage.shown is not None
    assert stage.shown.minutes_to_end(T) == 200
    assert (await shows.call(ShowCall(ShowAction.END), actor=PIA)).success
    assert (await shows.use_show(None, actor=PIA)).data is None
    assert (await shows.get_progress()).data is None
    assert stage.live.findings.show is None
    events = data_of(await stage.events.list_events(EventQuery(kinds=[EventKind.SHOW])))
    assert [(event.text, event.actor) for event in events] == [
        ("Romeo is the current show", PIA),
        ("Romeo started", PIA),
        ("Scene 2 The letter", PIA),
        ("Romeo ended", PIA),
        ("No show is current", PIA),
    ]


async def test_what_another_program_calls_is_shown_and_what_is_stored_is_there_again(stage: Stage) -> None:
    await stage.shows.add_show(SHOW, actor=PIA)
    await stage.shows.use_show("Romeo", actor=PIA)
    stage.live.findings = replace(stage.live.findings, show=None)
    again = stage.open()
    await again.look()
    assert stage.shown == ShowProgress(SHOW)
    before = stage.live.findings
    await again.look()
    assert stage.live.findings is before  # nothing changed: nothing is replaced


async def test_a_clock_that_is_set_does_not_move_the_show(stage: Stage) -> None:
    await stage.shows.add_show(SHOW, actor=PIA)
    await stage.shows.use_show("Romeo", actor=PIA)
    await stage.shows.call(ShowCall(ShowAction.START), actor=PIA)
    await stage.shows.look()
    stage.pass_time(600)
    stage.wall += 7200
    stage.clock.follow(stage.clock.correction_s())
    await stage.shows.look()
    assert stage.shown is not None
    assert stage.shown.minutes_to_end(stage.clock()) == 170
    assert stage.shown.started_at == T + 7200


PLOT = """act,scene,minutes,channel,performer,character,role,note
1,1,5,7,Ann,Romeo,primary,wig
1,2,,7,Bea,,primary,
1,2,,8,Ann,=Tybalt,backup,
"""


async def test_a_plot_is_previewed_imported_and_written_again(stage: Stage) -> None:
    shows = stage.shows
    preview = data_of(await shows.preview_import(PLOT.encode(), "Romeo"))
    assert (preview.name, preview.is_new, preview.unknown_mics) == ("Romeo", True, ())
    assert summarize_plot(preview.table.plot) == "2 scenes, 2 mics, 1 hand-over, 1 conflict"
    assert (await shows.list_shows()).data == []
    await shows.apply_import(PLOT.encode(), "Romeo", actor=PIA)
    await shows.use_show("Romeo", actor=PIA)
    again = preview._replace(is_new=False, is_same=True)
    assert (await shows.preview_import(PLOT.encode(), " romeo ")).data == again
    assert describe_preview(again)[0].kind == "same"
    text = data_of(await shows.export("romeo"))
    assert "'=Tybalt" in text
    assert data_of(await shows.preview_import(text.encode(), "Copy")).table.plot == preview.table.plot
    # The plan stays when the plot is replaced, also while the show is on.
    await shows.change_show("Romeo", replace(SHOW, plot=preview.table.plot), actor=PIA)
    await shows.call(ShowCall(ShowAction.START), actor=PIA)
    await shows.apply_import(PLOT.replace("Bea", "Cy").encode(), "Romeo", actor=PIA)
    assert stage.shown is not None
    assert stage.shown.show.breaks == SHOW.breaks
    assert stage.shown.show.plot.entries[1].performer == "Cy"
    assert data_of(await stage.steps.undo(actor="Pia")).text == "Mic plot of Romeo imported"
    await shows.look()
    assert (await shows.find_show("Romeo")).data == replace(SHOW, plot=preview.table.plot)
    refused = await shows.preview_import(b"a shopping list", "Romeo")
    assert not refused.success
    assert refused.error.message == "This is not a mic plot: no row has heads such as scene, mic, performer"


async def test_while_the_show_is_locked_no_jump_of_show_control_asks_a_person(stage: Stage) -> None:
    await stage.shows.add_show(SHOW, actor=PIA)
    await stage.shows.use_show("Romeo", actor=PIA)
    for call in (ShowCall(ShowAction.GO, scene="1"), ShowCall(ShowAction.START)):
        await stage.remote.take(RemoteCall(call), "OSC")
    stage.live.findings = replace(stage.live.findings, show_lock=ShowLock(PIA, T))
    await stage.remote.take(RemoteCall(ShowCall(ShowAction.GO, scene="the fight")), "OSC")
    assert stage.live.findings.asked_jump is None


async def test_show_control_is_followed_but_a_jump_waits_for_a_person(stage: Stage) -> None:
    def go(scene: str) -> RemoteCall:
        return RemoteCall(ShowCall(ShowAction.GO, scene=scene))

    shows, remote = stage.shows, stage.remote
    await remote.take(go("1"), "OSC")  # no show is current
    await shows.add_show(SHOW, actor=PIA)
    await shows.use_show("Romeo", actor=PIA)
    await remote.take(go("the fight"), "OSC")  # a rehearsal may begin anywhere
    assert stage.shown is not None
    assert (stage.shown.scene, stage.live.findings.asked_jump) == (3, None)
    await remote.take(RemoteCall(ShowCall(ShowAction.START)), "OSC")
    await remote.take(RemoteCall(ShowCall(ShowAction.PREVIOUS)), "OSC")
    assert stage.shown.scene == 2
    await remote.take(go("10"), "OSC")
    assert (stage.shown.scene, stage.shown.state) == (2, ShowState.RUNNING)
    assert (jump := stage.live.findings.asked_jump) is not None
    assert jump.call == ShowCall(ShowAction.GO, scene="10", position=0)
    assert [jump.is_open(jump.at + waited_s) for waited_s in (0, 30, 31, -1)] == [True, True, False, False]
    await remote.take(RemoteCall(marker="crackle"), "OSC")
    (marker,) = data_of(await stage.events.list_events(EventQuery(kinds=[EventKind.MARKER])))
    assert (marker.text, marker.actor) == ("crackle", "OSC")


@pytest.mark.parametrize("refusal", ShowRefusal)
def test_every_refusal_says_what_helps(refusal: ShowRefusal) -> None:
    info = show_refused(refusal, "x").info
    assert (info.code, bool(info.hint)) == (ErrorCode.SHOW_REFUSED, True)
