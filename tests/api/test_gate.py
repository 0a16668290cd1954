"""The door: cookies, tokens, origins, walls, sizes, and what strangers are shown."""

import asyncio
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from actions import accounts
from actions.services import Services
from api import ground, login
from api.answers import security_headers
from api.credentials import Authenticator
from api.gate import Gate, principal_of
from core.permissions import SYSTEM
from db import sessions
from db.engine import make_engine
from db.tables_accounts import session
from db.vault import Vault
from pages import messages
from pages.session import current_principal

HOST = "http://zhihui.test"
OURS = {"origin": HOST}
PASSWORD = "correct horse battery"
START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


class Clock:
    def __init__(self):
        self.time = START

    def __call__(self):
        return self.time


class Silent:
    def events(self, realm, wires):
        """No Redis here."""


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def services(engine, clock, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("ab" * 32)
    return Services(engine, Silent(), None, None, Vault(secret), ZoneInfo("Asia/Shanghai"), "test", now=clock)


async def who_am_i(request):
    """Tells whom the gate let in, by both ways, and how much it was sent."""
    principal, told = principal_of(request.scope), current_principal.get()
    body = await request.body()
    named = principal and {"name": principal.name, "role": principal.role, "area": principal.area}
    return JSONResponse({"principal": named, "same": principal == told, "bytes": len(body)})


async def stream(scope, receive, send):
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "text": principal_of(scope).name})
    await send({"type": "websocket.close", "code": 1000})


def door(services):
    paths = ["/healthz", "/desk", "/admin", "/wall/{name}", "/_dash-update-component", "/api/v1/{rest:path}"]
    routes = [Route(path, who_am_i, methods=["GET", "POST"]) for path in paths]
    inner = Starlette(routes=[*login.routes(services), *routes])

    async def app(scope, receive, send):
        await (stream if scope["type"] == "websocket" else inner)(scope, receive, send)

    return Gate(app, services, Authenticator(services.engine, services.now))


class Browser:
    """Keeps cookies, follows no redirects."""

    def __init__(self, gate):
        self.gate = gate
        self.cookies = httpx.Cookies()

    def __call__(self, method, path, **options):
        return asyncio.run(self._ask(method, path, options))

    async def _ask(self, method, path, options):
        transport = httpx.ASGITransport(self.gate)
        async with httpx.AsyncClient(transport=transport, base_url=HOST, cookies=self.cookies) as client:
            answer = await client.request(method, path, **options)
            self.cookies = client.cookies
            return answer

    def get(self, path, **options):
        return self("GET", path, **options)

    def post(self, path, **options):
        return self("POST", path, **options)

    def log_in(self, name="chen", password=PASSWORD, **more):
        return self.post("/login", data={"name": name, "password": password, **more}, headers=OURS)


@pytest.fixture
def gate(services):
    return door(services)


@pytest.fixture
def browser(gate):
    return Browser(gate)


@pytest.fixture
def chen(services):
    return accounts.add_user(services, SYSTEM, "chen", "officer", "990101001", PASSWORD)


def bearer(token):
    return {"authorization": f"Bearer {token.secret}"}


def socket(gate, **headers):
    """What a WebSocket handshake with these headers hears."""
    sent = []
    heard = iter([{"type": "websocket.connect"}])

    async def receive():
        return next(heard)

    async def send(message):
        sent.append(message)

    pairs = {"host": "zhihui.test", **headers}
    scope = {
        "type": "websocket",
        "path": "/api/v1/stream",
        "query_string": b"realm=live",
        "scheme": "ws",
        "headers": [(name.encode(), value.encode()) for name, value in pairs.items()],
    }
    asyncio.run(gate(scope, receive, send))
    return sent


def problem(answer):
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


def test_a_stranger_is_sent_to_the_login_and_back_afterwards(browser, chen):
    answer = browser.get("/desk?incident=7&lang=en")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?next=%2Fdesk%3Fincident%3D7%26lang%3Den&lang=en"
    assert browser.log_in(next="/desk?incident=7").headers["location"] == "/desk?incident=7"
    assert browser.get("/desk").json()["principal"]["name"] == "chen"


