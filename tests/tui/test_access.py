"""What a person does on the screen about a device that does not let us in."""

import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
import structlog
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot
from textual.widgets import Input, Static

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import DriverSpec, FoundDevice, Manufacturer
from micboard_tui.domain.bay import Bay, BayState
from micboard_tui.domain.channel import ChannelFacts, ChannelState
from micboard_tui.domain.device import Device, DeviceKind, DeviceState
from micboard_tui.domain.fingerprint import format_fingerprint
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.observation import BayHeard, DeviceHeard
from micboard_tui.domain.secret import (
    Secret,
    SecretError,
    SecretOwner,
    SecretPlace,
    owner_device,
)
from micboard_tui.tui.app import MicboardApp
from micboard_tui.tui.arrange.board_layout import Layout
from micboard_tui.tui.arrange.view import View
from micboard_tui.tui.screens.access_dialogs import HiddenInput, SecretScreen, TrustScreen
from micboard_tui.tui.screens.board_screen import BoardScreen
from micboard_tui.tui.screens.device_form import DeviceForm
from micboard_tui.tui.screens.devices_screen import DevicesScreen
from micboard_tui.tui.screens.search_screen import SearchScreen
from micboard_tui.tui.widgets.chooser import Chooser
from micboard_tui.tui.widgets.lines import Lines
from tests.fakes import vault
from tests.fakes.links import until
from tests.fakes.secrets import InMemorySecrets
from tests.tui.conftest import text_of
from tests.tui.scripted_rig import (
    OPTIONS,
    SILENT,
    STAGE,
    ScriptedRig,
    device,
    reports,
    settle,
    vocal,
)
from tests.tui.test_screens import FINE, at_all_sizes, calm, open_board

pytestmark = pytest.mark.journey

TYPED = "hunter2 §/+ 'planted'"
VAULT = Device(
    DeviceId("door"), vault.CODE, vault.DRIVER, "127.0.0.9", 4433, "Rack A", STAGE.id, 1, vault.CERTIFICATE
)
OWNER = owner_device(VAULT.id)
OLD = "cd" * 32


def rig_with_vault(vault_device: Device = VAULT, *others: Device) -> ScriptedRig:
    """A stage with one receiver of a third party's plugin, and other devices."""
    rig = ScriptedRig({"127.0.0.2": reports("FOH 1", vocal("Ada", 482125, FINE))}, vault_device, *others)
    rig.other_manufacturers.append(vault.MANUFACTURER)
    return rig


@asynccontextmanager
async def open_devices_screen(
    rig: ScriptedRig, size: tuple[int, int] = (80, 24)
) -> AsyncGenerator[tuple[MicboardApp, Pilot[str]]]:
    """The screen of all devices, with everybody heard or refused."""
    async with open_board(rig, size) as (app, pilot):
        await until(lambda: app._background.services is not None)
        await pilot.press("d")
        await pilot.pause()
        yield app, pilot


def toasts(app: MicboardApp) -> list[str]:
    return [each.message for each in app._notifications]


def dialog_text(app: MicboardApp, place: str) -> str:
    return str(app.screen.query_one(f"#{place}", Static).content)


def line(app: MicboardApp, place: str) -> str:
    """What the screen of all devices says at the bottom, as it is now."""
    screen = next(each for each in app.screen_stack if isinstance(each, DevicesScreen))
    screen.show_current()
    return screen.query_one(f"#{place}", Lines).text


def status(rig: ScriptedRig, vault_device: Device = VAULT) -> tuple[str, str | None]:
    snapshot = rig.live.device(vault_device.id)
    assert snapshot is not None
    fault = snapshot.state.fault
    return snapshot.state.status.value, fault.code if fault else None


async def wait_for_trust_dialog(app: MicboardApp) -> TrustScreen:
    """The dialog, once the device has shown what it has."""
    await until(lambda: isinstance(app.screen, TrustScreen) and "Asking" not in dialog_text(app, "where"))
    screen = app.screen
    assert isinstance(screen, TrustScreen)
    return screen


