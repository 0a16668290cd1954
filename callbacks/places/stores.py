"""物资库: what the tab asks and does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from dash import Dash, Input, Output, State, ctx, set_props
from dash.exceptions import PreventUpdate

from actions import queries, stock, stock_reading
from actions.queries import IncidentFilter
from actions.unit_of_work import Answer
from callbacks.errors import FormIncomplete
from callbacks.registrar import Ask, Registrar
from core.clock import day_of
from core.norms import Shortage
from core.permissions import may
from db.stock import LotFilter
from pages import ids as common
from pages.messages import text
from pages.places import ids, parts
from pages.places import stores as tab

Rows = list[dict[str, Any]]


def register(app: Dash, registrar: Registrar) -> None:
    """All callbacks of the tab."""
    seen = [Input(tab.TICK, "n_intervals"), Input(tab.MOVED, "data")]
    panes = [Output(tab.pane(view), "hidden") for view in tab.VIEWS]
    registrar.add(
        view,
        [*panes, Output(tab.LOT_PANE, "hidden"), Output(tab.RECEIVE_PANE, "hidden")],
        [Input(tab.VIEW, "value"), Input(tab.LOT, "data")],
    )
    registrar.add(
        list_stores, [Output(tab.LIST, "rowData"), Output(tab.TO, "data")], seen, prevent_initial_call=False
    )
    overlay = Output(ids.OVERLAY, "data", allow_duplicate=True)
    registrar.add(pick_store, [Output(tab.STORE, "data"), overlay], [Input(tab.LIST, "selectedRows")])
    registrar.add(
        list_lots,
        [Output(tab.LOTS, "rowData"), Output(tab.LOTS_HEAD, "children")],
        [Input(tab.STORE, "data"), *seen],
    )
    registrar.add(list_alarms, [Output(tab.ALARMS, "rowData")], [Input(tab.VIEW, "value"), *seen])
    registrar.add(
        list_short,
        [Output(tab.SHORT, "rowData"), Output(tab.SHORT_HEAD, "children")],
        [Input(tab.VIEW, "value"), *seen],
    )
    registrar.add(go_short, [overlay], [Input(tab.SHORT, "selectedRows")])
    registrar.add(
        pick_lot,
        [Output(tab.LOT, "data")],
        [Input(tab.LOTS, "selectedRows"), Input(tab.ALARMS, "selectedRows")],
    )
    registrar.add(
        show_lot,
        [Output(tab.LOT_HEAD, "children"), Output(tab.MOVEMENTS, "rowData")],
        [Input(tab.LOT, "data"), *seen],
    )
    _register_forms(registrar)


def _register_forms(registrar: Registrar) -> None:
    registrar.add(items, [Output(tab.ITEM, "data")], [Input(tab.ITEM, "id")], prevent_initial_call=False)
    registrar.add(incidents, [Output(tab.INCIDENT, "data")], [Input(tab.LOT, "data")])
    registrar.add(
        suit, [Output(tab.INCIDENT, "disabled"), Output(tab.TO, "disabled")], [Input(tab.MOVE, "value")]
    )
    registrar.add(
        move,
        [Output(tab.MOVED, "data"), Output(tab.QUANTITY, "value"), Output(tab.REASON, "value")],
        [Input(tab.GO, "n_clicks")],
        [State(name, "value") for name in (tab.MOVE, tab.QUANTITY, tab.INCIDENT, tab.TO, tab.REASON)]
        + [State(tab.LOT, "data")],
    )
    registrar.add(
        receive,
        [
            Output(tab.MOVED, "data", allow_duplicate=True),
            Output(tab.NEW_QUANTITY, "value"),
            Output(tab.NEW_REASON, "value"),
        ],
        [Input(tab.RECEIVE, "n_clicks")],
        [State(tab.STORE, "data")]
        + [State(n, "value") for n in (tab.ITEM, tab.NEW_QUANTITY, tab.EXPIRY, tab.MINIMUM, tab.NEW_REASON)],
    )
    registrar.add(may_receive, [Output(tab.RECEIVE, "disabled")], [Input(tab.STORE, "data")])


def _today(ask: Ask) -> date:
    return day_of(ask.services.now_in(ask.realm), ask.services.zone)


def view(ask: Ask, chosen: str, lot: str | None) -> list[bool]:
    """Which view is seen; the lot's own part goes with the lists of lots, 入库 with the stores."""
    return [*(name != chosen for name in tab.VIEWS), lot is None or chosen == "short", chosen != "lots"]