def test_a_program_without_a_token_gets_a_problem_in_its_language(browser):
    chinese, english = browser.get("/api/v1/state"), browser.get("/api/v1/state?lang=en")
    assert problem(chinese) == problem(english) == (401, "unauthorized")
    assert chinese.json()["detail"] == messages.text("zh-CN", "error.unauthorized")
    assert english.json()["detail"] == messages.text("en", "error.unauthorized")


def test_callbacks_and_files_of_strangers_get_no_login_page(browser):
    assert problem(browser.post("/_dash-update-component")) == (401, "unauthorized")
    assert problem(browser.get("/static/js/live.js")) == (401, "unauthorized")


def test_the_health_check_needs_nobody(browser):
    assert browser.get("/healthz").json() == {"principal": None, "same": True, "bytes": 0}


def test_the_login_page_is_a_plain_form_in_chinese_or_english(browser):
    chinese, english = browser.get("/login").text, browser.get("/login?lang=en").text
    assert '<html lang="zh-CN">' in chinese and messages.text("zh-CN", "login.submit") in chinese
    assert '<html lang="en">' in english and messages.text("en", "login.submit") in english
    assert "<script" not in chinese and "//" not in chinese.replace("<!doctype", "")


def test_a_wrong_password_is_a_sentence_beside_the_form(browser, chen):
    answer = browser.log_in(password="wrong")
    assert answer.status_code == 403 and "set-cookie" not in answer.headers
    assert messages.text("zh-CN", "error.login_refused") in answer.text


def test_the_fifth_failure_says_until_when(browser, chen):
    for _ in range(5):
        answer = browser.log_in(password="wrong")
    assert messages.text("zh-CN", "error.account_locked", minutes=15, until="09:15") in answer.text
    assert browser.log_in().status_code == 403


def test_what_was_typed_is_escaped(browser):
    answer = browser.log_in(name='"><script>', password="x")
    assert "<script" not in answer.text and "&quot;&gt;&lt;script&gt;" in answer.text


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(browser, chen):
    cookie = browser.log_in().headers["set-cookie"]
    assert cookie.startswith("zhihui_desk=") and "HttpOnly" in cookie and "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_the_cookie_is_secure_on_https(gate, chen):
    browser = Browser(gate)
    answer = browser.post(
        "https://zhihui.test/login",
        data={"name": "chen", "password": PASSWORD},
        headers={"origin": "https://zhihui.test"},
    )
    assert answer.headers["set-cookie"].endswith("; Secure")


@pytest.mark.parametrize(
    "outside",
    [
        "https://evil.test/",
        "//evil.test/",
        "/\\evil.test",
        "\\\\evil.test",
        "javascript:alert(1)",
        "/\t/evil.test",
        "/\n/evil.test",
        "desk",
        "",
        "/login?next=/desk",
    ],
)
def test_the_way_after_the_login_never_leads_outside(browser, chen, outside):
    assert browser.log_in(next=outside).headers["location"] == "/desk"
    assert login.local_path(outside) is None


def test_an_administrator_begins_at_the_administration_and_sees_no_desk(browser, services):
    made = accounts.ensure_first_accounts(services, demo=False)
    answer = browser.log_in("sysadmin", made[0].password)
    assert answer.headers["location"] == "/admin"
    assert browser.get("/admin").status_code == 200
    refused = browser.get("/desk", headers={"accept-language": "en"})
    assert refused.status_code == 403
    assert "没有权限" in refused.text and 'action="/logout' in refused.text
    assert "Your role" in browser.get("/desk?lang=en").text
    assert {browser.get(page).status_code for page in ("/cases", "/handover", "/reports")} == {403}


def test_an_officer_does_not_see_the_administration(browser, chen):
    browser.log_in()
    assert browser.get("/admin").status_code == 403