async def wait_for_secret_dialog(app: MicboardApp) -> HiddenInput:
    await until(lambda: isinstance(app.screen, SecretScreen) and app.screen.is_attached)
    await until(lambda: bool(app.screen.query(HiddenInput)))
    return app.screen.query_one(HiddenInput)


def stop_cursor_blink(app: MicboardApp) -> None:
    for field in app.screen.query(Input):
        field.cursor_blink = False


# Certificates.


async def test_a_certificate_is_shown_trusted_and_tried_at_once_and_u_takes_it_back() -> None:
    rig = rig_with_vault(replace(VAULT, fingerprint=None))
    rig.secrets.kept[OWNER] = Secret(vault.PASSWORD)
    async with open_devices_screen(rig) as (app, pilot):
        assert status(rig) == ("refused", "CERTIFICATE_UNKNOWN")
        assert "t shows its certificate" in line(app, "why")
        await pilot.press("t")
        await wait_for_trust_dialog(app)
        shown_now = "".join(dialog_text(app, "shown").split()).replace(":", "")
        assert format_fingerprint(vault.CERTIFICATE).replace(":", "") == shown_now
        assert "Compare it with what the device" in dialog_text(app, "advice")
        assert rig.records.kept[VAULT.id].fingerprint is None
        await pilot.press("y")
        await until(lambda: status(rig) == ("online", None))
        assert rig.records.kept[VAULT.id].fingerprint == vault.CERTIFICATE
        await until(lambda: toasts(app) == ["The certificate of Rack A is trusted. u undoes it."])
        assert isinstance(app.screen, DevicesScreen)
        await pilot.press("u")
        await until(lambda: status(rig) == ("refused", "CERTIFICATE_UNKNOWN"))
        assert rig.records.kept[VAULT.id].fingerprint is None
        await pilot.press("ctrl+r")
        await until(lambda: status(rig) == ("online", None))


@pytest.mark.parametrize("key", ["n", "escape"])
async def test_a_no_changes_nothing(key: str) -> None:
    rig = rig_with_vault(replace(VAULT, fingerprint=OLD))
    async with open_devices_screen(rig) as (app, pilot):
        assert status(rig) == ("refused", "CERTIFICATE_CHANGED")
        assert "unplug" in line(app, "why")
        await pilot.press("t")
        await wait_for_trust_dialog(app)
        assert "".join(dialog_text(app, "before").split()).replace(":", "") == OLD.upper()
        assert "This is not the certificate that you trusted" in dialog_text(app, "advice")
        await pilot.press(key)
        await until(lambda: isinstance(app.screen, DevicesScreen))
        assert rig.records.kept[VAULT.id].fingerprint == OLD
        assert toasts(app) == []


async def test_the_one_that_is_trusted_already_is_tried_again() -> None:
    rig = rig_with_vault()
    async with open_devices_screen(rig) as (app, pilot):
        await pilot.press("t")
        await wait_for_trust_dialog(app)
        assert "You trust this certificate already" in dialog_text(app, "advice")
        await pilot.press("r", "y")
        await until(lambda: isinstance(app.screen, DevicesScreen))
        assert rig.records.kept[VAULT.id] == VAULT


async def test_a_device_that_shows_nothing_can_be_asked_again() -> None:
    away = replace(VAULT, host="127.0.9.9", fingerprint=None)
    async with open_devices_screen(rig_with_vault(away)) as (app, pilot):
        await pilot.press("t")
        await wait_for_trust_dialog(app)
        assert "shows no certificate. Check that it is switched on" in dialog_text(app, "answer")
        await pilot.press("y", "r")
        await wait_for_trust_dialog(app)
        assert "shows no certificate" in dialog_text(app, "answer")
        await pilot.press("escape")
        await until(lambda: isinstance(app.screen, DevicesScreen))


