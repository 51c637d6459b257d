"""Adding, changing and removing a device, and letting it in."""

from dataclasses import replace
from typing import Any

from micboard_tui.contracts.result import Success
from micboard_tui.domain.device import Device
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.secret import Secret, SecretError, SecretPlace, owner_device, owner_driver
from micboard_tui.tui.screens.access_dialogs import SecretScreen, TrustScreen
from micboard_tui.tui.screens.device_form import DeviceForm, DeviceFormValues
from micboard_tui.tui.screens.dialogs import ConfirmScreen
from tests.fakes import vault
from tests.tui.flows.flow_stage import FlowStage, flow_stage, two_receivers
from tests.tui.scripted_rig import STAGE, ScriptedRig, device, reports

VAULT = Device(
    DeviceId("door"), vault.CODE, vault.DRIVER, "127.0.0.9", 4433, "Rack A", STAGE.id, 1, vault.CERTIFICATE
)


def with_vault(*devices: Device) -> ScriptedRig:
    """A plugin whose devices need a trusted certificate and a password."""
    rig = ScriptedRig({"127.0.0.2": reports("FOH 1")}, *devices)
    rig.other_manufacturers.append(vault.MANUFACTURER)
    return rig


def form(values: DeviceFormValues) -> Any:  # noqa: ANN401 - what a script of dialogs takes
    """Fills the form in and saves it; None when that is refused, as if the user left it then."""

    async def save(screen: DeviceForm) -> Success[Device] | None:
        result = await screen._save_values(values)
        return result if result.success else None

    return save


async def trust(screen: TrustScreen) -> bool:
    shown = await screen._ask_device()
    assert shown.success
    return (await screen._trust_it(shown.data)).success


async def enter_password(screen: SecretScreen) -> Success[SecretPlace] | None:
    stored = await screen._store_it(vault.PASSWORD)
    return stored if stored.success else None


async def add_vault(stage: FlowStage, *answers: object) -> None:
    stage.answer(form(DeviceFormValues(vault.CODE, "127.0.0.9", "", "", "")), *answers)
    await stage.flows.add_device.run()


async def test_a_device_is_added_as_the_form_says() -> None:
    async with flow_stage() as stage:
        stage.answer(form(DeviceFormValues("shure", "192.0.2.9", "2203", "FOH", "Balcony", "shure-strings")))
        await stage.flows.add_device.run()
        added = next(kept for kept in stage.rig.records.kept.values() if kept.host == "192.0.2.9")
        assert (added.port, added.name) == (2203, "FOH")
        assert stage.messages.texts == ["Added FOH."]


async def test_a_driver_that_had_to_be_guessed_is_warned_of() -> None:
    rig = two_receivers()
    rig.drivers_known["shure-web"] = 443
    async with flow_stage(rig) as stage:
        stage.answer(form(DeviceFormValues("shure", "192.0.2.9", "", "", "")))
        await stage.flows.add_device.run()
        assert stage.messages.texts[0] == "Added 192.0.2.9."
        assert "shure-strings is used" in stage.messages.texts[1]
        assert stage.messages.severities == ["information", "warning"]


async def test_a_form_that_is_left_adds_and_changes_nothing() -> None:
    async with flow_stage() as stage:
        (snapshot, _) = stage.rig.live.snapshot()
        stage.answer(None, None, False)
        await stage.flows.add_device.run()
        await stage.flows.change_device.run(snapshot)
        await stage.flows.remove_device.run(snapshot)
        assert len(stage.rig.records.kept) == 2
        assert stage.messages.texts == []


async def test_a_device_is_changed_from_what_is_registered() -> None:
    async with flow_stage() as stage:
        (snapshot, _) = stage.rig.live.snapshot()

        async def rename(screen: DeviceForm) -> Success[Device] | None:
            before = screen._before
            assert before == DeviceFormValues("shure", "127.0.0.2", "2202", "", "Main Stage", "shure-strings")
            result = await screen._save_values(replace(before, name="FOH", location="Chapel"))
            return result if result.success else None

        stage.answer(rename)
        await stage.flows.change_device.run(snapshot)
        changed = stage.rig.records.kept[device(2).id]
        assert (changed.name, changed.location_id, changed.port) == ("FOH", "chapel", 2202)
        assert stage.messages.texts == ["Saved FOH."]


