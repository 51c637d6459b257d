"""What is asked for of devices and locations, as they are registered."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from micboard_tui.api.models.request_model import Flag, Id, RequestModel, TypedName, find_given
from micboard_tui.domain.value_ranges import MAX_HOST, MAX_PORT

MAX_FINGERPRINT = 200
MAX_POSITION = 10_000

NAME = frozenset({"name"})
PLACE = frozenset({"parent_id", "position"})
RF_ZONE = frozenset({"is_rf_zone"})
OUT_OF_SERVICE = frozenset({"is_out_of_service"})

Host = Annotated[str, Field(max_length=MAX_HOST + 10)]
Port = Annotated[int, Field(strict=True, ge=1, le=MAX_PORT)]
Fingerprint = Annotated[str, Field(max_length=MAX_FINGERPRINT)]


class NewDeviceRequest(RequestModel):
    manufacturer: TypedName = Field(description="`shure`, `sennheiser`, or that of a plugin.")
    host: Host
    driver: TypedName | None = Field(default=None, description="Left out: the device is asked.")
    port: Port | None = None
    name: TypedName | None = None
    location: TypedName | None = Field(default=None, description="By name; made where there is none.")
    fingerprint: Fingerprint | None = Field(
        default=None, description="SHA-256 of the certificate that the user trusts."
    )
    zone: TypedName | None = Field(
        default=None, description="The part of the network in which it is reached; left out: main."
    )


class DeviceRequest(RequestModel):
    """What is given is changed."""

    name: TypedName | None = Field(default=None, description="Empty: as the device calls itself.")
    host: Host | None = None
    port: Port | None = None
    location: TypedName | None = Field(
        default=None, description="By name; made where there is none. Empty: at none."
    )
    fingerprint: Fingerprint | None = Field(
        default=None, description="SHA-256 of the certificate that the user trusts; empty: none."
    )
    out_of_service: Flag | None = Field(default=None, description="Nothing of it is an alarm.")
    zone: TypedName | None = Field(
        default=None, description="The part of the network in which it is reached. Empty: main."
    )


class PlacementRequest(RequestModel):
    location_id: Id | None = Field(description="null takes it out of its location.")


class NewLocationRequest(RequestModel):
    name: TypedName
    parent: TypedName | None = Field(default=None, description="The location above, by name.")


class LocationRequest(RequestModel):
    """What becomes of a location: its name, its place, or one of its marks. One of these."""

    name: TypedName | None = None
    parent_id: Id | None = Field(default=None, description="The location above; null: none.")
    position: Annotated[int, Field(strict=True, ge=0, le=MAX_POSITION)] | None = Field(
        default=None, description="Among those below the same one, from 0; left out: the last."
    )
    is_rf_zone: Flag | None = Field(
        default=None, description="It and all below hear no carrier from outside."
    )
    is_out_of_service: Flag | None = Field(default=None, description="Nothing there is an alarm.")

    @property
    def group(self) -> frozenset[str] | None:
        """What is changed; None: nothing, or several."""
        return find_given(self, NAME, PLACE, RF_ZONE, OUT_OF_SERVICE)

    @model_validator(mode="after")
    def _check_group(self) -> Self:
        # Each of them is a step of its own, and one that fails must not leave half of the others done.
        is_mark = self.group in (NAME, RF_ZONE, OUT_OF_SERVICE)
        value = next((getattr(self, name) for name in self.group or ()), None)
        if self.group is None or (is_mark and value is None):
            raise ValueError("give name, or parent_id and position, or is_rf_zone, or is_out_of_service")
        return self
