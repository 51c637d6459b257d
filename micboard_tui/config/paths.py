"""Where settings, data, logs and themes are."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from micboard_tui.config.atomic_files import make_private_directory
from micboard_tui.config.start_error import CHECK_RIGHTS, ConfigError, not_written

APP = "micboard-tui"
PACKAGE = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Paths:
    """The directories of one user, or of one throw-away home."""

    config: Path
    data: Path
    state: Path
    cache: Path

    @property
    def settings_file(self) -> Path:
        return self.config / "config.toml"

    @property
    def secrets_file(self) -> Path:
        return self.config / "secrets.toml"

    @property
    def database_file(self) -> Path:
        return self.data / "micboard.db"

    @property
    def recorder_file(self) -> Path:
        return self.data / "recorder.db"

    @property
    def backups(self) -> Path:
        return self.data / "backups"

    @property
    def log_file(self) -> Path:
        return self.state / "micboard.log"

    @property
    def lock_file(self) -> Path:
        return self.data / "running.lock"

    @property
    def bus_directory(self) -> Path:
        """The files of our own server of the bus."""
        return self.data / "bus"

    @property
    def bus_key_file(self) -> Path:
        """The key of this computer to it."""
        return self.data / "bus.key"

    @property
    def hub_lock_file(self) -> Path:
        return self.data / "hub.lock"

    @property
    def program_key_file(self) -> Path:
        """The key of the site's programs, where our own server is that of a fleet."""
        return self.data / "program.key"

    @property
    def collector_secrets_key(self) -> Path:
        """The private key for the secrets that are sealed for the collector of this computer."""
        return self.data / "collector-secrets.key"

    @property
    def hub_secrets_key(self) -> Path:
        """The same for its hub."""
        return self.data / "hub-secrets.key"

    @property
    def bus_endpoint_file(self) -> Path:
        return self.state / "bus.json"

    @property
    def views_file(self) -> Path:
        return self.state / "views.json"

    @property
    def refused_file(self) -> Path:
        return self.state / "refused.json"

    @property
    def meter_rates(self) -> Path:
        return self.state / "meter-rates"

    @property
    def themes(self) -> Path:
        return self.config / "themes"


def paths_under(home: Path) -> Paths:
    """Everything under one directory."""
    return Paths(home / "config", home / "data", home / "state", home / "cache")


def find_paths(environ: Mapping[str, str] = os.environ) -> Paths:
    """Where the system keeps such things; ``MICBOARD_HOME`` moves them all under one directory."""
    if home := environ.get("MICBOARD_HOME"):
        return paths_under(Path(home).expanduser().absolute())
    return Paths(
        platformdirs.user_config_path(APP, appauthor=False),
        platformdirs.user_data_path(APP, appauthor=False),
        platformdirs.user_state_path(APP, appauthor=False),
        platformdirs.user_cache_path(APP, appauthor=False),
    )


def make_directories(paths: Paths) -> None:
    """Make the directories that are written to, for this user only.

    Raises ConfigError: DISK_FULL, DIRECTORY_NOT_WRITABLE.
    """
    for directory in (paths.data, paths.state):
        try:
            make_private_directory(directory)
        except OSError as error:
            raise not_written(f"The directory {directory} cannot be made", error) from error
        if not os.access(directory, os.W_OK | os.X_OK):
            raise ConfigError(
                "DIRECTORY_NOT_WRITABLE",
                f"The directory {directory} cannot be written to",
                hint=CHECK_RIGHTS,
            )


def shipped_theme_files(package: Path = PACKAGE) -> tuple[Path, ...]:
    """Our own theme files: in the package when it was installed from a wheel, beside it in a checkout."""
    inside, beside = package / "themes", package.parent / "themes"
    return tuple(sorted((inside if inside.is_dir() else beside).glob("*.toml")))


def find_shipped_example(name: str, package: Path = PACKAGE) -> Path | None:
    """One of our example files; None: there is none of that name."""
    inside, beside = package / "examples", package.parent / "docs" / "examples"
    file = (inside if inside.is_dir() else beside) / Path(name).name
    return file if file.is_file() else None


def schemas_directory(package: Path = PACKAGE) -> Path:
    """Where the published schemas of our JSON documents lie."""
    inside, beside = package / "schemas", package.parent / "docs" / "reference"
    return inside if inside.is_dir() else beside


def theme_files(paths: Paths, package: Path = PACKAGE) -> tuple[Path, ...]:
    """All theme files, the user's after ours, so that theirs win. What is no file, as a pipe, is none."""
    return shipped_theme_files(package) + tuple(sorted(filter(Path.is_file, paths.themes.glob("*.toml"))))
