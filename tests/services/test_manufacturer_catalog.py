"""What front ends know of the plugins that are installed."""

from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.services.manufacturer_catalog import ManufacturerCatalog
from tests.fakes import vault
from tests.fakes.plugins import Plugins, Rack, manufacturer


def test_a_manufacturer_is_found_with_what_its_drivers_need() -> None:
    catalog = ManufacturerCatalog(Plugins(vault.MANUFACTURER, manufacturer("shure", Rack())))
    assert list(catalog.codes()) == sorted([vault.MANUFACTURER.code, "shure"])
    found = catalog.find(vault.MANUFACTURER.code)
    assert found.success
    spec, info = vault.MANUFACTURER.drivers[vault.DRIVER], found.data.drivers[vault.DRIVER]
    assert (info.title, info.default_port, info.secret) == (spec.title, spec.default_port, spec.secret)
    assert info.shows_certificate
    # One answer for as long as the program runs.
    assert catalog.find(vault.MANUFACTURER.code).data is found.data


def test_one_that_is_not_installed_or_broken_is_refused() -> None:
    catalog = ManufacturerCatalog(Plugins(broken=["odd"]))
    assert list(catalog.codes()) == ["odd"]
    for code in ("odd", "none"):
        refused = catalog.find(code)
        assert not refused.success
        assert refused.error.code is ErrorCode.MANUFACTURER_NOT_SUPPORTED
