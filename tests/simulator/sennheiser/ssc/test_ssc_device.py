"""A simulated SSC device as its clients see it (docs/reference/protocols/sennheiser.md 1 and 8)."""

import pytest

from micboard_tui.protocols.ssc.messages import (
    CLOSE,
    LIMITS,
    PING,
    SCHEMA,
    Fault,
    Json,
    Message,
    Subscription,
    Terms,
    Value,
)
from micboard_tui.simulator.device.fault_switchboard import FLOOD_A_SECOND
from micboard_tui.simulator.device.simulated_device import SimulatedDevice
from micboard_tui.simulator.sennheiser.ssc.models import BLUEPRINTS, PORT
from tests.simulator.sennheiser.ssc.ssc_stage import CLIENT, Listener, device_of, world_of

OTHER = ("127.0.0.1", 40_002)
NOT_FOUND = Fault(404, "address not found")
ENDS = Fault(310, "subscription terminates")


@pytest.fixture
def em_2() -> Listener:
    client = Listener(device_of("EW-DX-EM2"))
    world_of(client.simulated)
    return client


def test_every_message_is_answered_leaf_by_leaf(em_2: Listener) -> None:
    reply = em_2.get("/rx1/gain", "/rx3/gain", "/device/identity/product")
    assert set(reply.values) == {"/rx1/gain", "/device/identity/product"}
    assert reply.errors == {"/rx3/gain": NOT_FOUND}
    assert em_2.get("/rx1").errors == {"/rx1": NOT_FOUND}
    (reply,) = em_2.say(Message({PING: 7, "/osc/version": None, "/osc/feature/juggling": None}, {}, (), "x"))
    assert reply == Message({PING: 7, "/osc/version": "1.0", "/osc/feature/juggling": False}, {}, (), "x")
    assert em_2.say(b"rubbish\r\n") == [Message({}, {"": Fault(400, "message not understood")})]


def test_values_are_adapted_to_what_fits(em_2: Listener) -> None:
    assert em_2.put("/rx1/gain", 13) == 12
    assert em_2.put("/rx1/gain", "99") == 42
    assert em_2.put("/rx1/frequency", 500_013) == 500_025
    assert em_2.put("/rx1/name", "Far too long") == "FAR TOO "
    assert em_2.put("/rx1/mute", "") is False
    assert em_2.put("/rx1/mute", 1) is True
    assert em_2.put("/device/name", 7) == "7"
    assert em_2.get("/rx1/presets/active").values == {"/rx1/presets/active": ""}


@pytest.mark.parametrize(
    ("address", "value"),
    [("/rx1/gain", "loud"), ("/rx1/gain", [1]), ("/rx1/gain", True), ("/rx1/name", [1]), ("/rx1/mute", []),
     ("/device/identity/product", "X"), ("/m/rx1/af", 0)],
)  # fmt: skip
def test_what_does_not_fit_at_all_is_refused(em_2: Listener, address: str, value: Value) -> None:
    (reply,) = em_2.say(Message({address: value}, {}))
    if value is True:
        assert reply.values == {address: 0}, "yes counts as one"
        return
    assert reply.errors == {address: Fault(406, "not acceptable")}


def test_what_is_not_there_cannot_be_set(em_2: Listener) -> None:
    (reply,) = em_2.say(Message({"/rx9/gain": 0}, {}))
    assert reply.errors == {"/rx9/gain": NOT_FOUND}


def test_schema_and_limits(em_2: Listener) -> None:
    (root,) = em_2.say(Message({SCHEMA: None}, {}))
    branches = ("device", "rx1", "rx2", "m", "mates", "audio1", "osc", "interface")
    assert root.values[SCHEMA] == [{name: {} for name in branches}]
    (below,) = em_2.say(Message({SCHEMA: [{"rx1": {"presets": None}}, {"m": {"rx2": None}}]}, {}))
    meters = dict.fromkeys(("rssi", "rsqi", "divi", "af"))
    assert below.values[SCHEMA] == [
        {"rx1": {"presets": {"active": None, "user": {}}}},
        {"m": {"rx2": meters}},
    ]
    (limits,) = em_2.say(Message({LIMITS: [{"rx1": {"gain": None}}]}, {}))
    assert limits.values[LIMITS] == [{"rx1": {"gain": [{"type": "Number", "min": -3, "max": 42, "inc": 3}]}}]
    for address in (SCHEMA, LIMITS):
        wishes: tuple[tuple[list[Json], int], ...] = (([{"rx9": None}], 404), ([], 400))
        for wanted, code in wishes:
            (reply,) = em_2.say(Message({address: wanted}, {}))
            assert reply.errors[address].code == code