async def test_where_there_are_several_zones_the_form_asks_for_that_of_a_device() -> None:
    far = replace(device(3), zone="foh")
    async with flow_stage(ScriptedRig({"127.0.0.2": reports("FOH 1")}, device(2), far)) as stage:

        async def move(screen: DeviceForm) -> Success[Device] | None:
            before = screen._before
            assert before is not None
            assert before.zone == "main"
            assert screen._fields[-1][0] == "zone"
            result = await screen._save_values(replace(before, zone="foh"))
            return result if result.success else None

        stage.answer(
            move, form(DeviceFormValues("shure", "192.0.2.9", "", "", "", "shure-strings", "b-stage"))
        )
        await stage.flows.change_device.run(stage.rig.live.snapshot()[0])
        await stage.flows.add_device.run()
        zones = {found.host: found.zone for found in stage.rig.records.kept.values()}
        assert zones == {"127.0.0.2": "foh", "127.0.0.3": "foh", "192.0.2.9": "b-stage"}


async def test_removing_asks_first_and_says_how_to_undo_it() -> None:
    async with flow_stage() as stage:
        (snapshot, _) = stage.rig.live.snapshot()
        stage.answer(True, True)
        await stage.flows.remove_device.run(snapshot)
        assert isinstance(stage.dialogs.screens[0], ConfirmScreen)
        assert stage.messages.texts == ["Removed A. u undoes it."]
        await stage.flows.remove_device.run(snapshot)
        assert "No device has the id" in stage.messages.texts[1]


async def test_a_new_device_is_asked_for_its_certificate_and_then_its_password() -> None:
    async with flow_stage(with_vault()) as stage:
        await add_vault(stage, trust, enter_password)
        (added,) = stage.rig.records.kept.values()
        assert added.fingerprint == vault.CERTIFICATE
        assert stage.rig.secrets.kept[owner_device(added.id)].value == vault.PASSWORD
        assert stage.messages.texts == [
            "Added 127.0.0.9.",
            "The certificate of 127.0.0.9 is trusted. u undoes it.",
            "The password of 127.0.0.9 is stored in the file.",
        ]


async def test_without_trust_no_password_is_asked_for() -> None:
    async with flow_stage(with_vault()) as stage:
        await add_vault(stage, False)
        assert "not trusted, so it is not connected. t on the devices screen" in stage.messages.texts[1]


async def test_a_certificate_that_was_not_shown_does_not_hold_up_the_password() -> None:
    async with flow_stage(with_vault()) as stage:
        await add_vault(stage, None, enter_password)
        assert stage.messages.texts[-1] == "The password of 127.0.0.9 is stored in the file."


async def test_a_password_of_the_whole_driver_is_enough() -> None:
    rig = with_vault()
    rig.secrets.kept[owner_driver(vault.DRIVER)] = Secret(vault.PASSWORD)
    async with flow_stage(rig) as stage:
        await add_vault(stage, trust)
        assert len(stage.dialogs.screens) == 2


async def test_the_user_that_was_chosen_for_a_device_stays() -> None:
    rig = with_vault(VAULT)
    rig.secrets.kept[owner_device(VAULT.id)] = Secret("wrong", "audio")
    async with flow_stage(rig) as stage:
        stage.answer(enter_password)
        await stage.flows.access.give_secret(VAULT)
        screen = stage.dialogs.screens[0]
        assert isinstance(screen, SecretScreen)
        assert screen._need.user == "audio"
        assert rig.secrets.kept[owner_device(VAULT.id)].user == "audio"


async def test_a_secret_store_that_cannot_be_read_is_reported() -> None:
    rig = with_vault(VAULT)
    async with flow_stage(rig) as stage:
        rig.secrets.error = SecretError("The file may be read by others", "chmod 600 it")
        await stage.flows.access.give_secret(VAULT)
        await stage.flows.access.let_in(VAULT)
        assert stage.messages.texts == 2 * ["The file may be read by others. chmod 600 it"]
        rig.secrets.error = None
        rig.records.kept.clear()
        await stage.flows.access.give_secret(VAULT)
        assert "No device is called 'door'" in stage.messages.texts[-1]


async def test_a_certificate_can_be_looked_at_and_left() -> None:
    async with flow_stage(with_vault(replace(VAULT, fingerprint=None))) as stage:
        stage.answer(False)
        await stage.flows.access.trust(replace(VAULT, fingerprint=None))
        assert stage.messages.texts == []
        assert stage.rig.records.kept[VAULT.id].fingerprint is None
