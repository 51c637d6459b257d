"""Settings as the variables of the environment hold them."""

from typing import cast

from pydantic import BaseModel, create_model
from pydantic_settings import BaseSettings, EnvSettingsSource, SettingsError

from micboard_tui.config.nested_values import Values


class VariableError(Exception):
    """A variable cannot be read."""


def read_variables(settings: type[BaseModel], prefix: str, between: str) -> Values:
    """What variables hold of ``settings``. Raises VariableError.

    Their names begin with ``prefix``; ``between`` stands between a section and what is in it.
    """
    fields = cast("type[BaseSettings]", create_model("Variables", __base__=(BaseSettings, settings)))
    try:
        return EnvSettingsSource(fields, env_prefix=prefix, env_nested_delimiter=between)()
    except SettingsError as error:
        raise VariableError(str(error)) from error