async def test_a_subscription_echoes_tells_the_present_then_changes_and_ends_with_310(
    em_2: Listener,
) -> None:
    echo, present = em_2.subscribe("/rx1/gain", "/rx1/name", terms=Terms(lifetime_s=2))
    assert echo.subscriptions == (Subscription(("/rx1/gain", "/rx1/name"), Terms(lifetime_s=2)),)
    assert set(present.values) == {"/rx1/gain", "/rx1/name"}
    assert em_2.simulated.connections == 1
    assert await em_2.wait(0.5) == []
    em_2.put("/rx1/gain", 30)
    assert await em_2.wait(0.5) == [Message({"/rx1/gain": 30}, {})]
    assert await em_2.wait(2) == [Message({}, {"/rx1/gain": ENDS, "/rx1/name": ENDS})]
    assert (em_2.simulated.connections, em_2.simulated.lapsed) == (0, 1)


async def test_a_subscription_ends_after_its_count_and_a_fixed_rate_is_kept(em_2: Listener) -> None:
    em_2.subscribe("/m/rx1/rsqi", terms=Terms(200, 200, 4, 60))
    heard = await em_2.wait(1.0)
    assert [set(each.values) for each in heard] == [{"/m/rx1/rsqi"}] * 4 + [set()]
    assert heard[-1].errors == {"/m/rx1/rsqi": ENDS}


async def test_renewal_moves_the_end_and_cancel_ends_without_a_word(em_2: Listener) -> None:
    for _ in range(3):
        em_2.subscribe("/rx1/gain", "/rx1/mute", terms=Terms(lifetime_s=2))
        await em_2.wait(1.5)
    assert em_2.simulated.lapsed == 0
    (echo,) = em_2.subscribe("/rx1/gain", "/rx1/mute", terms=Terms(cancel=True))
    assert echo.subscriptions[0].terms.cancel
    assert em_2.simulated.connections == 0
    assert await em_2.wait(3) == []


def test_refusals_leave_the_other_addresses_subscribed(em_2: Listener) -> None:
    echo, present = em_2.subscribe("/rx1/divi", "/rx1/mates", "/rx1/gain")
    assert echo.errors == {"/rx1/divi": NOT_FOUND, "/rx1/mates": Fault(406, "not acceptable")}
    assert echo.subscriptions[0].addresses == ("/rx1/gain",)
    assert set(present.values) == {"/rx1/gain"}
    (only,) = em_2.subscribe("/rx1/divi", client=OTHER)
    assert only.subscriptions == ()
    assert em_2.simulated.connections == 1


def test_eight_clients_and_no_more(em_2: Listener) -> None:
    for port in range(8):
        assert em_2.subscribe("/rx1/gain", client=("127.0.0.1", 50_000 + port))[0].subscriptions
    (reply,) = em_2.subscribe("/rx1/gain")
    assert reply.errors == {"/rx1/gain": Fault(406, "not acceptable")}
    assert em_2.get("/rx1/gain").values
    assert em_2.say(Message({CLOSE: True}, {}), ("127.0.0.1", 50_000)) == [Message({CLOSE: True}, {})]
    assert len(em_2.subscribe("/rx1/gain")) == 2


def test_an_absent_transmitter_is_a_failed_dependency(em_2: Listener) -> None:
    em_2.simulated.airs[0].pack.switch(on=False)
    reply = em_2.get("/mates/tx1/battery/gauge", "/mates/tx1/warnings", "/mates/tx2/battery/gauge")
    assert reply.errors == {"/mates/tx1/battery/gauge": Fault(424, "failed dependency")}
    assert reply.values["/mates/tx1/warnings"] == []
    assert em_2.get("/rx1/warnings", "/rx1/mates", "/m/rx1/rsqi", "/m/rx1/divi").values == {
        "/rx1/warnings": ["NoLink"],
        "/rx1/mates": [],
        "/m/rx1/rsqi": 0,
        "/m/rx1/divi": 0,
    }