def test_a_logout_ends_the_session_and_takes_the_cookie(browser, chen):
    browser.log_in()
    kept = dict(browser.cookies)
    answer = browser.post("/logout", headers=OURS)
    assert answer.headers["location"] == "/login" and "Max-Age=0" in answer.headers["set-cookie"]
    browser.cookies = httpx.Cookies(kept)
    assert browser.get("/desk").status_code == 303


@pytest.mark.parametrize(
    "origin", [None, "null", "http://evil.test", "http://zhihui.test.evil.test", "ftp://zhihui.test"]
)
def test_a_cookie_changes_nothing_from_another_origin(browser, chen, origin):
    browser.log_in()
    headers = {} if origin is None else {"origin": origin}
    assert problem(browser.post("/api/v1/incidents", headers=headers)) == (403, "origin_refused")
    assert browser.get("/api/v1/incidents", headers=headers).status_code == 200
    assert browser.post("/api/v1/incidents", headers=OURS).status_code == 200


def test_a_login_from_another_site_is_refused(browser, chen):
    answer = browser.post(
        "/login", data={"name": "chen", "password": PASSWORD}, headers={"origin": "http://evil.test"}
    )
    assert problem(answer) == (403, "origin_refused") and not browser.cookies


def test_a_token_needs_no_origin(browser, services):
    token = accounts.add_token(services, SYSTEM, "api", "crm", verbs=["report"], area="9901")
    answer = browser.post("/api/v1/incidents", headers=bearer(token))
    assert answer.json()["principal"] == {"name": "crm", "role": "api", "area": "9901"}
    assert answer.json()["same"]


@pytest.mark.parametrize(
    "given", ["Bearer zhapi_forged", "Bearer ", "Bearer", "Basic eDp5", "", "Bearer " + "x" * 5000]
)
def test_a_forged_token_gets_nothing(browser, chen, given):
    assert problem(browser.get("/api/v1/state", headers={"authorization": given})) == (401, "unauthorized")
    browser.log_in()
    assert problem(browser.get("/api/v1/state", headers={"authorization": given})) == (401, "unauthorized")


def test_a_revoked_token_gets_nothing_from_that_moment(browser, gate, services):
    token = accounts.add_token(services, SYSTEM, "api", "crm", verbs=["read"])
    assert browser.get("/api/v1/state", headers=bearer(token)).status_code == 200
    accounts.revoke_token(services, SYSTEM, token.id)
    assert problem(browser.get("/api/v1/state", headers=bearer(token))) == (401, "unauthorized")
    assert socket(gate, **bearer(token)) == [{"type": "websocket.close", "code": 1008}]


@pytest.mark.parametrize(
    "cookie",
    ["zhihui_desk=forged", "zhihui_desk=", "zhihui_wall=a.b.c.d.e", "x", "=;=;;", "zhihui_desk=" + "é" * 9],
)
def test_a_forged_cookie_is_a_strangers(browser, cookie):
    headers = {"cookie": cookie.encode("latin-1")}
    assert browser.get("/desk", headers=headers).status_code == 303
    assert problem(browser.get("/api/v1/state", headers=headers)) == (401, "unauthorized")


def test_the_stored_hash_is_no_cookie(browser, chen, engine):
    browser.log_in()
    with engine.connect() as conn:
        stored = conn.execute(select(session.c.hash)).scalar_one()
    browser.cookies = httpx.Cookies({"zhihui_desk": stored})
    assert browser.get("/desk").status_code == 303


def test_a_wall_exchanges_its_token_for_a_cookie_and_loses_it_from_the_address(browser, services):
    token = accounts.add_token(services, SYSTEM, "wall", "main")
    answer = browser.get(f"/wall/main?token={token.secret}&lang=en")
    assert (answer.status_code, answer.headers["location"]) == (303, "/wall/main?lang=en")
    assert "HttpOnly" in answer.headers["set-cookie"] and token.secret not in answer.headers["set-cookie"]
    assert browser.get("/wall/main").json()["principal"]["role"] == "wall"
    assert browser.get("/api/v1/state").json()["principal"]["name"] == "main"


