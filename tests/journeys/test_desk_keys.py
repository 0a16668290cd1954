"""The duty desk by keyboard alone, and what can be taken back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browsing import until
from tests.journeys.conftest import Product, Seat

pytestmark = pytest.mark.browser

STATUS = "([id, status]) => zhihui.store.get('incidents', id)?.properties.status === status"
BOUND = "SELECT count(*) FROM city.assignment WHERE incident = :id AND ended_at IS NULL"


def chosen_by_keys(page: Page, ident: str) -> None:
    """From the head of the list down to this incident."""
    until(page, "id => zhihui.list.shown().includes(id)", ident)
    page.keyboard.press("Home")
    for _ in range(page.evaluate("id => zhihui.list.shown().indexOf(id)", ident)):
        page.keyboard.press("ArrowDown")
    until(page, "id => zhihui.selected === id", ident)
    page.wait_for_selector(f"#card-top [data-incident='{ident}']")


def focused(page: Page) -> str:
    """The id of what has the focus, or its verb; empty when nothing has."""
    found = page.evaluate(
        """() => {
            const there = document.activeElement;
            return there === document.body ? '' : there.id || there.dataset.verb;
        }"""
    )
    return str(found)


def test_a_dispatch_goes_from_the_list_to_the_commit_without_a_mouse(product: Product, desk: Seat):
    page = desk("wang")
    ident = product.report(118.087, 24.521, text="键盘派遣")
    chosen_by_keys(page, ident)
    assert focused(page) == "incident-list"
    page.wait_for_selector("#advice-list .advice.picked")
    for left in (1, 2):
        page.keyboard.press("2")
        until(page, "n => document.querySelectorAll('#advice-list .advice.picked').length === n", left)
    page.keyboard.press("Control+Enter")
    until(page, STATUS, [ident, "dispatched"])
    assert product.sql(BOUND, id=ident) == 2
    page.wait_for_selector("#card-units [data-key='S']")
    assert focused(page) == "incident-list"
    page.keyboard.press("s")
    until(page, STATUS, [ident, "acknowledged"])


def test_a_dispatch_is_undone_by_one_key_within_ten_seconds(product: Product, desk: Seat):
    page = desk("wang")
    ident = product.report(118.088, 24.522, text="误派")
    chosen_by_keys(page, ident)
    page.wait_for_selector("#advice-list .advice.picked")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".toast .undo")
    page.keyboard.press("u")
    until(page, STATUS, [ident, "accepted"])
    assert product.sql(BOUND, id=ident) == 0
    page.wait_for_selector("#card-timeline >> text=撤销派遣")


def test_an_undo_that_comes_too_late_says_why_and_changes_nothing(product: Product, desk: Seat):
    page = desk("wang")
    ident = product.report(118.089, 24.521, text="已出动")
    chosen_by_keys(page, ident)
    page.wait_for_selector("#advice-list .advice.picked")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".toast .undo")
    bond = product.sql("SELECT id FROM city.assignment WHERE incident = :id", id=ident)
    product.post(f"/assignments/{bond}/enroute")
    page.keyboard.press("u")
    assert "途中" in page.wait_for_selector(".toast.refusal").inner_text()
    assert product.sql(BOUND, id=ident) == 2


def test_verbs_have_their_letters_and_words_are_asked_for(product: Product, desk: Seat):
    page = desk("wang")
    ident = product.report(118.091, 24.52, text="按键办理")
    chosen_by_keys(page, ident)
    page.keyboard.press("a")
    page.wait_for_selector("#card-top .state >> text=待派遣")
    page.keyboard.press("m")
    assert focused(page) == "word"
    page.keyboard.type("abc u 1 / n")  # no letter of these does anything but stand in the field
    assert page.input_value("#word") == "abc u 1 / n"
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#card-timeline >> text=abc u 1 / n")
    assert product.sql(BOUND, id=ident) == 0
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    until(page, "document.activeElement.closest('#report-text, .report-form')")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    until(page, "id => zhihui.selected === id && !zhihui.draft.isOpen()", ident)


def test_an_input_method_keeps_its_own_keys(product: Product, desk: Seat):
    page = desk("wang")
    ident = product.report(118.092, 24.52, text="输入法")
    chosen_by_keys(page, ident)
    page.evaluate(
        """() => document.body.dispatchEvent(new KeyboardEvent('keydown',
            {key: 'a', isComposing: true, bubbles: true, cancelable: true}))"""
    )
    page.evaluate(
        """() => document.body.dispatchEvent(new KeyboardEvent('keydown',
            {key: 'Escape', isComposing: true, bubbles: true, cancelable: true}))"""
    )
    assert page.evaluate("zhihui.selected") == ident
    assert product.sql("SELECT status FROM city.incident WHERE id = :id", id=ident) == "reported"


def test_the_sheet_of_keys_opens_and_closes(desk: Seat):
    page = desk("wang")
    page.keyboard.press("?")
    page.wait_for_selector("#key-sheet[open]")
    page.keyboard.press("Escape")
    page.wait_for_selector("#key-sheet:not([open])", state="attached")


def test_a_correction_sends_only_what_was_changed_and_keeps_what_others_corrected_meanwhile(
    product: Product, desk: Seat
):
    page = desk("wang")
    ident = product.report(118.093, 24.52, text="写错了", address="望海路")
    chosen_by_keys(page, ident)
    page.keyboard.press("e")
    page.wait_for_selector("#amend-text", state="visible")
    until(page, "document.querySelector('#amend-text').value === '写错了'")
    page.fill("#amend-text", "厨房冒烟")
    product.post(f"/incidents/{ident}/amend", address="望山路")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#card-top >> text=厨房冒烟")
    assert focused(page) == "incident-list"
    assert product.sql("SELECT doc->>'address' FROM city.incident WHERE id = :id", id=ident) == "望山路"
    body = "SELECT body FROM city.event WHERE subject = :id AND kind = 'IncidentAmended'"
    assert "望海路" not in product.sql(body, id=ident)


def test_a_new_place_is_pressed_on_the_map_and_can_be_undone(product: Product, desk: Seat):
    page = desk("wang")
    ident = product.report(118.094, 24.52, text="地点不对")
    chosen_by_keys(page, ident)
    page.keyboard.press("t")
    page.wait_for_selector(".move-note", state="visible")
    box = page.locator("#map").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] * 0.45, box["y"] + box["height"] * 0.45)
    page.wait_for_selector("#card-timeline >> text=改址")
    moved = product.sql("SELECT ST_X(geom) FROM city.incident WHERE id = :id", id=ident)
    assert moved != 118.094
    page.keyboard.press("u")
    until(
        page,
        "id => Math.abs(zhihui.store.get('incidents', id).geometry.coordinates[0] - 118.094) < 1e-9",
        ident,
    )


def test_an_act_without_an_answer_is_said_and_can_be_done_again(product: Product, desk: Seat):
    page = desk("wang")
    ident = product.report(118.097, 24.52, text="断线")
    chosen_by_keys(page, ident)
    page.wait_for_selector("#advice-list .advice.picked")
    page.route("**/_dash-update-component*", lambda route: route.abort())
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".toast.fault >> text=没有收到服务器的答复")
    assert product.sql(BOUND, id=ident) == 0
    page.unroute("**/_dash-update-component*")
    page.wait_for_selector("#commit-dispatch:enabled")
    page.keyboard.press("Control+Enter")
    until(page, STATUS, [ident, "dispatched"])


def test_letters_do_nothing_while_a_form_is_open(product: Product, desk: Seat):
    page = desk("wang")
    ident = product.report(118.098, 24.52, text="录入时")
    chosen_by_keys(page, ident)
    page.keyboard.press("n")
    page.wait_for_selector("#report-text", state="visible")
    page.keyboard.type("边说边记")
    page.keyboard.press("Escape")  # out of the field; the form stays
    for key in ("a", "ArrowDown", "x", "1"):
        page.keyboard.press(key)
    assert page.evaluate("zhihui.draft.isOpen()")
    assert page.input_value("#report-text") == "边说边记"
    page.keyboard.press("Escape")
    until(page, "!zhihui.draft.isOpen()")
    assert product.sql("SELECT status FROM city.incident WHERE id = :id", id=ident) == "reported"


def typed(page: Page, line: str) -> str:
    """A line given to the command line, and what stands beside it then."""
    page.keyboard.type(line)
    page.keyboard.press("Enter")
    page.wait_for_selector("#command-result:is(.done, .refusal)")
    return str(page.text_content("#command-result"))


def test_a_dispatcher_works_by_the_command_line_and_sees_the_units_on_the_board(product: Product, desk: Seat):
    page = desk("wang")
    ident = product.report(118.089, 24.523, text="命令行派遣")
    until(page, "id => zhihui.list.shown().includes(id)", ident)
    number = page.evaluate(
        "id => zhihui.store.get('incidents', id).properties.number.split('-').pop()", ident
    )
    page.keyboard.press(":")
    page.wait_for_selector("#command-line input:focus")
    page.keyboard.type(f"d {number} ")
    page.wait_for_selector("#command-hints .command-hint")
    page.keyboard.press("Tab")
    unit = page.input_value("#command-line input").split()[-1]
    assert number in typed(page, "")
    until(page, STATUS, [ident, "dispatched"])
    assert unit in typed(page, f"s {unit} 到场")
    until(page, STATUS, [ident, "on_scene"])
    assert "ZZ99" in typed(page, "s ZZ99 到场")
    assert page.input_value("#command-line input") == "s ZZ99 到场"
    page.fill("#command-line input", "")
    page.keyboard.press("ArrowUp")
    assert page.input_value("#command-line input") == f"s {unit} 到场"
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press("w")
    row = page.locator(f"#status-board [data-unit='{unit}']")
    row.wait_for()
    assert number in str(row.text_content())
    row.click()
    until(page, "id => zhihui.selected === id", ident)
    page.wait_for_selector("#card-units .crew-check:not([hidden])")
    page.keyboard.press("Escape")
    assert not page.is_visible("#status-board")


def test_a_grave_incident_sounds_and_a_muted_seat_stays_muted(product: Product, desk: Seat):
    page = desk("wang")
    page.evaluate("() => { window.heard = []; zhihui.on('sounded', (one) => window.heard.push(one)); }")
    page.keyboard.press("q")
    page.wait_for_selector("[data-foot='sound'][data-state='muted']")
    product.report(118.09, 24.524, text="静音时的大火")
    until(page, "window.heard.some((one) => one.name === 'new1' && one.muted)")
    page.reload()
    page.wait_for_selector("[data-foot='sound'][data-state='muted']")
    page.keyboard.press("q")
    page.wait_for_selector("[data-foot='sound']:not([data-state='muted'])")
