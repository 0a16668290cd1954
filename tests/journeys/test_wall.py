"""The wall: true, by itself, and never an error."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Page

from tests.browsing import until
from tests.journeys.conftest import LIVE, Product, Seat, caught_up

pytestmark = pytest.mark.browser
Hung = Callable[[], Page]


def test_the_token_does_not_stay_in_the_address(product: Product, wall: Hung):
    assert wall().url == f"{product.url}/wall/main"


def test_a_dispatch_is_drawn_as_a_line_along_the_road_and_ends_with_the_arrival(product: Product, wall: Hung):
    page = wall()
    ident = product.report(118.08, 24.51)
    sent = product.post(f"/incidents/{ident}/dispatch", units=[product.free_unit()])
    bond = sent["assignments"][0]["id"]
    until(page, "id => zhihui.marks.links.has(id) && zhihui.chips.has(id)", bond)
    for verb in ("ack", "enroute", "arrive"):
        product.post(f"/assignments/{bond}/{verb}")
    until(page, "id => !zhihui.marks.links.has(id) && zhihui.features('links').some(f => f.id === id)", bond)
    product.post(f"/assignments/{bond}/release")
    until(page, "id => !zhihui.features('links').some(f => f.id === id)", bond)


def test_units_stand_where_they_were_last_heard(product: Product, wall: Hung):
    page = wall()
    unit = product.free_unit()
    with product.api as api:
        now = page.evaluate("new Date().toISOString()")
        row = {"unit": unit, "lon": 118.1001, "lat": 24.5101, "at": now}
        assert api.put("/units/positions", json=[row]).status_code == 202
    until(
        page,
        """id => {
            const unit = zhihui.features('units').find(f => f.id === id);
            return unit.geometry.coordinates[0] === 118.1001;
        }""",
        unit,
    )


def test_every_figure_is_what_the_log_says(product: Product, wall: Hung):
    page = wall()
    for n in range(3):
        ident = product.report(118.09 + n / 100, 24.51)
        if n:
            sent = product.post(f"/incidents/{ident}/dispatch", units=[product.free_unit()])
            if n == 2:
                product.post(f"/assignments/{sent['assignments'][0]['id']}/arrive")
    caught_up(page, product)
    until(page, "(document.querySelector('[data-kpi=open] .value') || {}).textContent !== '—'")
    shown = page.evaluate(
        """Object.fromEntries(Array.from(document.querySelectorAll('#kpi-strip [data-kpi]'),
            box => [box.dataset.kpi, box.querySelector('.value').textContent]))"""
    )
    for name, (source, where) in FIGURES.items():
        assert shown[name] == str(product.sql(f"SELECT count(*) FROM {source} WHERE {where}")), name  # noqa: S608
    for name, query in SPANS.items():
        assert shown[name] == span(product.sql(query)), name
    for kind, free, going, scene in rows(product):
        bar = page.locator(f".unit-row[data-kind={kind}]")
        found = [bar.get_attribute(f"data-{part}") for part in ("available", "going", "scene")]
        assert found == [str(free), str(going), str(scene)], kind


# Independent of the fold: counted from the facts themselves.
STATUS = """(SELECT DISTINCT ON (subject) subject, kind FROM city.event WHERE realm = 'live' AND kind IN
    ('IncidentReported', 'IncidentAccepted', 'IncidentRejected', 'UnitDispatched', 'IncidentHandled',
     'IncidentVerified', 'IncidentClosed', 'IncidentReopened') ORDER BY subject, seq DESC) AS last"""
UNITS = """(SELECT body::jsonb->>'unit' AS unit, body::jsonb->>'assignment' AS bond,
    EXISTS (SELECT 1 FROM city.event a WHERE a.realm = 'live' AND a.kind = 'AssignmentArrived'
        AND a.subject = d.body::jsonb->>'assignment') AS arrived FROM city.event d
    WHERE realm = 'live' AND kind = 'UnitDispatched' AND NOT EXISTS (SELECT 1 FROM city.event r
        WHERE r.realm = 'live' AND r.kind IN ('AssignmentReleased', 'AssignmentDeclined')
        AND r.subject = d.body::jsonb->>'assignment')) AS bound"""
FIGURES = {
    "open": (STATUS, "kind NOT IN ('IncidentClosed', 'IncidentRejected')"),
    "waiting": (STATUS, "kind IN ('IncidentReported', 'IncidentAccepted')"),
    "on_scene": (UNITS, "arrived"),
    "closed_today": (STATUS, "kind = 'IncidentClosed'"),
}
SPANS = {
    "report_dispatch_p90_s": """SELECT percentile_disc(0.9) WITHIN GROUP (ORDER BY took) FROM (
        SELECT extract(epoch FROM min(d.occurred_at) - min(r.occurred_at))::float8 AS took
        FROM city.event r JOIN city.event d ON d.realm = r.realm AND d.subject = r.subject
            AND d.kind = 'UnitDispatched'
        WHERE r.realm = 'live' AND r.kind = 'IncidentReported' GROUP BY r.subject) AS spans""",
    "dispatch_arrive_p90_s": """SELECT percentile_disc(0.9) WITHIN GROUP (ORDER BY took) FROM (
        SELECT extract(epoch FROM a.occurred_at - d.occurred_at)::float8 AS took
        FROM city.event d JOIN city.event a ON a.realm = d.realm AND a.kind = 'AssignmentArrived'
            AND a.subject = d.body::jsonb->>'assignment'
        WHERE d.realm = 'live' AND d.kind = 'UnitDispatched') AS spans""",
}  # fmt: skip


def span(seconds: float | None) -> str:
    """As the strip writes it: 48秒, 6:52, —."""
    if seconds is None:
        return "—"
    if seconds < 60:
        return f"{int(seconds + 0.5)}秒"
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def rows(product: Product) -> list[tuple[str, int, int, int]]:
    """kind, available, going, on scene of the units on duty, from the facts."""
    query = f"""SELECT u.body::jsonb->>'unit_kind' AS kind, count(*) FILTER (WHERE bound.unit IS NULL),
        count(*) FILTER (WHERE NOT arrived), count(*) FILTER (WHERE arrived)
        FROM city.event u LEFT JOIN {UNITS} ON bound.unit = u.subject
        WHERE u.realm = 'live' AND u.kind = 'UnitRegistered' GROUP BY 1"""  # noqa: S608
    with product.engine.connect() as conn:
        return [tuple(row) for row in conn.exec_driver_sql(query)]


def test_a_wall_that_is_wrong_knows_it(product: Product, wall: Hung):
    page = wall()
    product.report(118.12, 24.51)
    caught_up(page, product)
    page.evaluate(
        """zhihui.store.load(
            { seq: zhihui.seq, at: new Date().toISOString(), upsert: {}, remove: {}, panels: {} })"""
    )
    with product.api as api:
        until(page, "hash => zhihui.hash() === hash", api.get("/state/hash").json()["hash"])


def test_it_keeps_its_last_picture_while_the_server_is_gone_and_comes_back(product: Product, wall: Hung):
    page = wall()
    kept = product.report(118.1, 24.52)
    caught_up(page, product)
    product.web.stop()
    try:
        until(page, "!document.getElementById('stale-note').hidden", seconds=30)
        said = page.inner_text("#stale-note")
        assert "画面停在" in said and "秒" in said
        assert page.evaluate("id => zhihui.features('incidents').some(f => f.id === id)", kept)
        assert page.locator("#incident-list .incident-row").count() > 0
        assert "/wall/main" in page.url
    finally:
        product.web.start()
    until(page, "zhihui.connected", seconds=60)
    until(page, "document.getElementById('stale-note').hidden")
    missed = product.report(118.11, 24.52)
    until(page, "id => zhihui.features('incidents').some(f => f.id === id)", missed)


def test_a_new_version_is_loaded_once(product: Product, wall: Hung):
    page = wall()
    page.evaluate("window.before = true")
    with page.expect_navigation():
        page.evaluate("zhihui.emit('heartbeat', { head: 0, hash: '', version: 'next' })")
    until(page, LIVE)
    page.evaluate("window.before = true")
    page.evaluate("zhihui.emit('heartbeat', { head: 0, hash: '', version: 'next' })")
    until(page, "zhihui.age() < 1000 && performance.now() > 3000")
    assert page.evaluate("window.before") is True


def test_a_hand_locks_the_view_until_it_is_released(product: Product, wall: Hung):
    page = wall()
    page.mouse.move(900, 500)
    page.mouse.wheel(0, -300)
    page.wait_for_selector("#wall-lock", state="visible")
    before = page.evaluate("zhihui.map.getBounds().toBBoxString()")
    product.report(118.07, 24.5)
    caught_up(page, product)
    page.click("#wall-lock")
    until(page, "before => zhihui.map.getBounds().toBBoxString() !== before", before)
    assert page.evaluate("zhihui.wall.isLocked()") is False


def test_no_page_asks_any_host_but_ours(product: Product, wall: Hung, desk: Seat):
    hung, seated = wall(), desk("wang")
    ident = product.report(118.09, 24.51)
    until(seated, "id => zhihui.list.row(id)", ident)
    seated.evaluate("id => zhihui.desk.open(id)", ident)
    seated.wait_for_selector("#advice-list .advice")
    until(hung, "id => zhihui.marks.incidents.has(id)", ident)
    for page in (hung, seated):
        page.goto(page.url + "?lang=en")
        until(page, LIVE)
    assert product.foreign == []
    assert product.errors == []


def test_a_revoked_wall_goes_blank_and_never_shows_a_login(product: Product, wall: Hung):
    page = wall()
    product.revoke("main")
    until(page, "document.documentElement.classList.contains('blank')")
    assert page.evaluate("[zhihui.seq, zhihui.features('incidents').length]") == [0, 0]
    assert page.evaluate("getComputedStyle(document.querySelector('.wall-page')).visibility") == "hidden"
    assert page.url == f"{product.url}/wall/main"
    assert httpx.get(f"{product.url}/wall/main", follow_redirects=False).status_code != 200
