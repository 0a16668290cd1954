"""Accounts, tokens, logins: who comes in, who is locked out, and what the log says of it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import orjson
import pytest

import core.events_system as e
from actions import access, accounts
from actions.services import Services
from core.clock import RealmClock
from core.errors import Forbidden, UnitUnknown
from core.errors_accounts import (
    AccountLocked,
    AccountUnknown,
    AreaUnknown,
    LoginRefused,
    NameInvalid,
    NameTaken,
    PasswordWeak,
    RoleUnknown,
    TokenKindUnknown,
    TokenUnknown,
    VerbUnknown,
)
from core.permissions import SYSTEM, Principal, may
from db import log, sessions
from db.vault import Vault

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"


class Clock:
    def __init__(self):
        self.time = START

    def __call__(self):
        return self.time

    def forward(self, **span):
        self.time += timedelta(**span)


class Announced:
    """Keeps what was announced; there is no Redis in these tests."""

    def __init__(self):
        self.wires = []

    def events(self, realm, wires):
        assert realm == "system"
        self.wires += wires


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def services(engine, clock, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("ab" * 32)
    return Services(
        engine=engine,
        announcer=Announced(),
        positions=None,
        reference=None,
        vault=Vault(secret),
        zone=ZoneInfo("Asia/Shanghai"),
        city="test",
        now=clock,
    )


@pytest.fixture
def chen(services):
    accounts.add_user(services, SYSTEM, "chen", "officer", "990101001", PASSWORD)
    return "chen"


def facts(services):
    """The system realm's facts, oldest first."""
    with services.engine.connect() as conn:
        return [log.to_event(wire) for wire in log.read_all(conn, "system")]


def who(services, cookie):
    with services.engine.connect() as conn:
        found = sessions.find_sessions(conn, [cookie], services.now(), sessions.Limits())
    return found[0].principal if found else None


def holder(services, secret):
    with services.engine.connect() as conn:
        return sessions.find_token(conn, secret)


def try_login(services, name, password):
    try:
        return access.login(services, name, password).name
    except (LoginRefused, AccountLocked) as refusal:
        return refusal.code


def test_an_empty_city_gets_three_administrators(services):
    made = accounts.ensure_first_accounts(services, demo=False)
    assert [account.role for account in made] == ["sysadmin", "secadmin", "auditor"]
    assert access.login(services, "auditor", made[2].password).role == "auditor"


def test_the_demo_city_gets_an_officer_and_a_leader_too_and_only_once(services):
    made = accounts.ensure_first_accounts(services, demo=True)
    assert [account.name for account in made] == [
        "sysadmin",
        "secadmin",
        "auditor",
        "officer",
        "leader",
        "engineer",
    ]
    assert len({account.password for account in made}) == 6
    assert accounts.ensure_first_accounts(services, demo=True) == []


def test_a_login_stands_for_the_account(services, chen):
    principal = who(services, access.login(services, chen, PASSWORD, seat="1号席").cookie)
    assert (principal.name, principal.role, principal.area, principal.seat) == (
        "chen",
        "officer",
        "990101001",
        "1号席",
    )
    assert principal.kind == "user" and len(principal.credential) == 16


def test_a_wrong_password_and_an_unknown_name_are_refused_alike(services, chen):
    assert try_login(services, chen, "wrong") == try_login(services, "nobody", PASSWORD) == "login_refused"


def test_five_failures_lock_for_a_quarter_of_an_hour(services, chen, clock):
    answers = [try_login(services, chen, "wrong") for _ in range(5)]
    assert answers == ["login_refused"] * 4 + ["account_locked"]
    with pytest.raises(AccountLocked) as refusal:
        access.login(services, chen, PASSWORD)
    assert refusal.value.params == {"until": "09:15", "minutes": 15}
    clock.forward(minutes=15)
    assert try_login(services, chen, PASSWORD) == "chen"


def test_a_success_forgives_earlier_failures(services, chen):
    for _ in range(3):
        answers = [try_login(services, chen, "wrong") for _ in range(4)]
        assert answers == ["login_refused"] * 4
        assert try_login(services, chen, PASSWORD) == "chen"


def test_guesses_in_parallel_do_not_slip_past_the_lock(services, chen):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: try_login(services, chen, "wrong"), range(8)))
    assert answers.count("login_refused") == 4 and answers.count("account_locked") == 4


