"""What EW-DX devices write alike in both protocols, by value."""

import pytest

from micboard_tui.manufacturers.sennheiser.ewdx_values import format_preset, pack_model_of


@pytest.mark.parametrize(
    ("kind", "model"),
    [
        (None, None),
        ("SKM", "EW-DX SKM"),
        ("EW_DX_SKM", "EW-DX SKM"),
        ("EW-DX SKM", "EW-DX SKM"),
        ("ew-dx sk", "ew-dx sk"),
        ("TS_3_pin", "EW-DX TS 3 pin"),
    ],
)
def test_a_pack_has_the_name_that_is_printed_on_it(kind: str | None, model: str | None) -> None:
    assert pack_model_of(kind) == model


@pytest.mark.parametrize(
    ("kind", "preset"), [("factory", "b3,12"), ("Factory", "b3,12"), ("USER", "u3,12"), ("none", None)]
)
def test_a_preset_names_its_bank(kind: str, preset: str | None) -> None:
    assert format_preset(kind, 3, 12) == preset