async def test_a_device_that_goes_while_its_certificate_is_looked_at_is_reported() -> None:
    rig = rig_with_vault(replace(VAULT, fingerprint=None))
    async with open_devices_screen(rig) as (app, pilot):
        await pilot.press("t")
        await wait_for_trust_dialog(app)
        rig.records.kept.clear()
        await pilot.press("y")
        await until(lambda: "No device has the id" in dialog_text(app, "answer"))


# Passwords.


async def test_a_password_is_asked_for_unseen_and_opens_the_session() -> None:
    rig = rig_with_vault()
    async with open_devices_screen(rig) as (app, pilot):
        assert status(rig) == ("refused", "CREDENTIALS_NEEDED")
        assert "w asks for its password" in line(app, "why")
        await pilot.press("w")
        field = await wait_for_secret_dialog(app)
        await pilot.pause()
        text = text_of(app)
        assert "Password of the user admin" in text
        assert "for Rack A, 127.0.0.9:4433" in text
        assert "keyring" in text
        field.value = vault.PASSWORD
        await pilot.press("enter")
        await until(lambda: status(rig) == ("online", None))
        assert rig.secrets.kept[OWNER].value == vault.PASSWORD
        await until(lambda: toasts(app) == ["The password of Rack A is stored in the file."])
        assert field.value == ""


async def test_no_password_is_none_and_what_cannot_be_kept_says_why() -> None:
    rig = rig_with_vault()
    async with open_devices_screen(rig) as (app, pilot):
        await pilot.press("w")
        field = await wait_for_secret_dialog(app)
        await pilot.press("enter")
        await until(lambda: "No secret was entered" in dialog_text(app, "answer"))
        rig.secrets.error = SecretError("The file may be read by others", "chmod 600 it")
        field.value = TYPED
        await pilot.press("enter")
        await until(lambda: "chmod 600 it" in dialog_text(app, "answer"))
        await pilot.press("escape")
        await until(lambda: isinstance(app.screen, DevicesScreen))
        assert rig.secrets.kept == {}
        await pilot.press("w")
        await until(lambda: any("chmod 600 it" in each for each in toasts(app)))
        assert isinstance(app.screen, DevicesScreen)


async def test_a_stronger_place_is_warned_of() -> None:
    rig = rig_with_vault()
    rig.secrets.environment[OWNER] = Secret("another")
    async with open_devices_screen(rig) as (app, pilot):
        await pilot.press("w")
        field = await wait_for_secret_dialog(app)
        field.value = vault.PASSWORD
        await pilot.press("enter")
        await until(lambda: any("still comes first" in each for each in toasts(app)))


async def test_keys_that_a_device_has_no_use_for_are_not_shown_and_say_why() -> None:
    gone = replace(device(3), manufacturer="acme", driver="acme-link", name="Gone")
    async with open_devices_screen(rig_with_vault(VAULT, device(2), gone)) as (app, pilot):
        await pilot.press("home")
        assert line(app, "keys").startswith(" t trust   w password   A add")
        await pilot.press("j")
        assert line(app, "keys").startswith(" A add")
        await pilot.press("t", "w")
        assert toasts(app)[-1] == "FOH 1 needs no password or key."
        await pilot.press("t")
        assert toasts(app)[-1] == "FOH 1 has no certificate."
        await pilot.press("j", "w")
        assert toasts(app)[-1] == "Gone cannot be reached: its driver acme-link is not installed."


async def test_without_a_device_there_is_nothing_to_open() -> None:
    async with open_board(ScriptedRig(), (80, 24)) as (app, pilot):
        await pilot.press("escape", "d", "t", "w")
        assert toasts(app) == []
        assert isinstance(app.screen, DevicesScreen)


