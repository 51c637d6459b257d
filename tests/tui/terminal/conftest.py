"""Here frames are read by an emulated terminal."""

import pytest


@pytest.fixture(autouse=True)
def render_on_demand() -> None:
    """Render as always."""