def test_a_disabled_account_is_refused_and_its_sessions_are_dead(services, chen):
    cookie = access.login(services, chen, PASSWORD).cookie
    accounts.change_user(services, SYSTEM, chen, disabled=True)
    assert who(services, cookie) is None
    assert try_login(services, chen, PASSWORD) == "login_refused"


def test_a_demotion_counts_at_once(services, chen):
    cookie = access.login(services, chen, PASSWORD).cookie
    accounts.change_user(services, SYSTEM, chen, role="viewer")
    assert not may(who(services, cookie), "dispatch")


def test_a_logout_ends_this_session_and_no_other(services, chen):
    first, second = (access.login(services, chen, PASSWORD).cookie for _ in range(2))
    access.logout(services, who(services, first))
    assert who(services, first) is None and who(services, second) is not None


def test_a_reset_ends_all_sessions_and_lifts_the_lock(services, chen):
    cookie = access.login(services, chen, PASSWORD).cookie
    for _ in range(5):
        try_login(services, chen, "wrong")
    new = accounts.reset_password(services, SYSTEM, chen)
    assert who(services, cookie) is None
    assert try_login(services, chen, new.password) == "chen"


def test_a_desk_is_idle_after_eight_hours_without_an_act(services, chen, clock):
    cookie = access.login(services, chen, PASSWORD).cookie
    clock.forward(hours=8)
    assert who(services, cookie) is None


def test_a_desk_that_watches_a_stream_is_not_idle_but_ends_after_twelve_hours(services, chen, clock):
    cookie = access.login(services, chen, PASSWORD).cookie
    clock.forward(hours=7)
    with services.engine.begin() as conn:
        sessions.keep_alive(conn, who(services, cookie), clock())
    clock.forward(hours=4)
    assert who(services, cookie) is not None
    clock.forward(hours=1)
    assert who(services, cookie) is None


def test_a_wall_stays_for_weeks_and_goes_with_its_token(services, clock):
    token = accounts.add_token(services, SYSTEM, "wall", "main")
    cookie = access.open_wall(services, "main", token.secret)
    clock.forward(days=60)
    assert who(services, cookie) == holder(services, token.secret)
    accounts.revoke_token(services, SYSTEM, "main")
    assert who(services, cookie) is None


def test_a_wall_token_opens_its_own_wall_only(services):
    token = accounts.add_token(services, SYSTEM, "wall", "main")
    api = accounts.add_token(services, SYSTEM, "api", "main", verbs=["read"])
    assert access.open_wall(services, "other", token.secret) is None
    assert access.open_wall(services, "main", api.secret) is None
    assert access.open_wall(services, "main", "zhwall_forged") is None


def test_a_revoked_token_stands_for_nobody(services):
    token = accounts.add_token(
        services, SYSTEM, "api", "crm", verbs=["report", "read"], area="9901", realm="live"
    )
    principal = holder(services, token.secret)
    assert (principal.kind, principal.area, principal.realm) == ("api", "9901", "live")
    assert may(principal, "report") and not may(principal, "dispatch")
    assert accounts.revoke_token(services, SYSTEM, token.id) == [token.id]
    assert holder(services, token.secret) is None
    with pytest.raises(TokenUnknown):
        accounts.revoke_token(services, SYSTEM, token.id)


def test_an_api_token_names_its_verbs(services):
    for verbs in ([], ["user.add"], ["audit.verify"], ["fly"]):
        with pytest.raises(VerbUnknown):
            accounts.add_token(services, SYSTEM, "api", "crm", verbs=verbs)
    whole = accounts.add_token(services, SYSTEM, "api", "all", verbs=["*"])
    assert may(holder(services, whole.secret), "backdate")


def test_a_unit_token_needs_a_unit_that_exists(services):
    for unit in (None, "U-404"):
        with pytest.raises(UnitUnknown):
            accounts.add_token(services, SYSTEM, "unit", "phone", unit=unit)


def test_bad_names_roles_areas_kinds_and_passwords_are_refused(services, chen):
    def add(name="li", role="officer", area="", password=PASSWORD):
        accounts.add_user(services, SYSTEM, name, role, area, password)

    refused = {
        NameTaken: {"name": chen},
        NameInvalid: {"name": "a b"},
        RoleUnknown: {"role": "wall"},
        AreaUnknown: {"area": "G-404"},
        PasswordWeak: {"password": "short"},
    }
    for error, bad in refused.items():
        with pytest.raises(error):
            add(**bad)
    with pytest.raises(TokenKindUnknown):
        accounts.add_token(services, SYSTEM, "pigeon", "x")
    with pytest.raises(AccountUnknown):
        accounts.reset_password(services, SYSTEM, "nobody")
    assert [row["name"] for row in accounts.list_users(services, SYSTEM)] == [chen]


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("Aa1!aaaa", "short"),
        ("abcdefghij", "plain"),
        ("aaaaaaaaaaaaaaa", "plain"),
        ("my-name-is-CHEN-1", "name"),
        ("x" * 201, "long"),
        ("Abcdefgh12", None),
        ("twelve chars", None),
    ],
)
def test_a_password_is_long_or_mixed(password, reason):
    assert accounts.passwords.weakness("chen", password) == reason


