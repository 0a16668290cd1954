"""建议出动: sets of units by the run card, what the city is then less covered by, and what is missing."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from dash import dcc, html

from pages import ids
from pages.messages import text
from pages.parts import marked
from pages.words import age, distance, duration

KEYS = 9
"""Rows that have a key of their own."""
OTHERS = 4
"""Units beside those of the first set that may be picked by hand."""
REASONS = ("nearer", "fitter", "asked", "other")
"""Why another choice than the first set; the words are the catalogue's `choice.NAME`."""
SAID_ELSEWHERE = frozenset({"position_at_home"})
NUMERALS = "①②③④⑤⑥⑦⑧⑨"

Offer = Mapping[str, Any]
NOTHING: Offer = {
    "units": [], "sets": [], "unmet": [], "cover": None, "move_up": None, "supplies": [],
    "supplies_unmet": [], "offer": None,
}  # fmt: skip
"""Where nobody may be sent."""


def head(lang: str, given: Offer) -> list[Any]:
    words = "advice.by_card" if given["sets"] else "advice.by_road" if given["units"] else ""
    return [html.H3(text(lang, "advice.title")), html.Span(text(lang, words) if words else "")]


def store(given: Offer) -> dict[str, Any]:
    """What the browser must know to tell whether the first set goes: ids alone."""
    return {"id": given["offer"], "sets": _codes(given)}


def offered(given: Offer) -> set[str]:
    """Every unit that is named."""
    return {unit["unit"] for unit in given["units"]} | {unit for one in _codes(given) for unit in one}


def preset(given: Offer) -> list[str]:
    """What is picked before anybody picks: the first set; the fastest unit where there is no card."""
    sets = _codes(given)
    return sets[0] if sets else [unit["unit"] for unit in given["units"][:1]]


def _codes(given: Offer) -> list[list[str]]:
    return [[unit["unit"] for unit in one["units"]] for one in given["sets"]]


def rows(lang: str, given: Offer, picked: Collection[str]) -> list[Any]:
    """The sets, one row a unit, and what it costs the city; a sentence when nobody is free."""
    first = given["sets"][0]["units"] if given["sets"] else []
    others = _others(given, {unit["unit"] for unit in first})
    if not first and not others:
        nobody = html.Div(text(lang, "advice.no_unit_available"), className="secondary")
        return [nobody, *_unmet(lang, given), *_supplies(lang, given)]
    listed = [*first, *others[: OTHERS if first else KEYS]]
    drawn = [_row(lang, rank, unit, picked) for rank, unit in enumerate(listed, start=1)]
    apart = [html.Div(text(lang, "advice.others"), className="advice-note")] if first and others else []
    return [
        *_sets(lang, given, picked),
        *drawn[: len(first)],
        *_unmet(lang, given),
        *_cover(lang, given),
        *_supplies(lang, given),
        *apart,
        *drawn[len(first) :],
    ]


def _others(given: Offer, first: Collection[str]) -> list[Offer]:
    """Of the other sets, then the fastest of any kind; none twice."""
    beside = [unit for one in given["sets"][1:] for unit in one["units"]]
    found = {unit["unit"]: unit for unit in reversed([*beside, *given["units"]])}
    order = dict.fromkeys(unit["unit"] for unit in [*beside, *given["units"]])
    return [found[code] for code in order if code not in first]


def _sets(lang: str, given: Offer, picked: Collection[str]) -> list[Any]:
    """One line a set; nothing to choose from where there is but one."""
    if len(given["sets"]) < 2:
        return []
    first = set(_codes(given)[0])
    return [html.Div([_set(lang, one, first, picked) for one in given["sets"]], className="advice-sets")]


