"""The list of the duty desk: queues that count as the board does, and a layout that keeps still."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from actions.incidents import report_within
from actions.unit_of_work import Call, Transaction, perform
from core.permissions import SYSTEM
from instance.services import services as services_for
from tests.browsing import until
from tests.journeys.conftest import Product, Seat, caught_up
from tests.parts import report_command

pytestmark = pytest.mark.browser

MANY = 2000
TWENTY = 20


def counts(page: Page) -> dict[str, int]:
    """What the chips say."""
    found: dict[str, Any] = page.evaluate(
        """Object.fromEntries(Array.from(document.querySelectorAll('[data-filter]'))
            .map(chip => [chip.dataset.filter, Number(chip.querySelector('b').textContent)]))"""
    )
    return found


def settled(page: Page, product: Product) -> None:
    """The screen has the head of the log, and has drawn it."""
    caught_up(page, product)
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def test_queues_count_what_the_tables_say_also_when_narrowed(product: Product, desk: Seat):
    page = desk("wang")
    product.report(118.09, 24.52, severity=2, channel="12345")
    product.report(118.09, 24.521, severity=1, channel="12345", **{"class": "51010"})
    mine = product.report(118.091, 24.52, severity=2, channel="110")
    page.evaluate("id => zhihui.select(id)", mine)
    page.wait_for_selector(f"#card-top [data-incident='{mine}']")
    page.keyboard.press("a")
    page.wait_for_selector("#card-top .state >> text=待派遣")
    settled(page, product)
    table = "SELECT count(*) FROM city.incident WHERE realm = 'live' AND NOT shelved"
    is_open = " AND status NOT IN ('closed', 'rejected')"
    by_sql = {
        "open": product.sql(table + is_open),
        "waiting": product.sql(table + " AND status IN ('reported', 'accepted')"),
        "mine": product.sql(table + is_open + " AND doc->'hands' ? 'wang'"),
        "all": product.sql(table),
    }
    said = counts(page)
    assert {name: said[name] for name in by_sql} == by_sql
    assert page.evaluate("zhihui.list.shown().length") == by_sql["open"]
    assert page.title().startswith(f"({by_sql['waiting']})")

    page.keyboard.press("f")
    page.click("#filter-panel .level-choice .chip >> nth=1")
    page.select_option("[data-narrow-by=channel]", "12345")
    narrowed = product.sql(table + is_open + " AND severity = 2 AND channel = '12345'")
    until(page, "n => zhihui.list.shown().length === n", narrowed)
    assert counts(page)["open"] == narrowed
    page.keyboard.press("Escape")
    page.keyboard.press("0")
    until(page, "n => zhihui.list.shown().length === n", by_sql["open"])


def test_a_filter_is_remembered_and_said_in_words(product: Product, desk: Seat):
    page = desk("li")
    page.evaluate("zhihui.queues.set({ levels: [1], group: 'accident' })")
    page.reload()
    until(page, "window.zhihui && zhihui.connected && document.querySelector('#filter-line.on')")
    assert page.inner_text("#filter-line .said") == "Ⅰ · 事故灾难"
    page.keyboard.press("0")
    page.wait_for_selector("#filter-line:not(.on)")


def test_the_layout_keeps_still_while_twenty_incidents_arrive(product: Product, desk: Seat):
    page = desk("wang")
    settled(page, product)
    page.evaluate(
        """() => {
            window.shifted = [];
            // Boxes, not the letters in them: a figure that grows by a digit is set from the right.
            const own = node => node?.nodeType === 1 && node.closest('.list-pane, .card-pane');
            const note = ({ node }) => own(node) && window.shifted.push(node.outerHTML);
            new PerformanceObserver(list => list.getEntries().forEach(entry => entry.sources.forEach(note)))
                .observe({ type: 'layout-shift', buffered: false });
        }"""
    )
    boxes = """['.list-pane', '#map', '.card-pane', '.chips', '#filter-line', '#incident-list', '#clock']
        .map(one => JSON.stringify(document.querySelector(one).getBoundingClientRect()))"""
    before = page.evaluate(boxes)
    for n in range(TWENTY):
        product.report(118.085 + n / 2000, 24.515, severity=1 + n % 4)
    settled(page, product)
    assert page.evaluate(boxes) == before
    assert page.evaluate("window.shifted") == []


def test_nothing_moves_under_the_pointer_until_it_leaves(product: Product, desk: Seat):
    page = desk("wang")
    product.report(118.09, 24.52, severity=3)
    settled(page, product)
    page.mouse.move(150, 400)
    order = page.evaluate("zhihui.list.shown()")
    first = product.report(118.1, 24.52, severity=1, occurred_at="2020-01-01T00:00:00+08:00")
    settled(page, product)
    assert page.evaluate("zhihui.list.shown()") == order
    page.mouse.move(900, 500)
    until(page, "id => zhihui.list.shown().includes(id)", first)


def test_an_incident_is_unread_until_it_is_opened_at_this_seat(product: Product, desk: Seat):
    page = desk("wang")
    settled(page, product)
    ident = product.report(118.095, 24.52, severity=1)
    until(page, "id => zhihui.list.row(id)?.classList.contains('unread')", ident)
    page.evaluate("id => zhihui.desk.open(id)", ident)
    until(page, "id => !zhihui.list.row(id).classList.contains('unread')", ident)
    page.reload()
    until(page, "id => window.zhihui?.list?.row(id)", ident)
    assert not page.evaluate("id => zhihui.unread.is(id)", ident)


def test_a_street_is_found_and_the_map_flies_there(product: Product, desk: Seat):
    page = desk("wang")
    name = product.sql(
        "SELECT name FROM city.road WHERE name IS NOT NULL AND name <> '' ORDER BY name LIMIT 1"
    )
    page.keyboard.press("/")
    page.keyboard.type(name)
    page.wait_for_selector(f"#found .found-row >> text={name}")
    until(page, "document.querySelector('#found .found-row[aria-selected]')")
    page.click(f"#found .found-row >> text={name}")
    page.wait_for_selector(".found-popup >> text=在此录入事件")
    spot = page.evaluate("[zhihui.search.pinned().lon, zhihui.search.pinned().lat]")
    until(page, "([lon, lat]) => zhihui.map.getBounds().contains([lat, lon])", spot)
    page.keyboard.press("n")
    page.wait_for_selector("#report-text", state="visible")
    until(page, "name => document.querySelector('#report-address').value === name", name)


def test_a_search_that_fails_says_so_and_still_finds_incidents(product: Product, desk: Seat):
    page = desk("wang")
    ident = product.report(118.096, 24.52, title="查无此地火情")
    until(page, "id => zhihui.store.get('incidents', id)", ident)
    page.route("**/api/v1/search*", lambda route: route.fulfill(status=503, body="{}"))
    page.keyboard.press("/")
    page.keyboard.type("查无此地")
    page.wait_for_selector("#found >> text=地名和道路查不到")
    page.keyboard.press("Enter")
    until(page, "id => zhihui.selected === id", ident)


def many_reported(product: Product) -> None:
    """So many incidents at once, in one transaction."""
    command = report_command((118.1, 24.515), severity=4)

    def decide(tx: Transaction) -> dict[str, Any]:
        return [report_within(tx, command) for _ in range(MANY)][-1]

    with services_for(product.settings) as parts:
        perform(parts, Call(SYSTEM), "report", decide)


def test_two_thousand_open_incidents_are_all_within_reach(product: Product, desk: Seat):
    many_reported(product)
    page = desk("wang")
    until(page, "many => zhihui.list.shown().length >= many", MANY)
    assert page.evaluate("document.querySelectorAll('#incident-list .incident-row').length") < 60
    last = page.evaluate("zhihui.list.shown().at(-1)")
    page.keyboard.press("End")
    until(page, "id => zhihui.selected === id && zhihui.list.row(id)", last)
    page.keyboard.press("PageUp")
    page.keyboard.press("Home")
    until(page, "zhihui.selected === zhihui.list.shown()[0] && zhihui.list.row(zhihui.selected)")
    page.evaluate("document.getElementById('incident-list').scrollTop = 1e9")
    until(page, "id => zhihui.list.row(id)", last)
