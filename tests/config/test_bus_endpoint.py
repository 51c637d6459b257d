"""How programs of the same user find the bus."""

from dataclasses import replace
from pathlib import Path

import pytest

from micboard_tui.config.bus_endpoint import BusEndpoint, find_endpoint, published_endpoint
from micboard_tui.config.paths import Paths, make_directories, paths_under
from micboard_tui.config.start_error import ConfigError


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    made = paths_under(tmp_path)
    make_directories(made)
    return made


def _endpoint(paths: Paths, certificate: Path | None = None) -> BusEndpoint:
    return BusEndpoint("nats://127.0.0.1:4222", "rack", paths.bus_key_file, certificate)


@pytest.mark.parametrize("certificate", [None, Path("/etc/micboard/rack.pem").absolute()])
def test_it_is_found_while_serve_runs_and_not_before_or_after(paths: Paths, certificate: Path | None) -> None:
    assert find_endpoint(paths) is None
    with published_endpoint(paths, _endpoint(paths, certificate)):
        assert find_endpoint(paths) == _endpoint(paths, certificate)
        assert paths.bus_endpoint_file.stat().st_mode & 0o077 == 0
    assert find_endpoint(paths) is None


def test_files_that_were_named_from_the_directory_of_serve_are_found_from_any(paths: Paths) -> None:
    named = BusEndpoint("tls://127.0.0.1:4222", "rack", Path("rack.key"), Path("rack.pem"), Path("ca.pem"))
    with published_endpoint(paths, named):
        found = find_endpoint(paths)
    assert found is not None
    assert (found.key_file, found.certificate, found.ca) == (
        Path.cwd() / "rack.key",
        Path.cwd() / "rack.pem",
        Path.cwd() / "ca.pem",
    )


def test_a_file_that_a_killed_serve_left_behind_is_not_believed(paths: Paths) -> None:
    with published_endpoint(paths, _endpoint(paths)):
        left_behind = paths.bus_endpoint_file.read_bytes()
    paths.bus_endpoint_file.write_bytes(left_behind)
    assert find_endpoint(paths) is None


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"url": 1}', b"\xff", b'"text"'])
def test_a_damaged_file_is_none(paths: Paths, content: bytes) -> None:
    with published_endpoint(paths, _endpoint(paths)):
        paths.bus_endpoint_file.write_bytes(content)
        assert find_endpoint(paths) is None


def test_each_part_of_a_fleet_on_this_data_is_found_and_the_others_stay_when_one_ends(paths: Paths) -> None:
    of_hub = replace(_endpoint(paths), ca=Path("/etc/micboard/ca.pem").absolute())
    of_collector = replace(of_hub, key_file=None)
    with published_endpoint(paths, of_collector, "collector"):
        assert find_endpoint(paths) == of_collector
        with published_endpoint(paths, of_hub, "hub"):
            assert find_endpoint(paths) == of_hub
        assert find_endpoint(paths) == of_collector
    assert find_endpoint(paths) is None


def test_a_second_one_of_the_same_role_leaves_the_first_as_it_is_found(paths: Paths) -> None:
    first, second = _endpoint(paths), replace(_endpoint(paths), pid=1)
    with published_endpoint(paths, first, "api"):
        with published_endpoint(paths, second, "api"):
            assert find_endpoint(paths) == first
        assert find_endpoint(paths) == first


def test_a_directory_that_is_missing_is_told(tmp_path: Path) -> None:
    paths = paths_under(tmp_path / "missing")
    with (
        pytest.raises(ConfigError, match=r"bus\.lock cannot be opened"),
        published_endpoint(paths, _endpoint(paths)),
    ):
        pass
