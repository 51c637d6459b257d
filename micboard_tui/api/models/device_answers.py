"""How a device is registered, and what it did."""

from pydantic import BaseModel, Field

from micboard_tui.api.models.document import Document


class RegistrationEntry(BaseModel):
    id: str
    manufacturer: str
    driver: str
    host: str
    port: int
    name: str | None = Field(
        description="The name that a person gave it; null: it is called as it calls itself."
    )
    location_id: str | None
    position: int = Field(description="Its place in the rack.")
    fingerprint: str | None = Field(description="SHA-256 of the certificate that is trusted.")
    out_of_service: bool = Field(description="Nothing of it is an alarm.")
    zone: str = Field(description="The part of the network in which it is reached.")


class RegistrationAnswer(Document):
    device: RegistrationEntry


class ChangedRegistrationAnswer(RegistrationAnswer):
    warning: str | None = Field(description="What a person should know of it, although it was done.")


class ConfirmationEntry(BaseModel):
    command: dict[str, str | int | bool | None] = Field(description="As it was asked for.")
    value: str = Field(description="What is in force now, as the device writes it.")
    adapted: bool = Field(
        description="The value is another one than asked for: the device takes, or chose, only that."
    )


class ConfirmationAnswer(Document):
    confirmation: ConfirmationEntry
    warning: str | None
