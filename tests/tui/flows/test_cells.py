"""Cells: the type of a model's cells, full ones put in, and what the board shows of how long packs last."""

from dataclasses import replace

from micboard_tui.domain.battery import BatteryType
from micboard_tui.domain.battery_forecast import BatteryForecast, Confidence, ForecastSource
from micboard_tui.domain.cell_type import CellType
from micboard_tui.domain.show import Show, ShowProgress
from micboard_tui.tui.flows.cells import CellsChoice, list_choices
from micboard_tui.tui.screens.list_dialog import ListDialog
from tests.fakes.links import until
from tests.tui.conftest import text_of
from tests.tui.flows.flow_stage import Selected, flow_stage, two_receivers, vox
from tests.tui.scripted_rig import settle
from tests.tui.test_app import open_app


async def test_the_cells_of_a_model_are_named_once_and_full_ones_each_time() -> None:
    async with flow_stage() as stage:
        flow, forecasts = stage.flows.cells, stage.services.forecasts
        choices = list_choices(None, has_model=True)
        stage.answer(None, choices.index(CellsChoice("NiMH", type=BatteryType.NIMH)))
        await flow.run(Selected(vox(1)))
        await flow.run(Selected(vox(1)))
        answer = await forecasts.list_cell_types()
        assert answer.success
        (cells,) = answer.data
        assert cells == CellType(cells.model, BatteryType.NIMH)
        assert stage.messages.texts[-1].startswith(f"The cells of packs {cells.model} are NiMH.")
        stage.answer(0, len(choices) - 1)
        await flow.run(Selected(vox(1), vox(2)))
        assert stage.messages.texts[-1] == "Vox 1, Vox 2: full cells from now on."
        await flow.run(Selected(vox(1)))
        assert "are not known" in stage.messages.texts[-1]
        assert (await forecasts.list_cell_types()).data == []
        await flow.run(Selected())
        assert stage.messages.severities[-1] == "information"


def test_the_known_type_is_named_and_packs_of_several_models_are_asked_for_none() -> None:
    texts = [choice.text for choice in list_choices(BatteryType.LI_ION, has_model=True)]
    assert texts == [
        "Full cells were put in just now",
        "Alkaline",
        "NiMH",
        "Lithium",
        "Lithium-ion   (as it is)",
        "It is not known",
    ]
    assert list_choices(None, has_model=False) == [CellsChoice(texts[0], is_swap=True)]


async def test_rows_and_the_side_panel_say_how_long_packs_last_for_the_show() -> None:
    rig = two_receivers()
    async with open_app(rig) as (app, pilot):
        now = rig.live.now()
        show = ShowProgress(Show("Romeo", planned_start=now, end_min=132.5))
        forecasts = {
            vox(1): BatteryForecast(102.0, 110.0, 118.0, ForecastSource.MINUTES, Confidence.REPORTED),
            vox(2): BatteryForecast(170.0, 180.0, 240.0, ForecastSource.BARS, Confidence.GUESS),
        }
        before = text_of(app).splitlines()[2]
        rig.live.findings = replace(
            rig.live.findings, forecasts=forecasts, show=show, unknown_cells=frozenset({vox(2)})
        )
        await until(lambda: "1:42 -0:30" in text_of(app))
        assert "~2:50 +37m" in text_of(app)
        await pilot.resize_terminal(150, 16)
        settle(app)
        await pilot.pause()
        assert "   1:42 -0:30 " in text_of(app)
        assert "~2:50? +0:37 " in text_of(app)
        await pilot.resize_terminal(120, 40)
        await pilot.press("down")
        await until(lambda: "~2:50?, likely 3:00" in text_of(app))
        await pilot.press("B")
        await until(lambda: isinstance(app.screen, ListDialog))
        await pilot.press("escape")
        await pilot.resize_terminal(80, 24)
        rig.live.findings = replace(rig.live.findings, show=None)
        await until(lambda: before in text_of(app))
