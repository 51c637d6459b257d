"""The keys that open a device which does not let us in: trusting its certificate, giving its password."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import TypeAlias

from micboard_tui.contracts.ports import DriverSpec
from micboard_tui.contracts.services import Services
from micboard_tui.domain.device import Device
from micboard_tui.domain.safe_text import visible
from micboard_tui.tui.flows.assign import BACK, WARNED_S, AssigningApp
from micboard_tui.tui.screens.access_dialogs import SecretScreen, TrustScreen
from micboard_tui.tui.service_readings import find_spec

GROUP = "access"
Act: TypeAlias = Callable[[Services, Device], Awaitable[None]]


class AccessApp(AssigningApp):
    """Asks what only a person can say, one dialog after the other."""

    _asking: asyncio.Lock

    def trust(self, device: Device) -> None:
        """Show its certificate and ask whether it is the right one."""
        self._open_door(self._ask_trust, device)

    def give_secret(self, device: Device) -> None:
        """Ask for its password or key."""
        self._open_door(self._ask_secret, device)

    def let_in(self, device: Device, warning: str | None = None) -> None:
        """After it was added: ask for all that it needs before it lets us in.

        ``warning`` is what there is to know of it; told at once where nothing has to be asked, else only
        when something was not answered.
        """
        self._open_door(partial(self._ask_all, warning=warning), device)

    def _open_door(self, act: Act, device: Device) -> None:
        if services := self.open_or_wait():
            self.run_worker(self._in_turn(act, services, device), group=GROUP)

    async def _in_turn(self, act: Act, services: Services, device: Device) -> None:
        async with self._asking:
            await act(services, device)

    async def _ask_all(self, services: Services, device: Device, *, warning: str | None) -> None:
        spec = find_spec(services.manufacturers, device)
        is_asked = spec is not None and (spec.certificate is not None or spec.secret is not None)
        if spec is not None and is_asked and await self._is_let_in(services, device, spec):
            return
        if warning is not None:
            self.notify(visible(warning), severity="warning", timeout=WARNED_S)

    async def _is_let_in(self, services: Services, device: Device, spec: DriverSpec) -> bool:
        """Whether all was answered that had to be asked."""
        trusted: bool | None = True
        if spec.certificate is not None and device.fingerprint is None:
            trusted = await self._is_trusted(services, device)
            if trusted is False:
                # Without trust it is not talked to, so no password would ever be sent.
                self.notify(visible(f"{self._title_of(device)} is not talked to. In Devices, t looks again."))
                return False
        if spec.secret is not None and await self._has_none(services, device):
            return await self._is_given(services, device) and trusted is True
        return trusted is True

    async def _ask_trust(self, services: Services, device: Device) -> None:
        await self._is_trusted(services, device)

    async def _is_trusted(self, services: Services, device: Device) -> bool | None:
        """None: it showed no certificate."""
        devices, title = services.devices, self._title_of(device)
        screen = TrustScreen(
            device, title, partial(devices.certificate, device.id), partial(devices.trust, device.id)
        )
        trusted = await self.push_screen_wait(screen)
        if trusted:
            self.notify(visible(f"{title} is trusted by its certificate. {BACK}"))
        return trusted

    async def _has_none(self, services: Services, device: Device) -> bool:
        listing = await services.secrets.listing()
        if not listing.success:
            self.complain(listing.error)
            return False
        return any(each.id == device.id for each in listing.data.missing)

    async def _ask_secret(self, services: Services, device: Device) -> None:
        await self._is_given(services, device)

    async def _is_given(self, services: Services, device: Device) -> bool:
        """Whether a secret is kept for it now."""
        secrets, title = services.secrets, self._title_of(device)
        need = await secrets.need(device.id, None)
        if not need.success:
            self.complain(need.error)
            return False
        listing = await secrets.listing()
        if not listing.success:
            self.complain(listing.error)
            return False
        owner = need.data.owner
        # Somebody may have chosen another user for it, on the command line.
        user = next((each.known.user for each in listing.data.secrets if each.known.owner == owner), None)
        asked = need.data if user is None else replace(need.data, user=user)
        screen = SecretScreen(
            asked, title, f"{device.host}:{device.port}", partial(secrets.keep, owner, user=user)
        )
        place = await self.push_screen_wait(screen)
        if place is None:
            return False
        self.notify(visible(f"Kept the {asked.kind} of {title} in the {place.value}."))
        return True

    def _title_of(self, device: Device) -> str:
        snapshot = self._live.device(device.id)
        return snapshot.title if snapshot is not None else device.name or device.host
