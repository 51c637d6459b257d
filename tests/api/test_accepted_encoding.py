import pytest

from micboard_tui.api.accepted_encoding import accepts_gzip
from tests.api.conftest import ServedRig

ADDRESSES = ("/api/v1/devices", "/api/v1/channels", "/api/schema/", "/page/page.js", "/metrics")


@pytest.mark.parametrize(
    ("header", "is_accepted"),
    [
        (None, False),
        ("", False),
        ("gzip", True),
        ("GZIP", True),
        ("x-gzip", True),
        ("deflate, gzip;q=0.5, br", True),
        ("gzip ; q = 1.0", True),
        ("*", True),
        ("*;q=0.1", True),
        ("identity;q=0, *", True),
        ("gzip, identity;q=0.5", True),
        ("gzip;q=0.5, identity", False),
        ("gzip;q=0", False),
        ("gzip;q=0.000", False),
        ("gzip;q=0, *", False),
        ("*;q=0", False),
        ("identity", False),
        ("deflate, br, zstd", False),
        ("gzipped", False),
        ("gzip;q=much", False),
        ("gzip;q=nan", False),
        ("a, " * 10_000 + "gzip", False),
    ],
)
def test_gzip_is_sent_to_a_client_that_takes_it(header: str | None, is_accepted: bool) -> None:
    assert accepts_gzip(header) is is_accepted


@pytest.mark.parametrize("header", ["gzip;q=0", "identity", "*;q=0", "gzip;q=0, *;q=1"])
async def test_nothing_is_compressed_for_a_client_that_refuses_it(served: ServedRig, header: str) -> None:
    served.application.openapi()
    for address in ADDRESSES:
        plain = await served.client.get(address, headers={"Accept-Encoding": header})
        packed = await served.client.get(address, headers={"Accept-Encoding": "gzip"})
        assert (plain.status_code, plain.headers.get("content-encoding")) == (200, None), address
        assert packed.headers["content-encoding"] == "gzip", address
