"""Lets a device in: asks whether its certificate is trusted, and for its password or key.

A device that is added is asked about in this order: first the certificate, since without trust it is not
connected and no password would ever be sent; then the secret. Several devices can be added at once (the
search screen stays open), so one is asked about after the other.
"""

import asyncio
from dataclasses import replace
from functools import partial

from micboard_tui.contracts.device import DeviceContract
from micboard_tui.contracts.manufacturers import DriverInfo, ManufacturerContract
from micboard_tui.contracts.secrets import SecretContract
from micboard_tui.domain.device import Device
from micboard_tui.domain.identity import DeviceId
from micboard_tui.tui.device_titles import DeviceTitles
from micboard_tui.tui.flows.user_ports import AskScreen, Notices
from micboard_tui.tui.screens.access_dialogs import SecretScreen, TrustScreen
from micboard_tui.tui.service_readings import find_spec


class AccessFlow:
    def __init__(  # noqa: PLR0913 - what it asks, and whom
        self,
        devices: DeviceContract,
        secrets: SecretContract,
        manufacturers: ManufacturerContract,
        titles: DeviceTitles,
        ask: AskScreen,
        notices: Notices,
        *,
        operator: str,
    ) -> None:
        self._devices, self._secrets = devices, secrets
        self._manufacturers, self._titles = manufacturers, titles
        self._ask, self._notices, self._operator = ask, notices, operator
        self._is_asking = asyncio.Lock()

    async def trust(self, device: Device) -> None:
        """Show its certificate and ask whether it is the right one."""
        async with self._is_asking:
            await self._ask_trust(device)

    async def give_secret(self, device: Device) -> None:
        """Ask for its password or key."""
        async with self._is_asking:
            await self._ask_secret(device)

    async def let_in(self, device: Device, warning: str | None = None) -> None:
        """After it was added: ask for all that it needs.

        ``warning`` is what there is to know of it; shown at once where nothing has to be asked, else only
        when something was not answered.
        """
        async with self._is_asking:
            spec = find_spec(self._manufacturers, device)
            needs_access = spec is not None and (spec.shows_certificate or spec.secret is not None)
            if spec is not None and needs_access and await self._ask_all(device, spec):
                return
            if warning is not None:
                self._notices.warn(warning)

    async def _ask_all(self, device: Device, spec: DriverInfo) -> bool:
        """Whether all was answered that had to be asked."""
        is_trusted: bool | None = True
        if spec.shows_certificate and device.fingerprint is None:
            is_trusted = await self._ask_trust(device)
            if is_trusted is False:
                trust_key = self._notices.key("trust")
                self._notices.inform(
                    f"{self._titles.title(device)} is not trusted, so it is not connected. "
                    f"{trust_key} on the devices screen asks again."
                )
                return False
        if spec.secret is not None and await self._lacks_secret(device.id):
            return await self._ask_secret(device) and is_trusted is True
        return is_trusted is True

    async def _ask_trust(self, device: Device) -> bool | None:
        """Whether the user trusts it; None: it showed no certificate."""
        devices, title = self._devices, self._titles.title(device)
        is_trusted = await self._ask(
            TrustScreen(
                device,
                title,
                partial(devices.fetch_certificate, device.id),
                partial(devices.trust, device.id, actor=self._operator),
            )
        )
        if is_trusted:
            self._notices.inform(f"The certificate of {title} is trusted. {self._notices.undo_hint}")
        return is_trusted

    async def _lacks_secret(self, device_id: DeviceId) -> bool:
        listing = await self._secrets.list_secrets()
        if not listing.success:
            self._notices.report_error(listing.error)
            return False
        return any(device.id == device_id for device in listing.data.missing)

    async def _ask_secret(self, device: Device) -> bool:
        """Whether a secret is stored for it now."""
        title = self._titles.title(device)
        need = await self._secrets.find_need(device.id, None)
        if not need.success:
            self._notices.report_error(need.error)
            return False
        listing = await self._secrets.list_secrets()
        if not listing.success:
            self._notices.report_error(listing.error)
            return False
        owner = need.data.owner
        # Another user may have been chosen for it on the command line.
        user = next((entry.known.user for entry in listing.data.secrets if entry.known.owner == owner), None)
        wanted = need.data if user is None else replace(need.data, user=user)
        stored = await self._ask(
            SecretScreen(
                wanted,
                title,
                device.address,
                partial(self._secrets.keep, owner, user=user, actor=self._operator),
            )
        )
        if stored is None:
            return False
        self._notices.inform(f"The {wanted.kind} of {title} is stored in the {stored.data.value}.")
        if stored.warning:
            # Afterwards: what informs takes the place of what was shown before.
            self._notices.warn(stored.warning)
        return True