def list_stores(ask: Ask, *_: Any) -> tuple[Rows, Rows]:
    found = stock_reading.list_stores(ask.services, ask.principal, ask.realm)
    return tab.store_rows(ask.lang, found), [{"value": s["code"], "label": s["name"]} for s in found]


def pick_store(ask: Ask, rows: Rows | None) -> tuple[Any, Any]:
    """The store that is picked is shown on the map."""
    if not rows:
        raise PreventUpdate
    store = rows[0]
    return {"code": store["code"], "name": store["name"]}, _around([store])


def _around(stores: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Marks on these stores, and the view that holds them."""
    spots = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [store["lon"], store["lat"]]},
            "properties": {"mark": "try", "title": store["name"]},
        }
        for store in stores
    ]
    lons, lats = [store["lon"] for store in stores], [store["lat"] for store in stores]
    fit = [min(lons) - _MARGIN, min(lats) - _MARGIN, max(lons) + _MARGIN, max(lats) + _MARGIN]
    return {"stores.picked": {"type": "FeatureCollection", "features": spots}, "fit": fit}


_MARGIN = 0.012
"""Degrees around a store that is shown: some streets."""


def list_lots(ask: Ask, store: dict[str, str] | None, *_: Any) -> tuple[Any, Any]:
    if not store:
        raise PreventUpdate
    wanted = LotFilter(store=store["code"])
    page = stock_reading.list_lots(ask.services, ask.principal, ask.realm, wanted, stock_reading.MOST)
    count = text(ask.lang, "stores.lots_shown", n=len(page.lots), more="+" if page.cursor else "")
    head = parts.heading(text(ask.lang, "stores.lots_of", name=store["name"]), count)
    return tab.lot_rows(ask.lang, page.lots, _today(ask)), head


def list_alarms(ask: Ask, chosen: str, *_: Any) -> Any:
    if chosen != "alarms":
        raise PreventUpdate
    lots = stock_reading.all_lots(ask.services, ask.principal, ask.realm, LotFilter(alarm="any"))
    found = stock_reading.list_stores(ask.services, ask.principal, ask.realm)
    names = {store["code"]: store["name"] for store in found}
    return tab.lot_rows(ask.lang, lots, _today(ask), names)


def list_short(ask: Ask, chosen: str, *_: Any) -> tuple[Any, Any]:
    if chosen != "short":
        raise PreventUpdate
    found: list[Shortage] = stock_reading.list_shortages(ask.services, ask.principal, ask.realm)
    districts = len({one.area.code for one in found})
    count = text(ask.lang, "stores.short.count", n=len(found), areas=districts)
    return tab.short_rows(ask.lang, found), parts.heading(text(ask.lang, "stores.short"), count)


def go_short(ask: Ask, rows: Rows | None) -> Any:
    """The store that could help is shown on the map."""
    if not rows or not rows[0]["store"]:
        raise PreventUpdate
    found = stock_reading.list_stores(ask.services, ask.principal, ask.realm)
    return _around([store for store in found if store["code"] == rows[0]["store"]])


def pick_lot(ask: Ask, of_store: Rows | None, alarmed: Rows | None) -> Any:
    rows = alarmed if ctx.triggered_id == tab.ALARMS else of_store
    if not rows:
        raise PreventUpdate
    return rows[0]["id"]


def show_lot(ask: Ask, ident: str | None, *_: Any) -> tuple[Any, Any]:
    """What the lot is and what happened to it."""
    if not ident:
        raise PreventUpdate
    lot = stock_reading.read_lot(ask.services, ask.principal, ask.realm, ident)
    names = {s["code"]: s["name"] for s in stock_reading.list_stores(ask.services, ask.principal, ask.realm)}
    told = stock_reading.movements(ask.services, ask.principal, ask.realm, ident)
    numbers = stock_reading.incident_numbers(ask.services, ask.realm, told)
    rows = tab.movement_rows(ask.lang, ask.services.zone, told, numbers)
    return tab.lot_head(ask.lang, lot, names.get(lot.store, lot.store), _today(ask)), rows


def items(ask: Ask, *_: Any) -> Rows:
    found = stock_reading.list_items(ask.services, ask.principal)
    name = "name_en" if ask.lang == "en" else "name"
    return [{"value": i["code"], "label": f"{i['code']} {i[name]} ({i['unit']})"} for i in found]


def incidents(ask: Ask, *_: Any) -> Rows:
    """Open incidents that goods may be for, the newest first."""
    wanted = IncidentFilter(status="open")
    found, _cursor = queries.list_incidents(ask.services, ask.principal, ask.realm, wanted)
    return [
        {"value": one["id"], "label": f"{one['properties']['number']} {one['properties']['title']}"}
        for one in found
    ]


def suit(ask: Ask, chosen: str) -> tuple[bool, bool]:
    """Only the fields that the movement takes are open."""
    return chosen not in tab.FOR_INCIDENT, chosen != "transfer"


def may_receive(ask: Ask, store: dict[str, str] | None) -> bool:
    return not (store and may(ask.principal, "stock.receive"))


def move(
    ask: Ask, pressed: int | None, chosen: str, quantity: Any, incident: str | None, to: str | None,
    reason: str | None, ident: str | None,
) -> Any:  # fmt: skip
    """One movement of the lot that is picked."""
    if not pressed or not ident:
        raise PreventUpdate
    much = _much(ask, quantity, tab.QUANTITY)
    said = (reason or "").strip() or None
    answer = _MOVES[chosen](ask, ident, much, incident, to, said)
    _done(ask, chosen, much, answer)
    return answer["seq"], "", ""


def _empty(ask: Ask, field: str, label: str) -> FormIncomplete:
    return FormIncomplete(field=text(ask.lang, label), focus=field)


def _much(ask: Ask, quantity: Any, field: str) -> float:
    """The number of a field. Raises FormIncomplete when it is empty."""
    if quantity in (None, ""):
        raise _empty(ask, field, "stores.quantity")
    return float(quantity)


def _done(ask: Ask, chosen: str, much: float, answer: Answer) -> None:
    lot = answer["lot"]
    words = text(
        ask.lang, "stores.done", move=text(ask.lang, f"stores.move.{chosen}"), name=lot["name"],
        n=tab.figure(much), unit=lot["unit"], left=tab.figure(lot["quantity"]),
    )  # fmt: skip
    set_props(common.NOTICE, {"data": {"kind": "done", "text": words}})


Act = Callable[[Ask, str, float, str | None, str | None, str | None], Answer]


def _taking(verb: Callable[..., Answer]) -> Act:
    def act(ask: Ask, ident: str, much: float, incident: str | None, _to: Any, said: str | None) -> Answer:
        command = stock.MoveCommand(quantity=much, incident=incident, reason=said)
        return verb(ask.services, ask.call(), ident, command)

    return act


def _write_off(ask: Ask, ident: str, much: float, _i: Any, _to: Any, said: str | None) -> Answer:
    if not said:
        raise _empty(ask, tab.REASON, "stores.reason")
    return stock.write_off(ask.services, ask.call(), ident, stock.WriteOffCommand(quantity=much, reason=said))


def _count(ask: Ask, ident: str, much: float, _i: Any, _to: Any, said: str | None) -> Answer:
    return stock.count(ask.services, ask.call(), ident, stock.CountCommand(quantity=much, reason=said))


def _amend(ask: Ask, ident: str, much: float, *_: Any) -> Answer:
    return stock.amend(ask.services, ask.call(), ident, stock.AmendLotCommand(minimum=much))


def _transfer(ask: Ask, ident: str, much: float, _i: Any, to: str | None, said: str | None) -> Answer:
    if not to:
        raise _empty(ask, tab.TO, "stores.to")
    lot = stock_reading.read_lot(ask.services, ask.principal, ask.realm, ident)
    command = stock.TransferCommand(lot=ident, to=to, quantity=much, reason=said)
    return stock.transfer(ask.services, ask.call(), lot.store, command)


_MOVES: dict[str, Act] = {
    "reserve": _taking(stock.reserve),
    "release": _taking(stock.release),
    "issue": _taking(stock.issue),
    "return": _taking(stock.take_back),
    "write_off": _write_off,
    "count": _count,
    "transfer": _transfer,
    "amend": _amend,
}


def receive(
    ask: Ask, pressed: int | None, store: dict[str, str] | None, item: str | None, quantity: Any,
    expiry: str | None, minimum: Any, reason: str | None,
) -> Any:  # fmt: skip
    """入库 into the store that is picked."""
    if not pressed or not store:
        raise PreventUpdate
    if not item:
        raise _empty(ask, tab.ITEM, "stores.item")
    much = _much(ask, quantity, tab.NEW_QUANTITY)
    command = stock.ReceiveCommand.model_validate(
        {"item": item, "quantity": much, "expiry": expiry or None, "minimum": minimum or 0,
         "reason": (reason or "").strip() or None}
    )  # fmt: skip
    answer = stock.receive(ask.services, ask.call(), store["code"], command)
    _done(ask, "receive", much, answer)
    return answer["seq"], "", ""
