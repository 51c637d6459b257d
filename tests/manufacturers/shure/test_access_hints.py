"""What to do about a device that keeps us out: by its model, and short enough for a row."""

import pytest

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import SessionOptions
from micboard_tui.manufacturers.shure.access_hints import (
    ANY_IS_SILENT,
    ANY_REFUSES,
    ASK_SERVER,
    CONTROLLER_ACCESS,
    FREE_IT,
    RESTART_LOCKED_UP,
    refused_hint,
    silent_hint,
)
from micboard_tui.manufacturers.shure.strings.driver import make_strings_driver
from tests.fakes.driver_runs import ReportCollector
from tests.fakes.links import StringsPeer
from tests.manufacturers.receivers import nobody

ROW_CELLS = 60


@pytest.mark.parametrize(
    ("model", "hint"),
    [
        ("SLXD4D", CONTROLLER_ACCESS),
        ("SLXD4Q+", CONTROLLER_ACCESS),
        ("SLX-DDual", CONTROLLER_ACCESS),
        ("QLXD4", RESTART_LOCKED_UP),
        ("QLX-DSingle", RESTART_LOCKED_UP),
        ("ANX4", ASK_SERVER),
        ("ULXD4Q", FREE_IT),
        ("ULX-DQuad", FREE_IT),
        ("AD4D-A", FREE_IT),
        ("SBC240", FREE_IT),
    ],
)
def test_a_known_model_has_its_own_cure(model: str, hint: str) -> None:
    assert refused_hint(model) == silent_hint(model) == hint
    assert ("SLX-D" in hint, "Controller Access" in hint) == (False, hint is CONTROLLER_ACCESS)


@pytest.mark.parametrize("model", [None, "", "XYZ1"])
def test_of_an_unknown_model_the_menu_of_one_family_comes_last(model: str | None) -> None:
    assert (refused_hint(model), silent_hint(model)) == (ANY_REFUSES, ANY_IS_SILENT)
    for hint in (ANY_REFUSES, ANY_IS_SILENT):
        short, _, more = hint.partition(";")
        assert "SLX-D" not in short
        assert more == " on SLX-D: Advanced Settings > Controller Access > Allow"


@pytest.mark.parametrize(
    "hint", [ANY_IS_SILENT, ANY_REFUSES, ASK_SERVER, CONTROLLER_ACCESS, FREE_IT, RESTART_LOCKED_UP]
)
def test_the_first_part_fits_a_row(hint: str) -> None:
    assert len(hint.partition(";")[0]) <= ROW_CELLS


@pytest.mark.virtual_time
@pytest.mark.parametrize(("model", "hint"), [("ULXD4D", FREE_IT), ("SLXD4", CONTROLLER_ACCESS)])
async def test_a_session_says_what_helps_the_device_that_it_knew(model: str, hint: str) -> None:
    driver = make_strings_driver(StringsPeer(nobody).dial, SessionOptions(known_model=model))
    with pytest.raises(DeviceError) as caught:
        await driver.read_once(ReportCollector())
    assert (caught.value.code, caught.value.info.hint) == (ErrorCode.DEVICE_REFUSED, hint)