@pytest.mark.parametrize("role", ["officer", "leader", "viewer", "sysadmin", "auditor"])
def test_only_the_security_administrator_manages_accounts_and_tokens(services, chen, role):
    by = Principal(id="x", name="x", role=role)
    calls = [
        lambda: accounts.add_user(services, by, "li", "viewer"),
        lambda: accounts.reset_password(services, by, chen),
        lambda: accounts.change_user(services, by, chen, role="leader"),
        lambda: accounts.list_users(services, by),
        lambda: accounts.add_token(services, by, "wall", "main"),
        lambda: accounts.revoke_token(services, by, "main"),
        lambda: accounts.list_tokens(services, by),
    ]
    for call in calls:
        with pytest.raises(Forbidden):
            call()


def test_nobody_changes_their_own_role(services):
    made = accounts.ensure_first_accounts(services, demo=False)
    me = who(services, access.login(services, "secadmin", made[1].password).cookie)
    with pytest.raises(Forbidden):
        accounts.change_user(services, me, "secadmin", role="leader")


def test_every_step_is_in_the_system_realm_and_was_announced(services, chen):
    try_login(services, chen, "wrong")
    try_login(services, "nobody", "wrong")
    access.logout(services, who(services, access.login(services, chen, PASSWORD).cookie))
    token = accounts.add_token(services, SYSTEM, "wall", "main")
    accounts.revoke_token(services, SYSTEM, token.id)
    access.deny_read(services, SYSTEM, "/api/v1/incidents/1", area="990102")
    kinds = [fact.kind for fact in facts(services)]
    assert kinds == [
        "AccountAdded",
        "LoginFailed",
        "LoginFailed",
        "LoggedIn",
        "LoggedOut",
        "TokenIssued",
        "TokenRevoked",
        "ReadDenied",
    ]
    assert [wire["kind"] for wire in services.announcer.wires] == kinds
    assert [fact.actor for fact in facts(services)][2:5] == ["system", "chen", "chen"]


def test_the_log_holds_no_secret_and_nothing_typed_into_a_name(services, chen):
    cookie = access.login(services, chen, PASSWORD).cookie
    token = accounts.add_token(services, SYSTEM, "wall", "main")
    try_login(services, "my-secret-typed-in-the-wrong-field", "wrong")
    text = orjson.dumps(services.announcer.wires).decode()
    for secret in (cookie, token.secret, PASSWORD, "my-secret", "argon2"):
        assert secret not in text


def test_the_facts_that_shut_somebody_out_name_their_streams(services, chen):
    mine, others = (who(services, access.login(services, chen, PASSWORD).cookie) for _ in range(2))
    token = accounts.add_token(services, SYSTEM, "wall", "main")
    wall = who(services, access.open_wall(services, "main", token.secret))
    access.logout(services, mine)
    accounts.revoke_token(services, SYSTEM, token.id)
    accounts.reset_password(services, SYSTEM, chen)
    closing = {fact.kind: fact.body for fact in facts(services)}
    closes = {kind: [e.ends(body, each) for each in (mine, others, wall)] for kind, body in closing.items()}
    assert closes["LoggedOut"] == [True, False, False]
    assert closes["TokenRevoked"] == [False, False, True]
    assert closes["PasswordReset"] == [True, True, False]
    assert not any(closes["LoggedIn"])


def test_a_refused_change_leaves_no_fact(services, chen):
    before = len(facts(services))
    with pytest.raises(NameTaken):
        accounts.add_user(services, SYSTEM, chen, "viewer")
    assert len(facts(services)) == before


def test_the_system_realm_keeps_its_clock_when_it_was_there_before(services):
    with services.engine.begin() as conn:
        log.create_realm(conn, "system", RealmClock(START, START))
    accounts.add_token(replace(services), SYSTEM, "wall", "main")
    assert facts(services)[0].recorded_at == START
