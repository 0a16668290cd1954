"""What the parts of `/cases` show: values in, rows and components out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from dash import html

from actions.case_queries import QUEUES, Case, Listed
from core.classes import IncidentClass
from core.flow import Workflow
from core.linkage_model import Linkage
from core.model import Incident
from core.workflow import next_step
from pages import card as desk_card
from pages.cases import ids, words
from pages.cases.flow import HEADS
from pages.cases.flow import rows as flow_rows
from pages.cases.flow_picture import picture
from pages.cases.forms import FORMS, GROUPS
from pages.messages import DEFAULT, text
from pages.offices import Names, office, offices
from pages.parts import marked
from pages.places.table import Column
from pages.words import LEVELS, plan_name

Classes = Mapping[str, IncidentClass]


def queue_buttons(lang: str, counts: Mapping[str, int], chosen: str) -> list[html.Button]:
    """A line for each queue, with how many are in it."""
    return [_queue(lang, name, counts[name], name == chosen) for name in QUEUES]


def _queue(lang: str, name: str, count: int, chosen: bool) -> html.Button:
    marks = marked(aria_pressed="true" if chosen else "false", title=text(lang, f"cases.queue.{name}.means"))
    return html.Button(
        [html.Span(text(lang, f"cases.queue.{name}")), html.B(f"{count:,}")], id=ids.queue(name), **marks
    )


def columns(lang: str) -> list[Column]:
    """The list."""
    return [
        _column(lang, "level", 48), _column(lang, "number", 148), _column(lang, "clock", 184),
        _column(lang, "status", 84), _column(lang, "class", 84), _column(lang, "title", 140),
        _column(lang, "place", 120), _column(lang, "owner", 112), _column(lang, "at", 100),
    ]  # fmt: skip


def _column(lang: str, name: str, least: int) -> Column:
    return Column(name, text(lang, f"cases.column.{name}"), least=least)


def rows(lang: str, listed: Listed, classes: Classes, zone: ZoneInfo) -> list[dict[str, Any]]:
    return [_row(lang, one, listed.offices, classes, zone) for one in listed.items]


def _row(lang: str, i: Incident, names: Names, classes: Classes, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "id": i.id, "level": LEVELS[i.severity], "number": i.number, "class": class_name(lang, i, classes),
        "title": _told(lang, i, classes), "place": words.where(i), "owner": office(lang, names, i.owner),
        "clock": words.due_words(lang, i, zone), "status": text(lang, f"status.{i.status}"),
        "at": words.day_time(i.reported_at, zone),
    }  # fmt: skip


def _told(lang: str, incident: Incident, classes: Classes) -> str:
    """What happened: a title that is only the class's name tells nothing new beside it."""
    title = title_of(lang, incident, classes)
    return incident.text if title == class_name(lang, incident, classes) else title


def class_name(lang: str, incident: Incident, classes: Classes) -> str:
    kind = classes.get(incident.class_code)
    return incident.class_code if kind is None else kind.name if lang == DEFAULT else kind.name_en


def title_of(lang: str, incident: Incident, classes: Classes) -> str:
    """A title that is only the class's name is said in the reader's language."""
    kind = classes.get(incident.class_code)
    return kind.name_en if kind and lang != DEFAULT and incident.title == kind.name else incident.title


def list_head(lang: str, queue: str, total: int, page: int, size: int) -> str:
    """How many there are, and which of them these are; an empty queue says what that means."""
    if not total:
        return text(lang, "cases.empty")
    first = (page - 1) * size + 1
    return text(
        lang, "cases.head", queue=text(lang, f"cases.queue.{queue}"), total=f"{total:,}", first=f"{first:,}",
        last=f"{min(page * size, total):,}",
    )  # fmt: skip


def lost(lang: str) -> list[Any]:
    """Instead of a file that is not there, or not for this office."""
    return [
        html.Div([html.P(text(lang, "card.lost")), html.P(text(lang, "cases.lost"))], className="tab-empty")
    ]


