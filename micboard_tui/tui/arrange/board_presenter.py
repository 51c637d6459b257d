"""What the board shows, kept up to date from the live state.

Theory of operation. The presenter is asked, nothing calls back. Three questions come at their own rates:

* ``sample`` ten times a second: what is on the screen. Only these channels are read, so the cost depends on
  the size of the screen and not on the number of devices.
* ``judge`` twice a second: every channel and device. What is off the screen is taken here as it was judged;
  all problems, conflicts and trends follow, and in a view that depends on them the lines. A device
  that has a problem beside those of its channels has a line of its own as long as it has it.
* ``set_on_screen`` when the board was scrolled or resized: whatever comes on the screen is read at once.

Two versions of the live state are remembered, one for what was read on the screen and one for when other
channels came on it; and the version of the layout. When that one grows, devices or channels came, went or
were renamed: everything is read anew and the lines are arranged again (``sample`` says so).

The answer is always ``contents``, one value that is replaced and never changed. States and problems are kept
there and nowhere else.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import NamedTuple

from micboard_tui.contracts.bus_loss_texts import describe_loss_briefly
from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.arming import find_arming
from micboard_tui.domain.battery_forecast import BatteryForecast
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.frozen_copy import copy_with
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.judgement import Judgement
from micboard_tui.domain.mic_number import cell_width
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.show import ShowProgress
from micboard_tui.domain.show_lock import ShowLock
from micboard_tui.domain.show_needs import find_show_needs
from micboard_tui.tui.arrange.arrangement import Arrangement
from micboard_tui.tui.arrange.board_contents import BoardContents
from micboard_tui.tui.arrange.board_layout import Layout
from micboard_tui.tui.arrange.find import Searchable, searchable_device_text, searchable_text
from micboard_tui.tui.arrange.problem_watch import ProblemWatch
from micboard_tui.tui.arrange.view import View
from micboard_tui.tui.draw.alarm_sign import FLASHES_PER_S, AlarmSign, find_signs
from micboard_tui.tui.draw.channel_columns import other_name
from micboard_tui.tui.draw.lasting import lastings
from micboard_tui.tui.draw.next_user import NextUsers
from micboard_tui.tui.draw.trends import Trends

_HALF_FLASHES_PER_S = 2 * FLASHES_PER_S
LASTING_EVERY_S = 15.0
"""So often the time that packs last is counted down."""


class _LastingMade(NamedTuple):
    """What it was made of, and when, how long packs last."""

    forecasts: Mapping[ChannelRef, BatteryForecast]
    show: ShowProgress | None
    at: float


class BoardPresenter:
    def __init__(
        self, live: LiveContract, trends: Trends, view: View, *, filtered_out: str, no_device: str
    ) -> None:
        """An empty board says: ``filtered_out`` when its filter leaves nothing, ``no_device`` without any."""
        self._live, self._trends, self._view = live, trends, view
        self._filtered_out, self._no_device = filtered_out, no_device
        self._version = self._version_of_all = self._layout_version = -1
        self._on_screen: frozenset[ChannelRef] = frozenset()
        self._devices: Mapping[DeviceId, DeviceSnapshot] = {}
        """All of them in rack order; their own states are those of the last judgement."""
        self._arranged_problems: AbstractSet[DeviceId] = frozenset()
        """The devices that had a problem when the lines were arranged last."""
        self._lasting_of = _LastingMade({}, None, 0.0)
        self._next_users = NextUsers()
        self.watch = ProblemWatch()
        """The problems of all channels as they were judged last."""
        self.flash_off: AlarmSign | None = None
        """What flashing signs are half of the time; None: nothing flashes."""
        self.contents = BoardContents(empty_text=self._empty_text)
        """What the board is to show now."""

    def sample(self) -> bool:
        """Take what changed on the screen since the last time; whether the lines are others now."""
        changes = self._live.changed_since(self._version, self._on_screen)
        if changes.layout_version != self._layout_version:
            self._layout_version = changes.layout_version
            self._version = self._version_of_all = changes.version
            self._read_all()
            return True
        self._version = changes.version
        self._take({state.ref: state for state in changes.channels})
        return False

    def judge(self) -> None:
        """Judge all channels, and see what follows from time alone."""
        self._judge()
        self._take_show()
        if self._view.follows_states or self.watch.device_problems.keys() != self._arranged_problems:
            arrangement = self._arrange()
            if arrangement.lines != self.contents.arrangement.lines:
                self.contents = replace(self.contents, arrangement=arrangement)

    def set_view(self, view: View, layout: Layout) -> None:
        """Show these channels, in this order and size."""
        self._view = view
        self.contents = replace(
            self.contents,
            layout=layout,
            arrangement=self._arrange(),
            empty_text=self._empty_text,
        )

    def set_on_screen(self, channels: frozenset[ChannelRef]) -> None:
        """These channels are on the screen now."""
        changes, stay = self._live.changed_since(self._version_of_all), self._on_screen & channels
        if changes.layout_version == self._layout_version and changes.version != self._version_of_all:
            self._version_of_all = changes.version
            changed = {state.ref: state for state in changes.channels}
            self._take({ref: state for ref, state in changed.items() if ref not in stay})
        self._on_screen = channels

    @property
    def devices(self) -> list[DeviceSnapshot]:
        """All devices in rack order as they were when all was judged last."""
        return list(self._devices.values())

    @property
    def known_devices(self) -> list[DeviceSnapshot] | None:
        """The same; None while it is not known yet which there are."""
        return self.devices if self.knows_devices else None

    @property
    def knows_devices(self) -> bool:
        """Whether it is known which devices there are."""
        return self._layout_version > 0

    @property
    def has_no_device(self) -> bool:
        """Whether it is known that none is registered."""
        return self.known_devices == []

    @property
    def states(self) -> Sequence[ChannelState]:
        """All channels in rack order."""
        return tuple(self.contents.states.values())

    def describe_loss(self) -> str:
        """What is not heard of the programs that read the devices, briefly; empty: all are heard."""
        lost = self._live.findings.lost
        return "" if lost is None else describe_loss_briefly(lost, self._live.now())

    def find_lock(self) -> ShowLock | None:
        """The lock of the show; None: it is not locked."""
        return self._live.findings.show_lock

    def find_armed_s(self, user: str) -> float | None:
        """So long control stays armed for a user; None: it is not."""
        now = self._live.now()
        arming = find_arming(self._live.findings.armings, user, now)
        return None if arming is None else arming.until - now

    @property
    def is_hub_heard(self) -> bool:
        """Whether the program that holds lock and arming is heard; a lost collector does not hold them."""
        lost = self._live.findings.lost
        return lost is None or lost.has_hub

    @property
    def is_all_lost(self) -> bool:
        """Whether nothing is heard at all, so that nothing shown is current."""
        lost = self._live.findings.lost
        return lost is not None and not lost.is_partial

    def find(self, ref: ChannelRef) -> tuple[ChannelState, DeviceSnapshot] | None:
        """A channel and its device as they are at this very moment."""
        state, device = self._live.channel(ref), self._live.device(ref.device_id)
        return (state, device) if state and device else None

    def find_device(self, device_id: DeviceId) -> DeviceSnapshot | None:
        """A device as it is at this very moment."""
        return self._live.device(device_id)

    def judged_channels(self) -> Iterator[tuple[ChannelState, DeviceSnapshot, Sequence[ProblemCode]]]:
        """Every channel with its device and its problems."""
        contents = self.contents
        for device in self._devices.values():
            for channel in device.channels:
                ref = channel.ref
                yield contents.states[ref], device, contents.problems.get(ref, ())

    def judged_devices(self) -> Iterator[tuple[DeviceSnapshot, bool]]:
        """Every device with a line of its own, and whether it has a problem."""
        contents = self.contents
        yield from ((device, key in contents.device_problems) for key, device in contents.devices.items())

    def searchable_lines(self) -> Iterator[Searchable]:
        """Every line of the view that can be found: channels in rack order, then devices."""
        shown = set(self.contents.arrangement.refs)
        for state, device, _ in self.judged_channels():
            if state.ref in shown:
                yield Searchable(state.ref, searchable_text(state, device), state.mic_number)
        for device_id, device in self.contents.devices.items():
            if device_id in shown:
                yield Searchable(device_id, searchable_device_text(device))

    def _read_all(self) -> None:
        devices = self._live.snapshot()
        self._devices = {device.device.id: device for device in devices}
        states = {state.ref: state for device in devices for state in device.channels}
        widths = (cell_width(state.mic_number) for state in states.values() if state.mic_number)
        self.contents = replace(
            self.contents,
            states=states,
            number_cells=max(widths, default=0),
            has_two_names=any(map(other_name, states.values())),
        )
        # Mic numbers may be others.
        self._take_next_users(self._live.findings.show)
        self._judge()
        self.contents = replace(self.contents, arrangement=self._arrange(), empty_text=self._empty_text)

    def _take_judged(self, judgement: Judgement) -> None:
        """Take what changed off the screen; what is on it is sampled."""
        states, on_screen = self.contents.states, self._on_screen
        # Where channels came or went a moment ago, the next sample takes them all.
        if list(judgement.states) == list(states):
            self._devices = judgement.devices
            pairs = zip(judgement.states.items(), states.values(), strict=True)
            self._take({ref: new for (ref, new), old in pairs if new is not old and ref not in on_screen})

    def _take(self, newer: Mapping[ChannelRef, ChannelState]) -> None:
        now, states = self._live.now(), self.contents.states
        if newer:
            self._trends.take(newer.items())
            # An update keeps the order, which is that of the rack.
            states = {**states, **newer}
        flash_sign = self.flash_off if int(now * _HALF_FLASHES_PER_S) % 2 else None
        contents = copy_with(self.contents, states=states, now=now, flash_sign=flash_sign)
        alarms = self._live.findings.alarms
        if alarms is not contents.alarms:
            contents = replace(contents, alarms=alarms, alarm_signs=find_signs(alarms))
        self.contents = contents

    def _judge(self) -> None:
        judgement, now = self._live.judge(), self._live.now()
        self.watch.take(judgement)
        self._take_judged(judgement)
        self._trends.turn(self.contents.states, now)
        self.contents = copy_with(
            self.contents,
            problems=self.watch.problems,
            lost_since=self.watch.lost_since,
            devices=self._devices_with_line(),
            device_problems=self.watch.device_problems,
            trends_version=self._trends.version,
            profile=self._live.findings.profile,
            now=now,
        )

    def _take_show(self) -> None:
        """How long packs last for the show: anew with other forecasts, another show, and as time goes by."""
        findings, now, made = self._live.findings, self._live.now(), self._lasting_of
        if findings.show is not self.contents.show:
            self._take_next_users(findings.show)
        forecasts, show = findings.forecasts, findings.show
        if forecasts is made.forecasts and show is made.show and 0.0 <= now - made.at < LASTING_EVERY_S:
            return
        self._lasting_of = _LastingMade(forecasts, show, now)
        needed_min = find_show_needs(show, now).longest
        has_show, before = needed_min is not None, self.contents.lasting
        lasting = {} if needed_min is None else lastings(forecasts, needed_min, before)
        if lasting != before or has_show is not self.contents.has_show:
            self.contents = replace(self.contents, lasting=lasting, has_show=has_show)

    def _take_next_users(self, show: ShowProgress | None) -> None:
        next_users = self._next_users.of_channels(show, self.contents.states)
        if next_users == self.contents.next_users:
            next_users = self.contents.next_users
        self.contents = replace(self.contents, show=show, next_users=next_users)

    def _devices_with_line(self) -> Mapping[DeviceId, DeviceSnapshot]:
        problems = self.watch.device_problems
        return {
            device_id: device
            for device_id, device in self._devices.items()
            if not device.channels or device_id in problems
        }

    def _arrange(self) -> Arrangement:
        """The lines as they should be now."""
        self._arranged_problems = self.watch.device_problems.keys()
        return self._view.arrange(self.devices, self.contents.states, self.watch, self._live.locations())

    @property
    def _empty_text(self) -> str:
        """Why there may be no line at all."""
        if self._view.channel_filter.criteria or self._view.channels:
            return self._filtered_out
        return self._no_device if self.has_no_device else ""
