"""Every contract method that travels: arguments arrive as they were given, answers as they were answered."""

import asyncio
import inspect
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from micboard_tui.bus.calls.remote_method import ACTOR, RemoteMethod
from micboard_tui.bus.calls.remote_methods import METHODS
from micboard_tui.bus.wire.type_hints import hints_of
from micboard_tui.contracts.result import Failure, Success
from micboard_tui.contracts.services import CONTRACTS
from tests.bus.calls.contract_values import values_of
from tests.bus.calls.stage import ADA, open_stage
from tests.fakes.recorded_services import RecordedServices
from tests.fakes.virtual_time import VirtualTimeLoop

PROPERTIES = {contract: name for name, contract in CONTRACTS.items()}
TRAVELLING = [
    method for method in METHODS.values() if method.contract in PROPERTIES and not method.answers_nothing
]


def arguments_of(method: RemoteMethod) -> st.SearchStrategy[dict[str, Any]]:
    hints, parameters = hints_of(method.function), method.signature.parameters
    names = [name for name in parameters if name not in {"self", ACTOR, method.progress_parameter}]
    required = {
        name: values_of(hints[name]) for name in names if parameters[name].default is inspect.Parameter.empty
    }
    optional = {name: values_of(hints[name]) for name in names if name not in required}
    return st.fixed_dictionaries(required, optional=optional)


async def call(method: RemoteMethod, arguments: Mapping[str, Any], answer: object) -> tuple[object, object]:
    """What the board got, and how the services were called."""
    async with open_stage() as stage:
        stage.fake.answer(method.title, answer)
        target = getattr(stage.remote, PROPERTIES[method.contract])
        actor = {ACTOR: "somebody else"} if method.has_actor else {}
        got = await getattr(target, method.name)(**arguments, **actor)
        return got, arrived(stage.fake, method)


def arrived(fake: RecordedServices, method: RemoteMethod) -> Mapping[str, object]:
    (made,) = fake.calls
    assert made.title == method.title
    bound = method.signature.bind(None, **made.arguments)
    bound.apply_defaults()
    return bound.arguments


@pytest.mark.parametrize("method", TRAVELLING, ids=lambda method: method.title)
@settings(max_examples=2)
@given(data=st.data())
def test_what_is_called_and_answered_arrives(method: RemoteMethod, data: st.DataObject) -> None:
    arguments = data.draw(arguments_of(method))
    answer = data.draw(values_of(hints_of(method.function)["return"]))
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        got, called = runner.run(call(method, arguments, answer))
    assert is_same(got, answer)
    wanted = method.signature.bind(None, **arguments, **({ACTOR: ADA} if method.has_actor else {}))
    wanted.apply_defaults()
    assert is_same(called, wanted.arguments)


def is_same(one: object, other: object) -> bool:
    """Thresholds are equal to themselves only, and look the same."""
    return one == other or repr(one) == repr(other)


def test_both_kinds_of_answers_are_tried() -> None:
    hints = hints_of(METHODS["DeviceContract.find"].function)
    found: set[type] = set()

    @settings(max_examples=30, database=None)
    @given(values_of(hints["return"]))
    def try_some(answer: object) -> None:
        found.add(type(answer))

    try_some()
    assert found == {Success, Failure}