async def test_the_faults_of_the_network(em_2: Listener) -> None:
    faults = em_2.simulated.faults
    faults.terminator = b"\0"
    faults.duplicate_keys = True
    em_2.get("/rx1/gain", "/rx1/mute", "/rx9/mute")
    (raw,) = em_2.raw[CLIENT]
    assert raw.endswith(b"}\0")
    assert raw.count(b'"rx1"') == 2
    faults.clear()

    faults.split = True
    replies = em_2.say(Message({"/rx1/gain": None, "/rx1/mute": None, "/rx9/mute": None}, {}, (), 5))
    assert [len(each.values) for each in replies] == [1, 1, 0]
    assert [each.xid for each in replies] == [5, 5, 5]
    faults.clear()

    faults.drop_every = 2
    assert sum(bool(em_2.say(Message({PING: n}, {}))) for n in range(12)) < 12
    faults.clear()

    faults.meters_by_subscription = True
    assert em_2.say(Message({"/m/rx1/af": None}, {})) == []
    assert em_2.subscribe("/m/rx1/af")[1].values


async def test_the_faults_of_the_device(em_2: Listener) -> None:
    faults = em_2.simulated.faults
    faults.lose_310 = True
    em_2.subscribe("/rx1/gain", terms=Terms(lifetime_s=1))
    assert await em_2.wait(2) == []
    assert em_2.simulated.connections == 0

    em_2.subscribe("/rx1/gain", terms=Terms(100, 100, 1000, 60))
    faults.forget()
    assert await em_2.wait(1) == []
    assert em_2.simulated.connections == 0
    faults.clear()

    faults.locked = True
    (reply,) = em_2.say(Message({"/device/name": None}, {}))
    assert reply.errors == {"/device/name": Fault(403, "forbidden")}
    faults.clear()

    faults.silent = True
    assert em_2.say(Message({PING: 1}, {})) == []
    assert await em_2.wait(0.2) == []
    faults.clear()

    em_2.subscribe("/rx1/gain")
    faults.reboot(1.0)
    assert await em_2.wait(0.2) == [Message({CLOSE: True}, {})]
    assert em_2.say(Message({PING: 1}, {})) == []
    await em_2.wait(1.0)
    assert em_2.say(Message({PING: 1}, {})) != []


@pytest.mark.parametrize("model", BLUEPRINTS)
async def test_every_model_answers_to_all_its_addresses_in_small_datagrams(model: str) -> None:
    client = Listener(device_of(model))
    world = world_of(client.simulated, "disaster")
    for _ in range(30):
        world.step(1.0)
        await client.simulated.tick(1.0)
    replies = client.say(Message(dict.fromkeys(client.simulated.tree.leaves), {}))
    addresses = {address for each in replies for address in (*each.values, *each.errors)}
    assert addresses == set(client.simulated.tree.leaves)
    calls = {name for name, leaf in client.simulated.tree.leaves.items() if leaf.is_write_only}
    for address, fault in ((name, fault) for each in replies for name, fault in each.errors.items()):
        # A call has nothing to read.
        assert fault.code == (406 if address in calls else 424), address
    assert all(len(raw) <= 4000 for raw in client.raw[CLIENT])


@pytest.mark.integration
@pytest.mark.parametrize("model", BLUEPRINTS)
async def test_every_model_is_equipment_with_a_port_of_its_own(model: str) -> None:
    blueprint = BLUEPRINTS[model]
    equipment: SimulatedDevice = device_of(model)
    assert (blueprint.manufacturer, blueprint.driver, blueprint.port) == (
        "sennheiser",
        "sennheiser-ssc",
        PORT,
    )
    assert len(equipment.airs) == blueprint.channels
    port = await equipment.open("127.0.0.1", 0)
    assert port > 0
    with pytest.raises(OSError, match="in use"):
        await device_of(model).open("127.0.0.1", port)
    await equipment.tick(0.1)
    equipment.faults.clear()
    assert equipment.connections == 0
    await equipment.aclose()
    await equipment.aclose()


def test_the_same_order_makes_the_same_device() -> None:
    one, two = (Listener(device_of("CHG4N", seed=3)) for _ in range(2))
    assert one.get("/bays/serial", "/bays/bat_gauge") == two.get("/bays/serial", "/bays/bat_gauge")


async def test_a_flood_is_sent_to_those_that_subscribed() -> None:
    simulated = device_of("EW-DX-EM2")
    client = Listener(simulated)
    client.subscribe("/rx1/name")
    simulated.faults.flood = True
    messages = await client.wait(0.1)
    assert len(messages) >= FLOOD_A_SECOND // 10
    assert messages[-1].values == {"/device/identity/product": "EWDX2CH"}
    assert list(client.raw) == [CLIENT]