async def test_the_keys_stand_in_the_help_and_in_the_palette_and_can_be_others() -> None:
    rig = rig_with_vault(replace(VAULT, fingerprint=None))
    app = rig.app(replace(OPTIONS, keys={"trust": "f6", "secret": "f7"}))
    async with app.run_test(size=(120, 60)) as pilot:
        await rig.all_devices_settle()
        await until(lambda: app._background.services is not None)
        settle(app)
        await pilot.press("d", "question_mark")
        await pilot.pause()
        text = text_of(app)
        assert "f6          Devices: trust a certificate" in text
        assert "f7          Devices: enter a password or key" in text
        await pilot.press("escape")
        commands = {each.title: each.help for each in app.get_system_commands(app.screen)}
        assert commands["Devices: trust a certificate"] == "Key f6"
        assert commands["Devices: enter a password or key"] == "Key f7"
        assert line(app, "keys").startswith(" f6 trust   f7 password")
        assert "f6 shows its certificate" in line(app, "why")
        await pilot.press("f6")
        await wait_for_trust_dialog(app)


async def test_d_begins_with_the_device_of_the_chosen_channel() -> None:
    async with open_board(calm(), (80, 24)) as (app, pilot):
        await pilot.press("end", "d")
        screen = app.screen
        assert isinstance(screen, DevicesScreen)
        assert screen.chosen is not None
        assert screen.chosen.device.id == device(3).id
        await pilot.press("d")
        assert sum(isinstance(each, DevicesScreen) for each in app.screen_stack) == 1


# After a device was added.


@pytest.mark.no_cover
async def test_the_form_goes_on_to_the_certificate_and_then_to_the_password() -> None:
    rig = rig_with_vault(device(2))
    async with open_board(rig, (80, 24)) as (app, pilot):
        await until(lambda: app._background.services is not None)
        await pilot.press("A", "up", "up", "right", "enter")
        await until(lambda: dialog_text(app, "answer") not in {"", "Adding…"})
        await pilot.press("down", "down", *"127.0.0.9", "enter")
        await wait_for_trust_dialog(app)
        await pilot.press("y")
        field = await wait_for_secret_dialog(app)
        field.value = vault.PASSWORD
        await pilot.press("enter")
        await until(lambda: isinstance(app.screen, BoardScreen))
        added = next(each for each in rig.records.kept.values() if each.manufacturer == vault.CODE)
        assert (added.host, added.port, added.fingerprint) == ("127.0.0.9", 4433, vault.CERTIFICATE)
        await until(lambda: status(rig, added) == ("online", None))


@pytest.mark.parametrize(("key", "is_warned"), [("y", False), ("n", True)])
@pytest.mark.no_cover
async def test_what_there_is_to_know_of_a_new_device_does_not_cover_its_dialogs(
    key: str, *, is_warned: bool
) -> None:
    rig = rig_with_vault(device(2))
    (spec,) = vault.MANUFACTURER.drivers.values()
    other = replace(spec, name="vault-plain", secret=None, certificate=None)
    drivers = {spec.name: replace(spec, secret=None), other.name: other}
    rig.other_manufacturers = [replace(vault.MANUFACTURER, drivers=drivers)]
    async with open_board(rig, (80, 24)) as (app, pilot):
        await until(lambda: app._background.services is not None)
        await pilot.press("A", "up", "up", "v", "down", "down", *"127.0.0.9", "enter")
        await wait_for_trust_dialog(app)
        assert toasts(app) == ["Added 127.0.0.9."]
        await pilot.press(key)
        await until(lambda: isinstance(app.screen, BoardScreen) and len(toasts(app)) > is_warned)
        assert any("vault-tls is used" in each for each in toasts(app)) is is_warned


