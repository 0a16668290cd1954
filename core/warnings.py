"""The pure decisions of warnings to the public (预警发布): issued, updated, lifted, expired, heard."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from core.envelope import Draft
from core.events_warnings import (
    BroadcastReceipt,
    WarningCancelled,
    WarningExpired,
    WarningIssued,
    WarningUpdated,
)
from core.warning_model import FAILED, HEARD, Alert, Bulletin, Order, Ring
from core.warning_words import WarningWords, all_clear, headlines


@dataclass(frozen=True, slots=True)
class Sender:
    """Who warns: the id that other systems know, the name the public knows, and the city's time."""

    id: str
    name: str
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Target:
    """Who is warned, and by which points. `offices` are the desks of the divisions touched; `silent` points
    are off line and get no order."""

    rings: tuple[Ring, ...]
    area: str
    area_desc: str
    areas: tuple[str, ...]
    offices: tuple[str, ...]
    orders: tuple[Order, ...]
    silent: int
    people: int
    reach: int


@dataclass(frozen=True, slots=True)
class Words:
    """What is said. Headlines left out are made of class and level; `valid_h` left out is the level's."""

    class_code: str
    level: int
    text: str
    text_en: str
    headline: str = ""
    headline_en: str = ""
    valid_h: float | None = None


@dataclass(frozen=True, slots=True)
class About:
    """What a warning belongs to; `code` is that of the plan's broadcast."""

    incident: str = ""
    linkage: str = ""
    code: str = ""
    offices: tuple[str, ...] = ()


def sent_at(at: datetime, zone: ZoneInfo) -> str:
    """To the second, with a numeric offset: CAP knows no Z, and writes UTC as -00:00."""
    text = at.astimezone(zone).isoformat(timespec="seconds")
    return text.removesuffix("+00:00") + "-00:00" if text.endswith("+00:00") else text


def bulletin(
    ident: str, number: int, at: datetime, sender: Sender, table: WarningWords, words: Words, target: Target
) -> Bulletin:
    """The message `number` of a warning."""
    event, level = table.event(words.class_code), table.level(words.level)
    made, made_en = headlines(sender.name, event, level)
    return Bulletin(
        number=number, identifier=f"{ident}-{number}", sender=sender.id, sender_name=sender.name,
        sent=sent_at(at, sender.zone), class_code=words.class_code, level=words.level,
        category=event.category, event=event.event, event_en=event.event_en, urgency=event.urgency,
        severity=level.severity, certainty=event.certainty, colour=level.colour, response=event.response,
        headline=words.headline or made, headline_en=words.headline_en or made_en,
        text=words.text, text_en=words.text_en,
        expires=at + timedelta(hours=words.valid_h or level.valid_h),
        rings=target.rings, area_desc=target.area_desc, areas=target.areas,
    )  # fmt: skip


def issue(ident: str, at: datetime, said: Bulletin, target: Target, about: About) -> Draft:
    """发布."""
    offices = tuple(dict.fromkeys((*about.offices, *target.offices)))
    body = WarningIssued(
        bulletin=said, incident=about.incident, linkage=about.linkage, code=about.code, offices=offices,
        orders=target.orders, people=target.people, reach=target.reach,
    )  # fmt: skip
    return Draft(body, subject=ident, area=target.area, occurred_at=at)


def _next(alert: Alert) -> tuple[int, tuple[str, ...]]:
    """The number of its next message, and what that refers to: every message before it."""
    return alert.bulletin.number + 1, (*alert.references, alert.bulletin.reference)


def update(
    alert: Alert, at: datetime, sender: Sender, table: WarningWords, words: Words, to: Target
) -> Draft:
    """更新: what it says replaces all that was said."""
    number, references = _next(alert)
    said = bulletin(alert.id, number, at, sender, table, words, to)
    body = WarningUpdated(
        bulletin=said, references=references, offices=to.offices, orders=to.orders, people=to.people,
        reach=to.reach, stopped=stopped(alert.orders, to.orders),
    )  # fmt: skip
    return Draft(body, subject=alert.id, area=alert.area, occurred_at=at)


def relevel(alert: Alert, at: datetime, sender: Sender, table: WarningWords, level: int) -> Draft:
    """更新 of the level alone: to the same people, by the same points."""
    said = alert.bulletin
    to = Target(
        said.rings, alert.area, said.area_desc, said.areas, alert.offices, alert.orders, 0, alert.people,
        alert.reach,
    )  # fmt: skip
    return update(alert, at, sender, table, Words(said.class_code, level, said.text, said.text_en), to)


def stopped(before: Iterable[Order], now: Iterable[Order]) -> tuple[Order, ...]:
    """Of the points that were ordered to speak those that are ordered no more: nobody else silences them."""
    speaking = {point for order in now for point in order.points}
    left = (
        replace(order, points=tuple(point for point in order.points if point not in speaking))
        for order in before
    )
    return tuple(order for order in left if order.points)


def cancel(
    alert: Alert, at: datetime, sender: Sender, table: WarningWords, reason: str, reason_en: str = ""
) -> Draft:
    """解除, where it was told."""
    number, references = _next(alert)
    last, level = alert.bulletin, table.level(alert.bulletin.level)
    headline, headline_en = all_clear(sender.name, last.event, last.event_en, level)
    said = Bulletin(
        number=number, identifier=f"{alert.id}-{number}", sender=last.sender, sender_name=last.sender_name,
        sent=sent_at(at, sender.zone), class_code=last.class_code, level=last.level, category=last.category,
        event=last.event, event_en=last.event_en, urgency="Past", severity=last.severity,
        certainty="Observed", colour=last.colour, response="AllClear", headline=headline,
        headline_en=headline_en, text=reason, text_en=reason_en or headline_en,
        expires=max(last.expires, at), rings=last.rings, area_desc=last.area_desc, areas=last.areas,
    )  # fmt: skip
    body = WarningCancelled(bulletin=said, references=references, orders=alert.orders, reason=reason)
    return Draft(body, subject=alert.id, area=alert.area, occurred_at=at)


def fresh(
    alert: Alert, done: Iterable[str], failed: Iterable[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Of what is reported that which was not known: points that spoke, points that could not."""
    known = dict(zip(alert.points, alert.states, strict=True))
    heard = {point for point in done if known.get(point, HEARD) != HEARD}
    mute = {point for point in failed if known.get(point, HEARD) not in (HEARD, FAILED)} - heard
    return tuple(sorted(heard)), tuple(sorted(mute))


def receipt(
    alert: Alert, at: datetime, done: tuple[str, ...], failed: tuple[str, ...], heard: int
) -> list[Draft]:
    """播发回执; nothing where it says nothing new."""
    if not done and not failed:
        return []
    body = BroadcastReceipt(number=alert.bulletin.number, done=done, failed=failed, heard=heard)
    return [Draft(body, subject=alert.id, area=alert.area, occurred_at=at)]


def fall_due(alert: Alert, at: datetime) -> list[Draft]:
    """失效, once its time is over."""
    if alert.bulletin.expires > at:
        return []
    return [Draft(WarningExpired(), subject=alert.id, area=alert.area, occurred_at=at)]
