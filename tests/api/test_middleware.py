from tests.api.conftest import ServedRig


async def test_head_answers_as_get_without_a_body(served: ServedRig) -> None:
    for path in ("/api/v1/devices", "/api/v1/locations", "/healthz", "/api/docs/"):
        head, got = await served.client.head(path), await served.client.get(path)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == got.headers["content-length"] != "0"


async def test_head_of_what_is_not_there_says_so(served: ServedRig) -> None:
    assert (await served.client.head("/api/v1/devices/nothing")).status_code == 404


async def test_every_answer_tells_browsers_their_limits(served: ServedRig) -> None:
    for path in ("/api/v1/devices", "/api/v1/nothing", "/api/v1/devices?limit=0"):
        headers = (await served.client.get(path)).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
