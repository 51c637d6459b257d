"""The page of the faults of simulated devices: every fault that can be switched stands on it, described."""

import pytest

from tests.architecture.simulated_faults import descriptions, page, switchboards


@pytest.mark.no_cover
def test_every_fault_that_can_be_switched_is_described() -> None:
    lines = [*page()]
    for faults in switchboards().values():
        for name in faults.switches():
            assert any(line.startswith((f"| `{name}` | ", f"| `{name}`* | ")) for line in lines), name


def test_descriptions_are_those_of_the_fields() -> None:
    (faults,) = (each for title, each in switchboards().items() if title == "Media Control Protocol")
    texts = descriptions(type(faults))
    assert texts["silent"] == (
        "Receives nothing and sends nothing, as with access switched off at its front panel."
    )
    assert texts["one_line"] == "Every line in a datagram of its own, as some firmware does."
