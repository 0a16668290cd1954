"""The forms of `/drills/ID`: whom a seat is given to, stopping, an inject of the moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import ALL, Input, Output, State, no_update, set_props
from dash.exceptions import PreventUpdate

from actions import drill_control, drill_injects, drill_reading, drills, plans
from actions.drill_commands import InjectCommand, SeatCommand, StopCommand
from callbacks.errors import FormIncomplete
from callbacks.registrar import Ask, Registrar
from core.drill_script import Closure, Inject, Report, Script
from core.errors import Forbidden, InvalidInput
from pages import ids as common
from pages.drill import forms, ids, words
from pages.messages import DEFAULT, text

Asked = Mapping[str, Any]


def register(registrar: Registrar) -> None:
    drill, asked = State(ids.DRILL, "data"), Input(ids.ASKED, "data")
    registrar.add(
        begin_giving,
        [Output(ids.PERSON_FORM, "opened"), Output(ids.PERSON, "data"), Output(ids.PERSON, "value"),
         Output(ids.PERSON_SEAT, "children")],
        [asked], [drill],
    )  # fmt: skip
    registrar.add(
        give, [Output(ids.PERSON_FORM, "opened", allow_duplicate=True)], [Input(ids.PERSON_DO, "n_clicks")],
        [State(ids.PERSON, "value"), State(ids.ASKED, "data"), drill],
    )  # fmt: skip
    registrar.add(begin_stopping, [Output(ids.STOP_FORM, "opened")], [asked])
    registrar.add(
        stop, [Output(ids.STOP_FORM, "opened", allow_duplicate=True)], [Input(ids.STOP_DO, "n_clicks")],
        [State(ids.STOP_HOW, "value"), State(ids.STOP_REASON, "value"), drill],
    )  # fmt: skip
    registrar.add(begin_new, [Output(ids.NEW_FORM, "opened")], [asked])
    registrar.add(
        new_fields, [Output(ids.NEW_FIELDS, "children")],
        [Input(ids.NEW_FORM, "opened"), Input(ids.NEW_KIND, "value")], [drill],
    )  # fmt: skip
    registrar.add(
        bring_new, [Output(ids.NEW_FORM, "opened", allow_duplicate=True)], [Input(ids.NEW_DO, "n_clicks")],
        [State(ids.NEW_KIND, "value"), State(ids.new(ALL), "value"), State(ids.new(ALL), "id"), drill],
        running=[(Output(ids.NEW_DO, "loading"), True, False)],
    )  # fmt: skip


def _is(asked: Asked | None, do: str) -> Asked:
    if not asked or asked["do"] != do:
        raise PreventUpdate
    return asked


# --- seats and the end ------------------------------------------------------------------------------------


def begin_giving(ask: Ask, asked: Asked | None, ident: str) -> list[Any]:
    seat = _is(asked, "give")["seat"]
    found = drill_reading.read_drill(ask.services, ask.principal, ident)
    name = next((one["name"] for one in found["seats"] if one["code"] == seat), seat)
    persons = drill_control.persons(ask.services, ask.principal, ident)
    return [True, [{"value": one, "label": one} for one in persons], None, name]


def give(ask: Ask, pressed: int | None, person: str | None, asked: Asked | None, ident: str) -> bool:
    """席位交给."""
    if not pressed or not asked:
        raise PreventUpdate
    if not person:
        raise FormIncomplete(field=text(ask.lang, "drill.person"), focus=ids.PERSON)
    drills.take_seat(ask.services, ask.call(), ident, SeatCommand(seat=asked["seat"], person=person))
    return False


def begin_stopping(_ask: Ask, asked: Asked | None) -> bool:
    _is(asked, "ask-stop")
    return True


def stop(ask: Ask, pressed: int | None, how: str, reason: str | None, ident: str) -> bool:
    """结束, or 中止 with its reason, which stands on every screen of the realm."""
    if not pressed:
        raise PreventUpdate
    said = (reason or "").strip()
    if how == "abort" and not said:
        raise FormIncomplete(field=text(ask.lang, "drill.stop.reason"), focus=ids.STOP_REASON)
    drills.stop(ask.services, ask.call(), ident, StopCommand(aborted=how == "abort", reason=said))
    return False


# --- an inject of the moment ------------------------------------------------------------------------------


def begin_new(_ask: Ask, asked: Asked | None) -> bool:
    _is(asked, "new")
    return True


def new_fields(ask: Ask, opened: bool | None, kind: str, ident: str) -> Any:
    """The fields of the kind, empty, with what may be chosen now."""
    if not opened:
        return no_update
    script, _ = _script(ask, ident)
    return forms.new_fields(ask.lang, kind, _number(script), _choices(ask, script))


def _script(ask: Ask, ident: str) -> tuple[Script, float]:
    """And the minute that the drill has come to. Raises Forbidden."""
    found = drill_reading.read_drill(ask.services, ask.principal, ident)
    if not found["control"]:
        raise Forbidden(verb="drill", role=ask.principal.role)
    since = found["now"] - (found["started_at"] or found["now"])
    return Script.model_validate(found["script"]), round(since.total_seconds() / 60, 1)


def _number(script: Script) -> int:
    return max((one.number for one in script.injects), default=0) + 1


def _choices(ask: Ask, script: Script) -> dict[str, forms.Choices]:
    own = ask.lang == DEFAULT
    classes = ask.services.reference.classes().values()
    reports = [one for one in script.injects if isinstance(one.act, Report)]
    return {
        "target": [{"value": one.code, "label": one.name} for one in script.seats if one.role == "player"],
        "about": [
            {"value": str(one.number), "label": words.about(script, str(one.number))[:80]} for one in reports
        ],
        "class": [{"value": one.code, "label": one.name if own else one.name_en} for one in classes],
        "skill": [
            {"value": one, "label": one} for one in plans.skills(ask.services, ask.principal)
        ],
    }  # fmt: skip


def bring_new(
    ask: Ask, pressed: int | None, kind: str, values: Sequence[Any], names: Sequence[Asked], ident: str
) -> bool:
    """临时注入: written now, delivered at once; the script keeps it."""
    if not pressed:
        raise PreventUpdate
    given = {one["name"]: value for one, value in zip(names, values, strict=True) if value not in (None, "")}
    for name in forms.needed(kind):
        if name not in given:
            raise FormIncomplete(field=text(ask.lang, f"drill.new.{name}"))
    script, minute = _script(ask, ident)
    inject = inject_of(kind, given, script, minute)
    command = InjectCommand(number=inject.number, inject=inject)
    drill_injects.inject(ask.services, ask.call(), ident, command)
    said = text(ask.lang, "drill.done.inject", n=inject.number)
    set_props(common.NOTICE, {"data": {"kind": "done", "text": said}})
    return False


def inject_of(kind: str, given: Mapping[str, Any], script: Script, minute: float) -> Inject:
    """As the script has injects, at this minute. Raises InvalidInput (no place), ValidationError naming the
    field."""
    act: dict[str, Any] = {"kind": kind}
    if kind in ("message", "report", "supplement"):
        act["text"] = given["text"]
    for name in ("class", "address", "skill"):
        if name in given and name in forms.FIELDS[kind]:
            act[name] = given[name]
    if "severity" in given:
        act["severity"] = int(given["severity"])
    if "about" in given:
        act["inject"] = int(given["about"])
    if "place" in forms.FIELDS[kind]:
        act |= _place(given, script)
    if kind == "closure":
        act |= {"radius_m": given.get("radius_m"), "reason": given["text"][:80]}
    return Inject.model_validate(
        {
            "number": _number(script), "at_min": minute, "synopsis": given["text"],
            "channel": given["channel"], "target": given["target"], "act": act, "expected": given["expected"],
        }
    )  # fmt: skip


def _place(given: Mapping[str, Any], script: Script) -> dict[str, float]:
    """As written, else that of the inject it is about. Raises InvalidInput."""
    written = str(given.get("place", "")).replace("，", " ").replace(",", " ").split()
    if not written and "about" in given:
        about = script.inject(int(given["about"]))
        if about and isinstance(about.act, Report | Closure):
            return {"lon": about.act.lon, "lat": about.act.lat}
    try:
        lon, lat = (float(part) for part in written)
    except ValueError as error:
        raise InvalidInput(pointer="/place", detail=" ".join(written)[:40]) from error
    return {"lon": lon, "lat": lat}
