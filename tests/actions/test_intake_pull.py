"""Tables fetched from an address; messages that are kept no longer than they are needed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from sqlalchemy import func, select

from actions import intake_messages
from actions.intake_pull import list_sources, pull_due, pull_now, set_mapping, set_pull
from actions.intake_taking import take
from actions.services import Services
from actions.unit_of_work import Call
from core.errors_intake import MappingWrong, PullFailed, SourceUnknown
from core.intake import Pull
from db import intake as db
from db.tables_intake import intake_message
from tests.cast import IN_A, SYSTEM_A
from tests.parts import Clock, guards

HEADING = "编号;内容;类别;经度;纬度\n"


class Table:
    """A table at an address; `text` is what it says now."""

    def __init__(self) -> None:
        self.text, table = HEADING, self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = table.text.encode("gbk")
                self.send_response(200 if self.path == "/a.csv" else 404)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/a.csv"

    def add(self, number: int, words: str) -> None:
        self.text += f"{number};{words};火;{IN_A[0]};{IN_A[1]}\n"


@pytest.fixture
def table(city: Services) -> Iterator[Table]:
    """Served, and a city's own mapping for it."""
    found = Table()
    names = {"source_id": "编号", "text": "内容", "lon": "经度", "lat": "纬度"}
    fields = [{"to": to, "from": [name], "required": True} for to, name in names.items()]
    fields.append({"to": "class", "from": ["类别"], "codes": "class"})
    about = {"source": "own", "name": "本市", "name_en": "Own", "channel": "own", "basis": "本市接口文档"}
    codes = {"class": {"火": "21000"}}
    set_mapping(city, {**about, "media": ["csv"], "encoding": "gbk", "fields": fields, "codes": codes})
    yield found
    found.server.shutdown()


def test_an_address_is_fetched_when_due_and_only_new_rows_are_reported(
    city: Services, table: Table, clock: Clock
) -> None:
    table.add(1, "楼道冒烟")
    set_pull(city, "own", Pull(url=table.url, every_s=60, delimiter=";"))
    assert pull_due(city) == 1
    assert pull_due(city) == 0
    table.add(2, "厨房起火")
    assert pull_due(city) == 0
    clock.pass_(seconds=61)
    assert pull_due(city) == 1
    texts = {one.text for one in guards(city)["incidents"].values()}
    assert texts == {"楼道冒烟", "厨房起火"}
    assert pull_now(city, "own") == {"files": 0, "reported": 0, "known": 0, "refused": 0}


def test_an_address_that_does_not_answer_is_told_beside_the_source(city: Services, table: Table) -> None:
    set_pull(city, "own", Pull(url=table.url + "x"))
    with pytest.raises(PullFailed):
        pull_now(city, "own")
    (own,) = [one for one in list_sources(city) if one["source"] == "own"]
    assert "404" in own["pulled"]["error"]


def test_only_a_source_of_tables_is_fetched(city: Services) -> None:
    with pytest.raises(MappingWrong):
        set_pull(city, "hotline", Pull(url="http://x.example/"))
    with pytest.raises(MappingWrong):
        set_pull(city, "table", Pull())
    with pytest.raises(SourceUnknown):
        pull_now(city, "table")


def test_messages_are_forgotten_in_time_refused_ones_later(city: Services) -> None:
    call = Call(SYSTEM_A)
    take(city, call, "webhook", b'{"source_id": "1", "text": "x"}', "application/json")
    message = intake_messages.Message("webhook", b"{}", "application/json")
    intake_messages.keep(city, call, message, "known")

    def left(days: int) -> int:
        with city.engine.begin() as conn:
            db.forget_messages(conn, city.now() + timedelta(days=days))
            return conn.scalar(select(func.count()).select_from(intake_message)) or 0

    assert [left(days) for days in (29, 31, 179, 181)] == [2, 1, 1, 0]