async def test_the_search_goes_on_to_what_the_device_wants() -> None:
    found = FoundDevice("127.0.0.9", 4433, vault.CODE, vault.DRIVER, "VX1", "Vault 1", via="probe")
    rig = rig_with_vault(device(2))
    rig.other_manufacturers = [replace(vault.MANUFACTURER, discover=rig.announcements)]
    rig.announcements.found = [found]
    async with open_board(rig, (80, 24)) as (app, pilot):
        await until(lambda: app._background.services is not None)
        await pilot.press("S")
        search = app.screen
        assert isinstance(search, SearchScreen)
        await until(lambda: not search._is_looking)
        search.show_current()
        await pilot.press("a")
        await until(lambda: any("It needs its certificate trusted and its" in text for text in toasts(app)))
        # What is typed meanwhile is not for a dialog that would open by itself.
        assert app.screen is search
        await pilot.press("a")
        await wait_for_trust_dialog(app)
        await pilot.press("y")
        field = await wait_for_secret_dialog(app)
        field.value = vault.PASSWORD
        await pilot.press("enter")
        await until(lambda: app.screen is search)
        added = next(each for each in rig.records.kept.values() if each.manufacturer == vault.CODE)
        await until(lambda: status(rig, added) == ("online", None))


# The form.


@pytest.mark.no_cover
async def test_a_broken_plugin_is_not_offered_and_its_devices_cannot_be_opened() -> None:
    broken = replace(VAULT, id=DeviceId("broken"), manufacturer="wreck", host="127.0.0.8", name="Wreck")
    rig = rig_with_vault(VAULT, broken)
    rig.broken_plugins = ("wreck",)
    async with open_devices_screen(rig) as (app, pilot):
        await pilot.press("home", "w")
        assert toasts(app)[-1] == f"Wreck cannot be reached: its driver {vault.DRIVER} is not installed."
        await pilot.press("A", "up", "up")
        assert [each.label for each in app.screen.query_one("#manufacturer", Chooser).options] == [
            "Shure",
            "Vault",
        ]


@pytest.mark.no_cover
async def test_makers_and_drivers_are_chosen_by_the_keyboard_alone() -> None:
    rig = rig_with_vault(device(2))
    rig.drivers_known["shure-web"] = 443
    async with open_board(rig, (80, 24)) as (app, pilot):
        await until(lambda: app._background.services is not None)
        await pilot.press("A")
        form = app.screen
        assert isinstance(form, DeviceForm)
        order = []
        for _ in range(6):
            assert form.focused is not None
            order.append(form.focused.id)
            await pilot.press("tab")
        assert order == ["host", "port", "name", "location", "manufacturer", "driver"]
        maker, driver = form.query_one("#manufacturer", Chooser), form.query_one("#driver", Chooser)
        assert (maker.value, driver.value) == ("shure", "")


async def test_the_form_says_the_usual_port_of_what_is_chosen() -> None:
    rig = rig_with_vault(device(2))
    rig.drivers_known["shure-web"] = 443
    async with open_board(rig, (80, 24)) as (app, pilot):
        await until(lambda: app._background.services is not None)
        await pilot.press("A")
        label = app.screen.query_one("#port-label", Static)
        maker, driver = (app.screen.query_one(f"#{name}", Chooser) for name in ("manufacturer", "driver"))
        assert label.content == "Port, if not the default of the protocol"
        await pilot.press("up", "right", "right")
        assert (driver.value, label.content) == ("shure-web", "Port, if not 443, the default")
        await pilot.press("space")
        assert driver.value == ""
        await pilot.press("left", "x", "up", "v")
        await pilot.pause()
        assert (maker.value, driver.value) == ("vault", vault.DRIVER)
        assert label.content == "Port, if not 4433, the default"
        await pilot.press("s")
        assert maker.value == "shure"


async def test_a_driver_that_was_chosen_is_taken() -> None:
    rig = rig_with_vault(device(2))
    rig.drivers_known["shure-web"] = 443
    async with open_board(rig, (80, 24)) as (app, pilot):
        await until(lambda: app._background.services is not None)
        await pilot.press("A", *"127.0.0.7", "up", "right", "right", "enter")
        await until(lambda: len(rig.records.kept) == 2)
        added = next(each for each in rig.records.kept.values() if each.host == "127.0.0.7")
        assert (added.driver, added.port) == ("shure-web", 443)