def file(lang: str, zone: ZoneInfo, case: Case, classes: Classes, realm: str, held: int | None) -> list[Any]:
    """The file from top to bottom; lines after `held` are what somebody else did meanwhile."""
    card, names = case.card, case.card.offices
    i = card.incident
    top = desk_card.top(lang, zone, card, classes.get(i.class_code))
    return [
        _head(lang, i, realm),
        *_stale(lang, case, held),
        html.Div(top, className="cases-top"),
        _acts(lang, case),
        _clocks(lang, i),
        _people(lang, zone, case, names),
        *_photos(lang, card.timeline, realm),
        _timeline(lang, zone, case, held),
    ]


def _head(lang: str, i: Incident, realm: str) -> html.Div:
    query = urlencode({"lang": lang, "realm": realm})
    paper = html.A(
        text(lang, "cases.print"), href=f"/api/v1/incidents/{i.id}/file.pdf?{query}", className="reports-act"
    )
    number = html.B(i.number, className="figure")
    return html.Div([number, html.Span(className="cases-where", **_spot(i)), paper], className="cases-head")


def _spot(i: Incident) -> dict[str, Any]:
    return marked(data_lon=f"{i.lon:.6f}", data_lat=f"{i.lat:.6f}", data_open=i.id)


def _stale(lang: str, case: Case, held: int | None) -> list[Any]:
    """What somebody else did while the form was open."""
    if held is None:
        return []
    newer = [line for line in case.card.timeline if line["seq"] > held]
    told = [
        html.Li(f"{desk_card.said_of(lang, line, case.card.offices)} · {desk_card.by_whom(lang, line)}")
        for line in newer
    ]
    return [
        html.Div([html.P(text(lang, "cases.stale")), html.Ul(told)], className="cases-stale", role="alert")
    ]


def _acts(lang: str, case: Case) -> html.Div:
    """What this person may do now, by group; the next step is filled."""
    due = next_step(case.card.incident)
    lawful = [verb for verb in case.card.verbs if verb in FORMS]
    lines = []
    for group, verbs in GROUPS.items():
        buttons = [_act(lang, verb, verb == due) for verb in verbs if verb in lawful]
        if buttons:
            head = html.Span(text(lang, f"cases.group.{group}"))
            lines.append(html.Div([head, html.Div(buttons, className="acts")]))
    return html.Div(
        lines or html.P(text(lang, "cases.no_acts"), className="tab-note"), className="cases-acts"
    )


def _act(lang: str, verb: str, primary: bool) -> html.Button:
    return html.Button(
        text(lang, f"verb.{verb}"), id=ids.verb(verb), className="act primary" if primary else "act"
    )


def _clocks(lang: str, i: Incident) -> html.Div:
    """A bar for every clock but the step's, which stands with the next step; run by static/js/67-cases.js."""
    shown = []
    for clock in i.clocks:
        if clock == i.deadline and clock.state != "paused":
            continue
        name = html.Span(words.step_name(lang, clock.step), className="what")
        if clock.state == "paused":
            shown.append(html.Div([name, html.Span(text(lang, "handover.clock.paused"), className="due")]))
            continue
        running = marked(
            data_due=clock.due_at.isoformat(),
            data_total=str(clock.total_s),
            data_step=clock.step.partition(":")[0],
        )
        bar = html.Div(html.I(), className="bar")
        shown.append(html.Div([name, html.Span(className="due"), bar], className="next-step", **running))
    return html.Div(shown, className="cases-clocks")


