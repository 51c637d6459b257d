"""The parameters that several routes have, each with its limits and as OpenAPI describes it."""

from typing import Annotated

from fastapi import Path, Query

from micboard_tui.domain.device import DeviceKind

MAX_TEXT = 100
MAX_CHANNEL = 64
"""More channels than any device has."""

DeviceIdPath = Annotated[str, Path(max_length=MAX_TEXT, description="The `device_id` of a device.")]
ChannelNumberPath = Annotated[
    int, Path(ge=1, le=MAX_CHANNEL, description="The number of a channel on its device, from 1.")
]
ManufacturerFilter = Annotated[
    str | None, Query(max_length=MAX_TEXT, description="`shure`, `sennheiser`, or that of a plugin.")
]
LocationFilter = Annotated[
    str | None,
    Query(max_length=MAX_TEXT, description="A location by its id or name, with everything below it."),
]
OnlineFilter = Annotated[
    bool | None, Query(description="Only devices that answer, or only those that do not.")
]
KindFilter = Annotated[DeviceKind | None, Query(description="Only receivers, transmitters or chargers.")]
PerformerFilter = Annotated[
    str | None,
    Query(max_length=MAX_TEXT, description="Only those of a performer, by name; capitals are ignored."),
]
TextFilter = Annotated[
    str | None,
    Query(max_length=MAX_TEXT, description="A part of a name, model or address; capitals are ignored."),
]
