"""Channels that could take over, as they are answered."""

from pydantic import BaseModel, Field

from micboard_tui.api.models.document import Document


class Spare(BaseModel):
    device_id: str
    number: int
    name: str = Field(description="Who has it or what it is called, else its device and number.")
    mic_number: str | None
    is_ready: bool = Field(
        description="Live, silent for a while, with a battery and a signal that are known to be good."
    )
    reasons: list[str] = Field(description="What is for and against it, in short texts.")


class Spares(Document):
    """The best first."""

    spares: list[Spare]
