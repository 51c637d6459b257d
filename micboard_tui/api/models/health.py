"""The shape of a report on health."""

from typing import Literal

from pydantic import BaseModel, Field


class HealthCheckEntry(BaseModel):
    name: str
    verdict: Literal["ok", "warning", "failed"]
    message: str
    hint: str = Field(description="What to do; empty where all is well.")


class Health(BaseModel):
    schema_: Literal[1] = Field(alias="schema")
    healthy: bool = Field(description="False when a check failed; a device that is off the air is a warning.")
    checks: list[HealthCheckEntry] | None = Field(description="null for who may not watch.")


class Liveness(BaseModel):
    schema_: Literal[1] = Field(alias="schema")
    status: Literal["ok", "starting", "waiting", "lost", "failed"]