def test_a_wall_without_a_token_stays_black_and_never_shows_the_login(browser, services):
    other = accounts.add_token(services, SYSTEM, "wall", "other")
    for path in ("/wall/main", "/wall/main?token=forged", f"/wall/main?token={other.secret}"):
        answer = browser.get(path)
        assert answer.status_code == 403 and "location" not in answer.headers
        assert "<h1>main</h1>" in answer.text and "#0B1320" in answer.text and "<form" not in answer.text
        assert messages.text("zh-CN", "gate.wall_unknown") in answer.text


def test_a_walls_name_is_escaped(browser):
    assert "<script>" not in browser.get("/wall/<script>").text


def test_a_revoked_wall_is_black(browser, services):
    token = accounts.add_token(services, SYSTEM, "wall", "main")
    browser.get(f"/wall/main?token={token.secret}")
    accounts.revoke_token(services, SYSTEM, token.id)
    assert browser.get("/wall/main").status_code == 403


def test_one_browser_may_hold_two_walls_and_a_desk(browser, services, chen):
    for name in ("left", "right"):
        token = accounts.add_token(services, SYSTEM, "wall", name)
        browser.get(f"/wall/{name}?token={token.secret}")
    assert browser.get("/wall/left").json()["principal"]["name"] == "left"
    assert browser.get("/api/v1/state?wall=right").json()["principal"]["name"] == "right"
    browser.log_in()
    assert browser.get("/api/v1/state").json()["principal"]["name"] == "chen"
    assert browser.get("/api/v1/state?wall=left").json()["principal"]["name"] == "left"
    assert browser.get("/wall/other").json()["principal"]["name"] == "chen"


def test_acts_keep_a_desk_awake_and_looking_does_not(browser, chen, clock):
    browser.log_in()
    clock.time += timedelta(hours=5)
    browser.post("/_dash-update-component", headers=OURS)
    clock.time += timedelta(hours=5)
    assert browser.get("/desk").status_code == 200
    clock.time += timedelta(hours=1, minutes=59)
    assert browser.get("/desk").status_code == 200
    clock.time += timedelta(minutes=1)
    assert browser.get("/desk").status_code == 303


def test_looking_alone_is_idle(browser, chen, clock):
    browser.log_in()
    for _ in range(8):
        clock.time += timedelta(hours=1)
        answer = browser.get("/desk")
    assert answer.status_code == 303


def test_a_socket_with_a_cookie_needs_our_origin(gate, browser, chen):
    browser.log_in()
    cookie = f"zhihui_desk={browser.cookies['zhihui_desk']}"
    assert socket(gate, cookie=cookie, origin=HOST)[1]["text"] == "chen"
    refused = [{"type": "websocket.close", "code": 1008}]
    assert socket(gate, cookie=cookie) == refused
    assert socket(gate, cookie=cookie, origin="http://evil.test") == refused


def test_a_socket_with_a_token_needs_none(gate, services):
    token = accounts.add_token(services, SYSTEM, "wall", "main")
    assert socket(gate, **bearer(token))[1]["text"] == "main"


def test_a_stranger_gets_no_socket_and_a_dead_cookie_hears_a_bye(gate):
    assert socket(gate) == [{"type": "websocket.close", "code": 1008}]
    assert socket(gate, authorization="Bearer forged") == [{"type": "websocket.close", "code": 1008}]
    heard = socket(gate, cookie="zhihui_wall=dead", origin=HOST)
    assert heard[1]["text"] == '{"bye":"revoked"}' and heard[2]["code"] == 4401


