import asyncio
from collections.abc import Sequence

import pytest

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.domain.channel import Meters
from micboard_tui.domain.observation import Alive, DeviceHeard, FactsHeard, MetersHeard, Observation
from micboard_tui.manufacturers.shure.strings.conversation import MAX_PROPERTIES, Conversation
from micboard_tui.manufacturers.shure.strings.dialect import AXIENT, QLXD, SLXD_PLUS, ULXD, Dialect
from micboard_tui.protocols.shure_strings.messages import Get


def sampled(setup: "Setup", values: str) -> Meters:
    (heard,) = setup.by(f"< SAMPLE 1 ALL {values} >")
    assert isinstance(heard, MetersHeard)
    return heard.meters


class Setup:
    def __init__(self, dialect: Dialect | None) -> None:
        self.all: list[Observation] = []
        self.talk = Conversation(self._report, lambda: 0.0)
        if dialect is not None:
            self.talk.use_dialect(dialect)

    def _report(self, observations: Sequence[Observation]) -> None:
        self.all += observations

    def by(self, data: str) -> list[Observation]:
        self.all = []
        self.talk.data_received(data.encode())
        return self.all


def test_before_it_is_known_what_speaks_every_word_only_shows_that_it_lives() -> None:
    setup = Setup(None)
    assert setup.by("< SAMPLE 1 ALL AX 087 023 >< REP 1 CHAN_NAME {Ada} >") == [Alive()]
    assert setup.talk.channels == {}


def test_rubbish_reports_nothing() -> None:
    assert Setup(ULXD).by("\x00\xff rubbish > {") == []


def test_the_device_is_told_once_all_channels_are_listed() -> None:
    setup = Setup(ULXD)
    assert setup.by("< REP DEVICE_ID {Rack} >< REP 1 CHAN_NAME {Ada} >") == [Alive()]
    setup.all = []
    setup.talk.finish_listing()
    assert [type(observation) for observation in setup.all] == [DeviceHeard, FactsHeard]
    assert setup.by("< REP DEVICE_ID {Rack} >") == [Alive()]
    renamed = setup.by("< REP DEVICE_ID {Rack 2} >")
    assert isinstance(renamed[0], DeviceHeard)
    assert renamed[0].own_name == "Rack 2"


def test_no_facts_and_meters_are_reported_before_the_list_is_complete() -> None:
    """Else what was known before a reconnection would blank out for the time of the list."""
    setup = Setup(ULXD)
    assert setup.by("< REP 1 BATT_RUN_TIME 00404 >") == [Alive()]
    assert setup.by("< SAMPLE 1 ALL XX 012 000 >") == [Alive()]
    assert setup.by("< REP 1 CHAN_NAME {Ada} >< REP 1 TX_TYPE ULXD2 >") == [Alive()]
    setup.all = []
    setup.talk.finish_listing(0.1)
    facts = [observation for observation in setup.all if isinstance(observation, FactsHeard)]
    assert len(facts) == 1
    assert facts[0].facts.transmitter is not None
    assert (facts[0].facts.name, facts[0].facts.transmitter.battery.minutes) == ("Ada", 404)
    assert facts[0].facts.meter_interval_s == 0.1


def test_the_promise_of_meters_is_ours_whatever_rate_another_controller_sets() -> None:
    setup = Setup(ULXD)
    setup.by("< REP 1 CHAN_NAME {Ada} >< REP 1 METER_RATE 00100 >")
    setup.talk.finish_listing(0.1)
    for rate in ("00000", "60000"):
        (heard,) = setup.by(f"< REP 1 METER_RATE {rate} >")
        assert isinstance(heard, FactsHeard)
        assert heard.facts.meter_interval_s == 0.1
        assert ("METER_RATE", rate) in heard.facts.raw


@pytest.mark.parametrize(
    ("letters", "antenna"),
    [("XB", "B"), ("AX", "A"), ("AB", "AB"), ("BX", "A"), ("BB", "AB"), ("XX", None), ("?", None)],
)
def test_the_antennas_of_an_slxd_plus_are_reported_apart_from_its_samples(
    letters: str, antenna: str | None
) -> None:
    setup = Setup(SLXD_PLUS)
    setup.by("< REP 1 CHAN_NAME {Ada} >")
    setup.talk.finish_listing()
    assert sampled(setup, "102 098 083").antenna is None
    assert setup.by(f"< REP 1 ANTENNA_STATUS {letters} >") == [Alive()]
    assert sampled(setup, "102 098 083").antenna == antenna
    assert sampled(setup, "000 000 010").antenna is None, "nothing is received"
    setup.talk.forget_antennas(older_than_s=-1.0)
    assert sampled(setup, "102 098 083").antenna is None