async def test_a_device_whose_plugin_is_gone_can_still_be_changed() -> None:
    gone = replace(device(3), manufacturer="acme", driver="acme-link", name="Gone")
    rig = ScriptedRig({}, gone)
    async with open_devices_screen(rig) as (app, pilot):
        await pilot.press("enter")
        form = app.screen
        assert isinstance(form, DeviceForm)
        assert form.query_one("#manufacturer", Chooser).value == "acme"
        assert form.query_one("#driver", Chooser).value == "acme-link"
        form.query_one("#name", Input).value = "There"
        await pilot.press("enter")
        await until(lambda: rig.records.kept[gone.id].name == "There")


# A secret stays one.


class VisibleTexts:
    """Every text that an app shows, as it was after each key."""

    def __init__(self, app: MicboardApp, pilot: Pilot[str]) -> None:
        self._app, self._pilot = app, pilot
        self.seen: list[str] = []

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self._pilot.press(key)
            await self._pilot.pause()
            self.look()

    def look(self) -> None:
        app = self._app
        self.seen += [text_of(app), app.clipboard, *toasts(app)]
        self.seen += [repr(each) + each.description for each in app.workers]
        self.seen += [repr(node) for screen in app.screen_stack for node in screen.walk_children()]


async def test_a_typed_password_stands_nowhere(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """No notification, log, text of a screen, description of a worker or clipboard has it."""
    rig = rig_with_vault()
    with structlog.testing.capture_logs() as events, caplog.at_level(logging.DEBUG):
        async with open_devices_screen(rig, (120, 40)) as (app, pilot):
            texts = VisibleTexts(app, pilot)
            await texts.press("w")
            field = await wait_for_secret_dialog(app)
            await texts.press(*(sign if sign.isalnum() else "space" for sign in TYPED))
            assert len(field.value) == len(TYPED)
            field.value = TYPED
            field.select_all()
            rig.secrets.error = SecretError("The file may be read by others", "chmod 600 it")
            await texts.press("ctrl+c", "enter")
            await until(lambda: "chmod 600 it" in dialog_text(app, "answer"))
            rig.secrets.error = None
            await texts.press("enter")
            await until(lambda: status(rig) == ("refused", "CREDENTIALS_REFUSED"))
            await texts.press("k", "L")
    assert rig.secrets.kept[OWNER].value == TYPED
    printed = capsys.readouterr()
    everything = "\n".join([*texts.seen, *map(repr, events), caplog.text, printed.out, printed.err])
    assert "The password of Rack A is stored" in everything
    assert TYPED[:6] not in everything


async def test_a_marked_password_can_be_deleted_but_not_cut_out() -> None:
    async with open_devices_screen(rig_with_vault()) as (app, pilot):
        await pilot.press("w")
        field = await wait_for_secret_dialog(app)
        field.value = TYPED
        field.select_all()
        await pilot.press("ctrl+x")
        assert (field.value, app.clipboard) == ("", "")


class BurningSecrets(InMemorySecrets):
    """A store that breaks as nobody foresaw."""

    async def keep(
        self, owner: SecretOwner, value: str, user: str | None, place: SecretPlace | None = None
    ) -> SecretPlace:
        raise RuntimeError("the disk is on fire")


async def test_an_error_while_it_is_kept_does_not_tell_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    rig = rig_with_vault()
    rig.secrets = BurningSecrets()
    async with open_devices_screen(rig) as (app, pilot):
        await pilot.press("w")
        field = await wait_for_secret_dialog(app)
        field.value = TYPED
        await pilot.press("enter")
        await until(lambda: any("RuntimeError" in notice.message for notice in app._notifications))
        shown = " ".join(notice.message for notice in app._notifications) + text_of(app)
    assert "the disk is on fire" in caplog.text
    assert TYPED[:6] not in caplog.text + shown


# How it looks.


def lock(rig: ScriptedRig, *, secret: str = "password") -> Manufacturer:  # noqa: S107 - what kind
    """A maker whose devices say what a script says, and show a certificate."""

    async def certificate(host: str, port: int, timeout_s: float) -> str:
        return vault.CERTIFICATE

    spec = DriverSpec(
        "lock-tls", "TLS", 443, rig.open, secret, "api", has_certificate=True, certificate=certificate
    )
    return Manufacturer("lock", "Lock", {"lock-tls": spec})


FAULTS: Sequence[tuple[str, DeviceError]] = (
    (
        "No password",
        DeviceError(
            ErrorCode.CREDENTIALS_NEEDED,
            "127.0.0.2:443 lets nobody in without its password",
            hint="Store the password: micboard-tui secrets set",
        ),
    ),
    (
        "Bad password",
        DeviceError(
            ErrorCode.CREDENTIALS_REFUSED,
            "127.0.0.3:443 refuses the password of the user api (HTTP 401)",
            hint="Store the right one: micboard-tui secrets set. Wrong tries can lock the device's account",
        ),
    ),
    (
        "New here",
        DeviceError(
            ErrorCode.CERTIFICATE_UNKNOWN,
            "127.0.0.4:443 shows a certificate that nobody has accepted yet: "
            f"{format_fingerprint(vault.CERTIFICATE)}",
            hint="If it is the device's own, accept it: micboard-tui devices trust",
        ),
    ),
    (
        "Exchanged",
        DeviceError(
            ErrorCode.CERTIFICATE_CHANGED,
            "127.0.0.5:443 shows another certificate than the one that was accepted: "
            + format_fingerprint(vault.CERTIFICATE),
            hint="After a reset or an exchange of the device that is right: micboard-tui devices trust. "
            "Else somebody may be listening in",
        ),
    ),
    (
        "Closed",
        DeviceError(
            ErrorCode.DEVICE_REFUSED,
            "127.0.0.6:443 refuses the connection",
            hint="Check the port; on SLX-D set Advanced Settings > Controller Access > Allow",
        ),
    ),
    (
        "Misspelt",
        DeviceError(
            ErrorCode.HOST_NOT_RESOLVED,
            "No address is known for racka.local",
            hint="Check the spelling, or use the address from the device's network menu",
        ),
    ),
    (
        "Taken",
        DeviceError(
            ErrorCode.PORT_TAKEN,
            "UDP port 53212, to which the device answers, is taken by another program of this computer",
            hint="Close Wireless Systems Manager (WSM) or the other micboard-tui, or use another computer",
        ),
    ),
    (
        "Babbles",
        DeviceError(
            ErrorCode.API_ERROR,
            "127.0.0.9:443 answers with something that is no HTTP",
            hint="Check that the address and the port are those of the device",
        ),
    ),
    ("Silent", SILENT),
)


def refused() -> ScriptedRig:
    """One device for each reason not to be read, with a channel that was heard before, and a charger."""
    scripts = {f"127.0.0.{number}": error for number, (_, error) in enumerate(FAULTS, 2)}
    racks = [
        replace(device(number, name=name), manufacturer="lock", driver="lock-tls", port=443)
        for number, (name, _) in enumerate(FAULTS, 2)
    ]
    gone = replace(device(20, name="Uninstalled"), manufacturer="acme", driver="acme-link")
    charger, empty, unheard = (
        device(21, name="Charger"),
        device(22, name="New charger"),
        device(23, name="Never"),
    )
    bays = [BayHeard(Bay(number, BayState.READY)) for number in range(1, 9)]
    rig = ScriptedRig(
        {
            **scripts,
            charger.host: [DeviceHeard(DeviceKind.CHARGER, 0, "SBC840", "Charger", bay_count=8), *bays],
            empty.host: [DeviceHeard(DeviceKind.CHARGER, 0, "SBC220", "New charger")],
            unheard.host: FAULTS[2][1],
        },
        *racks,
        gone,
        charger,
        empty,
        replace(unheard, manufacturer="lock", driver="lock-tls", port=443),
    )
    rig.other_manufacturers.append(lock(rig))
    rig.records.kept[racks[3].id] = replace(racks[3], fingerprint=OLD)
    for rack in (*racks, gone):
        facts = ChannelFacts(name=f"Vox of {rack.name}")
        was = ChannelState(rack.id, 1, facts=facts, observed_at=rig.manual_clock.now - 90)
        rig.store(DeviceState(rack.id, model="EWDX2CHS", last_seen_at=rig.manual_clock.now - 90), was)
    return rig


@at_all_sizes
async def test_devices_that_cannot_be_read(screen: SnapshotAssertion, size: tuple[int, int]) -> None:
    rig = refused()
    async with open_board(rig, size) as (app, pilot):
        rig.manual_clock.now += 75
        await pilot.press("d", "home")
        await pilot.pause()
        text = text_of(app)
        for _ in range(len(rig.records.kept)):
            text += f"\n{line(app, 'why')}\n{line(app, 'keys')}\n"
            await pilot.press("j")
        assert text == screen


@at_all_sizes
async def test_the_board_says_why(screen: SnapshotAssertion, size: tuple[int, int]) -> None:
    rig = refused()
    async with open_board(rig, size) as (app, pilot):
        rig.manual_clock.now += 75
        for layout in Layout:
            settle(app).show_view(View(layout=layout))
            await pilot.pause()
            settle(app)
            await pilot.pause()
            assert text_of(app) == screen(name=layout)


@at_all_sizes
@pytest.mark.no_cover
async def test_the_details_say_why(screen: SnapshotAssertion, size: tuple[int, int]) -> None:
    rig = refused()
    async with open_board(rig, size) as (app, pilot):
        rig.manual_clock.now += 75
        board, problems = settle(app).board, []
        for ref in board.channels[:4]:
            board.select(ref)
            await pilot.press("enter")
            await pilot.pause()
            lines = app.screen.query_one("#detail", Lines).text.splitlines()
            problems += [line for line in lines if "problem" in line or "cure" in line]
            await pilot.press("escape")
        assert "".join(f"{line}\n" for line in problems) == screen


@pytest.mark.parametrize("before", [None, OLD, vault.CERTIFICATE], ids=["new", "changed", "same"])
@at_all_sizes
async def test_how_a_certificate_is_shown(
    screen: SnapshotAssertion, size: tuple[int, int], before: str | None
) -> None:
    async with open_devices_screen(rig_with_vault(replace(VAULT, fingerprint=before)), size) as (app, pilot):
        await pilot.press("t")
        await wait_for_trust_dialog(app)
        await pilot.pause()
        assert text_of(app) == screen


@at_all_sizes
async def test_how_a_certificate_that_is_not_shown_looks(
    screen: SnapshotAssertion, size: tuple[int, int]
) -> None:
    away = replace(VAULT, host="127.0.9.9", fingerprint=None)
    async with open_devices_screen(rig_with_vault(away), size) as (app, pilot):
        await pilot.press("t")
        await wait_for_trust_dialog(app)
        await pilot.pause()
        assert text_of(app) == screen


@at_all_sizes
@pytest.mark.no_cover
async def test_how_a_password_is_asked_for(screen: SnapshotAssertion, size: tuple[int, int]) -> None:
    async with open_devices_screen(rig_with_vault(), size) as (app, pilot):
        await pilot.press("w")
        field = await wait_for_secret_dialog(app)
        stop_cursor_blink(app)
        field.value = TYPED
        await pilot.pause()
        assert text_of(app) == screen


@at_all_sizes
@pytest.mark.no_cover
async def test_how_the_choices_of_the_form_look(screen: SnapshotAssertion, size: tuple[int, int]) -> None:
    rig = rig_with_vault(device(2))
    rig.drivers_known["shure-web"] = 443
    async with open_board(rig, size) as (app, pilot):
        await until(lambda: app._background.services is not None)
        await pilot.press("A", "up", "right")
        stop_cursor_blink(app)
        await pilot.pause()
        assert text_of(app) == screen
