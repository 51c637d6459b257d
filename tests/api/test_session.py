from micboard_tui.api.access import SESSION_COOKIE
from micboard_tui.api.options import ApiOptions, RateLimits
from tests.api.conftest import BASE, CONTROL, WRITE, ServedRig, make_rig, serve_rig
from tests.api.openapi_check import check_answer
from tests.fakes.users import PASSWORD

SESSION = "/api/v1/session"
WANDA = {"name": "Wanda", "password": PASSWORD}


async def test_a_login_is_a_cookie_that_no_script_and_no_other_page_can_use(served: ServedRig) -> None:
    answer = await served.client.post(SESSION, json=WANDA)
    assert check_answer(served, answer)["user"] == {"name": "Wanda", "permission": "write"}
    cookie = answer.headers["set-cookie"]
    assert all(part in cookie for part in ("HttpOnly", "SameSite=strict", "Path=/", "Max-Age=2592000"))
    assert "Secure" not in cookie
    assert (await served.client.get(SESSION)).json()["user"]["name"] == "Wanda"
    made = await served.client.post("/api/v1/performers", json={"name": "Ada"})
    assert made.status_code == 201


async def test_a_cookie_is_for_https_alone_where_that_is_served() -> None:
    async with serve_rig(make_rig(), ApiOptions(is_secure=True)) as served:
        assert "Secure" in (await served.client.post(SESSION, json=WANDA)).headers["set-cookie"]


async def test_a_proxy_is_believed_only_where_it_is_set() -> None:
    by_https = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "198.51.100.1, 192.0.2.7"}
    for proxies, is_believed in (("127.0.0.1", True), ("", False), ("192.0.2.0/24", False)):
        options = ApiOptions(proxies=proxies, rates=RateLimits(logins_per_minute=1))
        async with serve_rig(make_rig(), options) as served:
            answer = await served.client.post(SESSION, json=WANDA, headers=by_https)
            assert ("Secure" in answer.headers["set-cookie"]) is is_believed
            # Another browser behind the same proxy is another client.
            other = {**by_https, "X-Forwarded-For": "192.0.2.8"}
            answer = await served.client.post(SESSION, json={**WANDA, "name": "Carla"}, headers=other)
            assert (answer.status_code == 200) is is_believed


async def test_who_comes_through_a_proxy_is_not_of_this_computer() -> None:
    async with serve_rig(make_rig(), ApiOptions(proxies="127.0.0.1")) as served:
        for address in ("127.0.0.1", "192.0.2.7", "no address"):
            answer = await served.client.get("/api/v1/devices", headers={"X-Forwarded-For": address})
            assert answer.status_code == 401


async def test_an_unknown_name_is_answered_as_a_wrong_password(served: ServedRig) -> None:
    unknown = await served.client.post(SESSION, json={"name": "Nina", "password": PASSWORD})
    wrong = await served.client.post(SESSION, json={"name": "Wanda", "password": "guess"})
    assert (unknown.status_code, unknown.json()) == (401, wrong.json())
    assert "set-cookie" not in wrong.headers


async def test_logging_out_ends_the_session_also_for_who_copied_its_cookie(served: ServedRig) -> None:
    await served.client.post(SESSION, json=WANDA)
    copied = {"Cookie": f"{SESSION_COOKIE}={served.client.cookies[SESSION_COOKIE]}"}
    answer = await served.client.delete(SESSION)
    assert check_answer(served, answer) == {
        "schema": 1,
        "user": None,
        "may_watch": True,
        "armed_until": None,
    }
    assert SESSION_COOKIE not in served.client.cookies
    refused = await served.client.post("/api/v1/undo", headers=copied)
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "LOGIN_REFUSED")


async def test_a_second_login_ends_the_session_before(served: ServedRig) -> None:
    await served.client.post(SESSION, json=WANDA)
    before = served.client.cookies[SESSION_COOKIE]
    await served.client.post(SESSION, json={"name": "Carla", "password": PASSWORD})
    assert before not in served.rig.users.logins
    assert (await served.client.get(SESSION)).json()["user"]["name"] == "Carla"


async def test_a_session_that_ended_is_forgotten_by_the_browser(served: ServedRig) -> None:
    served.client.cookies.set(SESSION_COOKIE, "mb_s9_ended")
    answer = await served.client.get(SESSION)
    assert check_answer(served, answer)["user"] is None
    assert "Max-Age=0" in answer.headers["set-cookie"]


async def test_logging_out_without_a_session_is_no_error(served: ServedRig) -> None:
    assert (await served.client.delete(SESSION)).status_code == 200


async def test_a_token_is_not_revoked_by_logging_out(served: ServedRig) -> None:
    served.client.cookies.set(SESSION_COOKIE, "mb_2_write")
    await served.client.delete(SESSION)
    assert (await served.post("/performers", {"name": "Ada"})).status_code == 201


async def test_a_page_of_another_host_can_neither_log_in_nor_out(served: ServedRig) -> None:
    foreign = {"Origin": "http://evil.example"}
    assert (await served.client.post(SESSION, json=WANDA, headers=foreign)).status_code == 403
    assert (await served.client.delete(SESSION, headers=foreign)).status_code == 403
    own = {"Origin": BASE}
    assert (await served.client.post(SESSION, json=WANDA, headers=own)).status_code == 200


async def test_it_says_whether_watching_needs_a_login() -> None:
    async with serve_rig(make_rig(), client_address="192.0.2.7") as served:
        assert (await served.client.get(SESSION)).json()["may_watch"] is False
        assert (await served.client.get(SESSION, headers=WRITE)).json()["may_watch"] is True


async def test_passwords_are_guessed_slowly_from_one_address_and_for_one_name() -> None:
    options = ApiOptions(rates=RateLimits(logins_per_minute=2))
    async with serve_rig(make_rig(), options) as served:
        for name in ("Ada", "Bob"):
            answer = await served.client.post(SESSION, json={"name": name, "password": "guess"})
            assert answer.status_code == 401
        answer = await served.client.post(SESSION, json=WANDA)
        assert (answer.status_code, answer.json()["error"]["code"]) == (429, "TOO_MANY_REQUESTS")
        for address, name in (("192.0.2.8", "CARLA"), ("192.0.2.9", "carla")):
            served.come_from(address)
            answer = await served.client.post(SESSION, json={"name": name, "password": "guess"})
            assert answer.status_code == 401
        served.come_from("192.0.2.10")
        answer = await served.client.post(SESSION, json={"name": "Carla", "password": PASSWORD})
        assert answer.status_code == 429


async def test_it_says_until_when_control_is_armed(served: ServedRig) -> None:
    await served.client.post("/api/v1/control/arm", json={"minutes": 10}, headers=CONTROL)
    assert (await served.client.get(SESSION, headers=CONTROL)).json()["armed_until"] is not None
    assert (await served.client.get(SESSION, headers=WRITE)).json()["armed_until"] is None