def _set(lang: str, one: Offer, first: Collection[str], picked: Collection[str]) -> html.Button:
    """What it is for, who goes instead of whom the first set has, how late its last is, what it costs."""
    slowest = max((unit["eta_s"] for unit in one["units"]), default=0.0)
    name = f"{NUMERALS[one['rank'] - 1]} {text(lang, 'advice.set.' + one['why'])}"
    instead = "、".join(unit["unit"] for unit in one["units"] if unit["unit"] not in first)
    other = text(lang, "advice.set.instead", units=instead) if instead else ""
    return html.Button(
        [
            html.Span([html.B(name), f" {other}"], className="clip", title=other),
            html.Span(text(lang, "advice.set.slowest", n=len(one["units"]), m=math.ceil(slowest / 60))),
            html.Span(text(lang, "advice.set.loss", loss=_percent(one["cover"]["loss"]))),
        ],
        id=ids.advice_set(one["rank"]),
        className=set_class({unit["unit"] for unit in one["units"]}, picked),
    )


def set_class(units: Collection[str], picked: Collection[str]) -> str:
    return "advice-set picked" if set(units) == set(picked) else "advice-set"


def _row(lang: str, rank: int, unit: Offer, picked: Collection[str]) -> html.Button:
    said = [code for code in unit["warnings"] if code not in SAID_ELSEWHERE]
    warnings = "；".join(_warning(lang, code, unit) for code in said)
    return html.Button(
        [
            html.Kbd(str(rank) if rank <= KEYS else "\u00a0"),
            html.Div(unit["name"], className="clip", title=unit["name"]),
            html.Div(eta(lang, unit), className="eta"),
            html.Div(_why(lang, unit), className="why clip", title=_why(lang, unit)),
            html.Div(distance(lang, unit["distance_m"]), className="far"),
            *([html.Div(warnings, className="warn")] if warnings else []),
        ],
        id=ids.advice(unit["unit"]),
        className="advice picked" if unit["unit"] in picked else "advice",
        **marked(data_unit=unit["unit"]),
    )


def eta(lang: str, unit: Offer) -> str:
    """A range in minutes; in seconds where both ends are the same minute."""
    low, high = (round(unit.get(name, unit["eta_s"]) / 60) for name in ("eta_low_s", "eta_high_s"))
    if low == high:
        return duration(lang, unit["eta_s"])
    return text(lang, "advice.range", low=low, high=high)


def _warning(lang: str, code: str, unit: Offer) -> str:
    values = {"number": unit.get("called_off") or "", "hours": round((unit.get("on_duty_s") or 0) / 3600)}
    return text(lang, f"advice.{code}", **values)


def _why(lang: str, unit: Offer) -> str:
    slot = unit.get("slot_en") if lang == "en" else unit.get("slot")
    parts = [slot] if slot else []
    parts += [text(lang, f"advice.{code}") for code in unit["reasons"] if code != "skilled"]
    parts += [] if slot else [text(lang, f"unit.kind.{unit['kind']}")]
    if unit["position_age_s"] is None:
        parts.append(text(lang, "advice.at_home"))
    else:
        parts.append(text(lang, "advice.age", age=age(lang, unit["position_age_s"])))
    parts += [text(lang, "advice.skilled")] if "skilled" in unit["reasons"] else []
    return " · ".join(parts)


def _unmet(lang: str, given: Offer) -> list[Any]:
    """What the card wants and nobody can fill, why, and how many that fit are where."""
    return [html.Div(gap_words(lang, gap), className="advice-note short") for gap in given["unmet"]]


def gap_words(lang: str, gap: Offer) -> str:
    slot = gap["slot_en"] if lang == "en" and gap["slot_en"] else gap["slot"]
    counts = _listed(
        text(lang, f"advice.state.{state}", n=count) for state, count in gap["counts"].items() if count
    )
    reason = text(lang, f"advice.gap.{gap['reason']}")
    words = text(lang, "advice.gap", slot=slot, n=gap["missing"], reason=reason)
    return f"{words}（{counts}）" if counts and lang != "en" else f"{words} ({counts})" if counts else words


def _listed(words: Iterable[str]) -> str:
    return "，".join(words)