def test_channels_that_appear_out_of_nowhere_are_not_believed() -> None:
    setup = Setup(ULXD)
    setup.by("< REP 1 CHAN_NAME {Ada} >< REP 5 CHAN_NAME {Eve} >< REP 0 CHAN_NAME {Bob} >")
    setup.talk.finish_listing()
    assert setup.by("< REP 2 CHAN_NAME {Eve} >< SAMPLE 2 ALL AX 087 023 >") == [Alive()]
    assert list(setup.talk.channels) == [1]


def test_a_sample_of_another_shape_is_skipped() -> None:
    setup = Setup(ULXD)
    setup.by("< REP 1 CHAN_NAME {Ada} >")
    setup.talk.finish_listing()
    heard = setup.by("< SAMPLE 1 ALL 1 2 3 4 5 >< SAMPLE 1 ALL AX 087 023 >")
    assert [type(each) for each in heard] == [MetersHeard]


def test_the_words_of_a_channel_and_of_the_device_are_bounded() -> None:
    setup = Setup(AXIENT)
    setup.by("".join(f"< REP 1 WORD_{each} x >< REP WORD_{each} x >" for each in range(MAX_PROPERTIES + 50)))
    assert len(setup.talk.channels[1].values) == MAX_PROPERTIES
    assert len(setup.talk.device_values) == MAX_PROPERTIES
    setup.by("< REP 1 WORD_0 y >")
    assert setup.talk.channels[1].values["WORD_0"] == "y"


def test_second_indexes_become_part_of_the_name() -> None:
    setup = Setup(AXIENT)
    setup.by(
        "< REP 1 SLOT_STATUS 3 LINKED.ACTIVE >< REP 1 RSSI 2 064 >"
        "< REP 1 RSSI 096 >< REP 1 GROUP_CHAN 06 11 >"
    )
    assert setup.talk.channels[1].values == {
        "SLOT_STATUS 3": "LINKED.ACTIVE",
        "RSSI 2": "064",
        "RSSI": "096",
        "GROUP_CHAN": "06,11",
    }


def test_a_qlxd_may_leave_the_index_of_its_only_channel_out() -> None:
    setup = Setup(QLXD)
    setup.by("< REP TX_MUTE_STATUS ON >< REP ENCRYPTION ON >")
    assert setup.talk.channels[1].values == {"TX_MUTE_STATUS": "ON"}
    assert setup.talk.device_values == {"ENCRYPTION": "ON"}


class Nowhere:
    def send(self, data: bytes) -> None:
        raise AssertionError("nothing is sent on a link that is lost")

    def cut(self) -> None:
        raise AssertionError("no link is cut here")


async def test_a_link_lost_before_anything_was_said_ends_the_talk() -> None:
    talk = Setup(ULXD).talk
    talk.link_lost(DeviceError(ErrorCode.DEVICE_UNREACHABLE, "gone"))

    with pytest.raises(DeviceError, match="gone"):
        async with talk.hold(Nowhere()):
            await talk.send(Get(None, "MODEL"))


async def test_nothing_can_be_said_without_a_link() -> None:
    with pytest.raises(DeviceError, match="no connection"):
        await Setup(ULXD).talk.send(Get(None, "MODEL"))


class Answering:
    """Answers every word a quarter of a second later, as its clock has it."""

    def __init__(self) -> None:
        self.now = 0.0
        self.told: list[Observation] = []
        self.talk = Conversation(self.told.extend, lambda: self.now)

    def send(self, data: bytes) -> None:
        asyncio.get_running_loop().call_soon(self._answer)

    def cut(self) -> None:
        raise AssertionError("no link is cut here")

    def _answer(self) -> None:
        self.now += 0.25
        self.talk.data_received(b"< REP DEVICE_ID {Rack} >")


async def test_the_time_between_question_and_answer_is_told() -> None:
    link = Answering()

    async with link.talk.hold(link):
        answer = await link.talk.ask(Get(None, "DEVICE_ID"), lambda rep: rep.property == "DEVICE_ID", 1.0)
        assert answer is not None

    assert link.told == [Alive(), Alive(0.25)]
