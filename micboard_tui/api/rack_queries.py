"""Which devices or which channel a request is about, as one value for all routes that ask so."""

from dataclasses import replace
from typing import Annotated

from fastapi import Depends

from micboard_tui.api.context import Context
from micboard_tui.api.device_filters import DeviceFilter, find_locations
from micboard_tui.api.parameters import (
    ChannelNumberPath,
    DeviceIdPath,
    KindFilter,
    LocationFilter,
    ManufacturerFilter,
    OnlineFilter,
    TextFilter,
)
from micboard_tui.domain.device import DeviceKind
from micboard_tui.domain.identity import ChannelRef, DeviceId


async def _read_channel(device_id: DeviceIdPath, number: ChannelNumberPath) -> ChannelRef:
    return ChannelRef(DeviceId(device_id), number)


async def _read_rack_query(
    context: Context,
    manufacturer: ManufacturerFilter = None,
    location: LocationFilter = None,
    is_online: OnlineFilter = None,
) -> DeviceFilter:
    return DeviceFilter(manufacturer, find_locations(context.services.live, location), is_online)


_RackQuery = Annotated[DeviceFilter, Depends(_read_rack_query)]


async def _read_device_query(
    wanted: _RackQuery, kind: KindFilter = None, q: TextFilter = None
) -> DeviceFilter:
    return replace(wanted, kind=kind, text=q)


async def _read_receiver_query(wanted: _RackQuery) -> DeviceFilter:
    return replace(wanted, kind=DeviceKind.RECEIVER)


ChannelPath = Annotated[ChannelRef, Depends(_read_channel)]
"""The parameters `device_id` and `number` of a route of one channel."""
DeviceQuery = Annotated[DeviceFilter, Depends(_read_device_query)]
"""The filters of a route that lists devices. Raises ApiError LOCATION_NOT_FOUND."""
ReceiverQuery = Annotated[DeviceFilter, Depends(_read_receiver_query)]
"""The same of one that lists receivers."""