def test_a_body_over_the_limit_is_refused_by_its_declared_length(browser, services):
    token = accounts.add_token(services, SYSTEM, "api", "crm", verbs=["report"])
    whole = browser.post("/api/v1/incidents", content=b"x" * 2**20, headers=bearer(token))
    assert whole.json()["bytes"] == 2**20
    answer = browser.post("/api/v1/incidents", content=b"x" * (10 * 2**20), headers=bearer(token))
    assert problem(answer) == (413, "body_too_large") and str(2**20) in answer.json()["detail"]


def test_a_body_over_the_limit_is_refused_when_it_did_not_say_its_length(browser, services):
    async def pieces():
        for _ in range(40):
            yield b"x" * 2**16

    token = accounts.add_token(services, SYSTEM, "api", "crm", verbs=["report"])
    answer = browser.post("/api/v1/incidents", content=pieces(), headers=bearer(token))
    assert problem(answer) == (413, "body_too_large")


def test_every_answer_carries_the_security_headers(browser):
    for answer in (
        browser.get("/login"),
        browser.get("/desk"),
        browser.get("/api/v1/state"),
        browser.get("/healthz"),
    ):
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["cache-control"] == "no-store"


def images_allowed(base):
    policy = dict(security_headers(base.hosts))[b"content-security-policy"].decode()
    return next(rule for rule in policy.split("; ") if rule.startswith("img-src")).split()[1:]


def test_a_base_map_from_outside_is_allowed_by_its_hosts_alone():
    ours = ["'self'", "data:", "blob:"]
    one = ground.chosen("https://tiles.example:8443/{z}/{x}/{y}.png?tk=1", "unused")
    assert images_allowed(one) == [*ours, "https://tiles.example:8443"]
    several = ground.chosen("https://{s}.tiles.example/{z}/{x}/{y}.png", None)
    assert images_allowed(several) == [*ours, *(f"https://{s}.tiles.example" for s in "abc")]
    assert images_allowed(ground.chosen("/tiles/{z}/{x}/{y}.png", None)) == ours


def test_the_tianditu_key_gives_a_map_with_names_over_it_from_eight_hosts():
    base = ground.chosen(None, "k y")
    assert images_allowed(base)[3:] == [f"https://t{n}.tianditu.gov.cn" for n in range(8)]
    facts = base.for_browser("zh-CN")
    assert "/vec_w/wmts?" in facts["url"] and "/cva_w/wmts?" in facts["overlay"]
    for url in (facts["url"], facts["overlay"]):
        assert url.endswith("&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk=k%20y")
    assert facts["attribution"] == "底图：天地图 tianditu.gov.cn" and facts["subdomains"] == "01234567"
    assert ground.chosen(None, None) is None


def test_without_its_database_the_door_stays_shut_and_says_so(services, clock):
    gone = make_engine("postgresql+psycopg://nobody@/nothing?host=/nonexistent")
    browser = Browser(Gate(who_am_i, services, Authenticator(gone, clock)))
    browser.cookies = httpx.Cookies({"zhihui_desk": "x", "zhihui_wall": "y"})
    assert problem(browser.get("/api/v1/state")) == (503, "unavailable")
    wall = browser.get("/wall/main")
    assert wall.status_code == 503 and 'http-equiv="refresh"' in wall.text and "<h1>main</h1>" in wall.text


def test_a_wall_cookie_does_not_log_out(browser, services):
    token = accounts.add_token(services, SYSTEM, "wall", "main")
    browser.get(f"/wall/main?token={token.secret}")
    browser.post("/logout", headers=OURS)
    assert browser.get("/wall/main").status_code == 200


def test_an_account_switched_off_meanwhile_is_a_stranger(browser, services, chen):
    browser.log_in()
    accounts.change_user(services, SYSTEM, "chen", disabled=True)
    assert browser.get("/desk").status_code == 303


def test_the_seat_stands_for_the_session(browser, services, chen):
    browser.log_in(seat="1号席")
    with services.engine.connect() as conn:
        cookie = browser.cookies["zhihui_desk"]
        found = sessions.find_sessions(conn, [cookie], services.now(), sessions.Limits())
    assert found[0].principal.seat == "1号席"