def _people(lang: str, zone: ZoneInfo, case: Case, names: Names) -> html.Dl:
    """Who answers, helps, was whistled to, supervises, asks; and with what it was merged."""
    i = case.card.incident
    found: list[tuple[str, Any]] = [("owner", office(lang, names, i.owner))]
    if i.helpers:
        found.append(("helpers", offices(lang, names, i.helpers)))
    if i.raised:
        found.append(("raised", office(lang, names, i.raised)))
    for whistle in i.whistles:
        came = words.day_time(whistle.answered_at, zone)
        state = text(lang, "cases.came", at=came) if came else text(lang, "cases.waited_for")
        found.append(("whistle", f"{office(lang, names, whistle.office)} · {state} · {whistle.text}"))
    for order in i.supervisions:
        answered = words.day_time(order.answered_at, zone)
        state = text(lang, "cases.answered", at=answered) if answered else text(lang, "cases.unanswered")
        found.append(("supervision", f"{order.text} · {order.by} · {state}"))
    if i.request:
        amount = (
            f" {i.request.amount:g} {text(lang, f'cases.unit.{i.request.unit}')}" if i.request.unit else ""
        )
        asked = f"{text(lang, f'verb.{i.request.kind}')}{amount} · {i.request.by} · {i.request.reason}"
        found.append(("request", asked))
    found += [("response", _briefing(lang, one.reports.linkage)) for one in case.responses]
    if i.rating:
        found.append(("rating", text(lang, f"rating.{i.rating}")))
    if case.into:
        found.append(("into", _link(lang, case.into)))
    found += [("merged", _link(lang, one)) for one in case.merged]
    if case.reveals:
        found.append(
            ("reporter", html.Button(text(lang, "verb.reveal"), id=ids.verb("reveal"), className="plain"))
        )
    pairs = [
        part for name, said in found for part in (html.Dt(text(lang, f"cases.of.{name}")), html.Dd(said))
    ]
    return html.Dl(pairs, className="cases-people")


def _link(lang: str, one: Incident) -> html.A:
    return html.A(f"{one.number} {one.title}", href=f"/cases/{one.id}?lang={lang}")


def _briefing(lang: str, of: Linkage) -> html.A:
    """To the reports of a response."""
    state = text(lang, "briefing.ended", at="") if of.ended_at else text(lang, "briefing.running")
    return html.A(
        f"{plan_name(lang, of)} · {LEVELS[of.level]} · {state.strip()}", href=f"/briefing/{of.id}?lang={lang}"
    )


def _photos(lang: str, timeline: Sequence[Mapping[str, Any]], realm: str) -> list[Any]:
    """Thumbnails; a paper shows its name."""
    added = [line["body"] for line in timeline if line["kind"] == "AttachmentAdded"]
    if not added:
        return []
    shown = [_attachment(body, realm) for body in added]
    head = html.Div(html.H3(text(lang, "cases.photos")), className="section-head")
    return [head, html.Div(shown, className="cases-photos")]


def _attachment(body: Mapping[str, Any], realm: str) -> html.A:
    address = f"/api/v1/attachments/{body['attachment']}?realm={realm}"
    if not str(body["media_type"]).startswith("image/"):
        return html.A(body["name"], href=address, target="_blank")
    return html.A(html.Img(src=f"{address}&thumb=1", alt=body["name"]), href=address, target="_blank")


def _timeline(lang: str, zone: ZoneInfo, case: Case, held: int | None) -> html.Div:
    """Newest first; lines of a merged incident carry its number."""
    head = html.Div(html.H3(text(lang, "card.timeline")), className="section-head")
    lines = [_line(lang, zone, line, case.card.offices, held) for line in reversed(case.card.timeline)]
    return html.Div([head, html.Ol(lines, className="timeline")], className="cases-timeline")


def _line(lang: str, zone: ZoneInfo, line: dict[str, Any], names: Names, held: int | None) -> html.Li:
    quoted = desk_card.quoted(line)
    quote = [html.Span(quoted, className="quote")] if quoted else []
    of = [html.Span(line["of"], className="of")] if line.get("of") else []
    by = html.Span(f" · {desk_card.by_whom(lang, line)}", className="by")
    said = html.Div([*of, desk_card.said_of(lang, line, names), by, *quote])
    new = "new" if held is not None and line["seq"] > held else ""
    return html.Li([html.Time(words.day_time(line["occurred_at"], zone)), said], className=new)


def flow_table(lang: str, flow: Workflow) -> list[Any]:
    """The workflow as a picture, and every row of its table in words."""
    head = html.Tr([html.Th(text(lang, f"cases.flow.{name}")) for name in HEADS])
    lines = [html.Tr([html.Td(cell) for cell in row]) for row in flow_rows(lang, flow)]
    return [picture(lang, flow), html.Table([html.Thead(head), html.Tbody(lines)])]