def _cover(lang: str, given: Offer) -> list[Any]:
    """Of each kind that goes and is missed, the people within minutes before and after; who may stand in."""
    if not given["cover"]:
        return []
    missed = [one for one in given["cover"]["kinds"] if _drop(one)[1] >= LEAST_SHOWN]
    lines = [_kept(lang, given["cover"]["minutes"], one) for one in missed]
    words = [*lines] if lines else [html.Div(text(lang, "advice.cover_stays"))]
    return [
        html.Div(
            [html.Div(text(lang, "advice.cover"), className="secondary"), *words, *_move_up(lang, given)],
            className="advice-cover",
        )
    ]


LEAST_SHOWN = 0.0005
"""Shares are told to a tenth of a percentage point: less is not told."""


def _drop(one: Offer) -> tuple[int, float]:
    """Where most people are lost: which of the minutes, and the share."""
    drops = [before - after for before, after in zip(one["before"], one["after"], strict=True)]
    worst = max(range(len(drops)), key=lambda at: drops[at])
    return worst, drops[worst]


def _kept(lang: str, minutes: list[int], one: Offer) -> html.Div:
    at, lost = _drop(one)
    words = text(
        lang, "advice.kept", kind=text(lang, f"unit.kind.{one['kind']}"), minutes=minutes[at],
        before=_percent(one["before"][at]), after=_percent(one["after"][at]),
    )  # fmt: skip
    return html.Div([html.Span(words), html.Span(f"−{_percent(lost)}", className="lost")])


def _move_up(lang: str, given: Offer) -> list[Any]:
    best = given["move_up"]
    if not best:
        return []
    there = text(lang, "duration.m", m=math.ceil(best["eta_s"] / 60))
    words = text(
        lang, "advice.move_up", unit=best["name"], place=best["for_name"], eta=there,
        gain=_percent(max(best["regained"])),
        minutes=best["minutes"][max(range(3), key=lambda n: best["regained"][n])],
    )  # fmt: skip
    order = html.Button(
        text(lang, "advice.move_up.order"), id=ids.move_up(best["unit"], best["for"]), className="act"
    )
    return [html.Div([html.Span(words), order], className="move-up")]


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _supplies(lang: str, given: Offer) -> list[Any]:
    """Which store sends what, and what no store can."""
    lines = [
        text(
            lang, "advice.supply", item=part["name"], quantity=f"{part['quantity']:g}", unit=part["unit"],
            store=part["store_name"], eta=duration(lang, part["eta_s"]),
        )
        for part in given["supplies"]
    ]  # fmt: skip
    unmet = given["supplies_unmet"]
    told = [html.Div(line) for line in lines]
    told += [html.Div(_short(lang, one), className="short") for one in unmet]
    if not told:
        return []
    order = html.Button(text(lang, "advice.supplies.order"), id=ids.send_supplies("card"), className="act")
    wanting = any(one["missing"] for one in unmet)  # what comes late may still be sent
    head = [html.Span(text(lang, "advice.supplies")), *([] if wanting else [order])]
    return [html.Div([html.Div(head, className="secondary"), *told], className="advice-cover")]


def _short(lang: str, one: Offer) -> str:
    """What is missing and why; of what is all there but late, when it would be there."""
    if not one["missing"]:
        when = {"eta": duration(lang, one["eta_s"]), "by": duration(lang, one["by_s"])}
        return text(lang, "advice.supply_late", item=one["name"], **when)
    return text(
        lang, "advice.supply_short", item=one["name"], unit=one["unit"], missing=f"{one['missing']:g}",
        reason=text(lang, f"advice.supply.{one['reason']}"),
    )  # fmt: skip


def choice(lang: str) -> html.Div:
    """Asked when something else than the first set is picked: why. Hidden until then."""
    options = [{"label": text(lang, f"choice.{name}"), "value": name} for name in REASONS]
    asked: Any = dcc.RadioItems(options, id=ids.CHOICE_REASON, inline=True)
    return html.Div(
        [html.Span(text(lang, "choice.ask")), asked], id=ids.CHOICE, hidden=True, className="choice"
    )
