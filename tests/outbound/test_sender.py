"""What is sent, tried again, and laid aside; and that a drill never leaves the building."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from actions import incidents, outbound
from actions.duty_commands import GiveUpCommand
from actions.realms import open_realm
from actions.services import Services
from actions.unit_of_work import Call
from core.errors_duty import NotDead
from core.outbound import DRILL_MARK, FILE, Message, Receipt, SendingFailed, address_for, next_try
from core.permissions import SYSTEM
from db import outbound as queue
from db.engine import make_engine
from db.tables_outbound import outbound_message
from outbound.gateway import HttpGateway, is_fit
from outbound.reader import Reader
from outbound.sender import Sender
from tests.cast import OFFICER, START
from tests.outbound.desk import messages, read, tell, transferred, whistle
from tests.parts import Clock, report, report_command

CHENGGUAN = "chengguan@990101"


class Receiver:
    """A gateway of the city on this machine: answers with `status`, keeps what it got."""

    def __init__(self) -> None:
        self.status, self.got = 200, list[dict[str, Any]]()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                receiver.got.append(orjson.loads(self.rfile.read(length)))
                self.send_response(receiver.status)
                self.send_header("X-Message-Id", "g-1")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()
    yield found
    found.close()


def set_channel(city: Services, **values: Any) -> None:
    with city.engine.begin() as conn:
        assert queue.set_channel(conn, "sms", values)


def queued(city: Services, reader: Reader) -> None:
    tell(city, report(city), transferred(CHENGGUAN))
    read(reader)


def lines(folder: Path) -> list[dict[str, Any]]:
    return [orjson.loads(line) for file in folder.glob("*.jsonl") for line in file.read_bytes().splitlines()]


def test_without_a_gateway_a_message_is_a_line_of_the_days_file(
    city: Services, reader: Reader, sender: Sender
) -> None:
    queued(city, reader)
    assert sender.send_due() == 1
    (line,) = lines(city.outbox)
    (row,) = messages(city)
    assert (line["id"], line["to"], line["drill"]) == (row.id, "0592-2", False)
    assert (row.state, row.receipt) == ("sent", {"gateway": "file", "reference": "2026-03-02.jsonl"})
    assert sender.send_due() == 0


def test_a_gateway_gets_the_message_and_its_receipt_is_kept(
    city: Services, reader: Reader, sender: Sender, receiver: Receiver
) -> None:
    set_channel(city, url=receiver.url)
    queued(city, reader)
    sender.send_due()
    (row,) = messages(city)
    assert receiver.got[0]["id"] == row.id and receiver.got[0]["text"] == row.body["text"]
    assert row.receipt == {"gateway": "http", "reference": "g-1"}
    assert not city.outbox.exists()


def test_a_gateway_that_is_down_is_tried_again_then_the_message_is_a_dead_letter(
    city: Services, reader: Reader, sender: Sender, receiver: Receiver, clock: Clock
) -> None:
    set_channel(city, url=receiver.url)
    receiver.status = 503
    queued(city, reader)
    for expected in range(1, 9):
        assert sender.send_due() == 0
        assert sender.send_due() == 0, "not before its time"
        (row,) = messages(city)
        assert row.attempts == expected == len(receiver.got)
        clock.at = row.next_at if row.state == "queued" else clock.at
    assert (row.state, row.error) == ("dead", "HTTP 503")
    assert {got["id"] for got in receiver.got} == {row.id}
    receiver.status = 200
    with city.engine.begin() as conn:
        assert queue.revive(conn, "live", row.id, clock.at)
    assert sender.send_due() == 1


def test_what_a_gateway_refuses_for_good_is_not_tried_again(
    city: Services, reader: Reader, sender: Sender, receiver: Receiver
) -> None:
    set_channel(city, url=receiver.url)
    receiver.status = 400
    queued(city, reader)
    sender.send_due()
    assert [(row.state, row.attempts) for row in messages(city)] == [("dead", 1)]


def test_a_gateway_that_hangs_or_is_nowhere_fails_in_time() -> None:
    message = Message("m", "live", "sms", "0592", {}, START)
    with pytest.raises(SendingFailed) as failed:
        HttpGateway("http://127.0.0.1:9/", timeout_s=0.2).send(message)
    assert not failed.value.final


def test_a_dead_gateway_holds_up_no_other_channel(
    city: Services, reader: Reader, sender: Sender, receiver: Receiver
) -> None:
    receiver.status = 500
    set_channel(city, url=receiver.url)
    queued(city, reader)
    queued(city, reader)
    with city.engine.begin() as conn:
        last = messages(city)[1].id
        conn.execute(update(outbound_message).where(outbound_message.c.id == last).values(channel="wecom"))
    assert sender.send_due() == 1
    assert len(receiver.got) == 1, "one try a round tells that it is dead"


@given(st.text(max_size=12).filter(lambda realm: realm != "live"), st.text(max_size=40))
def test_a_drill_goes_nowhere_but_into_the_file(realm: str, url: str) -> None:
    assert address_for(realm, url) == FILE


def test_a_drills_messages_are_marked_and_stay_in_a_file_of_their_own(
    city: Services, reader: Reader, sender: Sender, receiver: Receiver
) -> None:
    set_channel(city, url=receiver.url)
    open_realm(city, "drill:d1")
    ident = report_in_drill(city)
    tell(city, ident, transferred(CHENGGUAN), realm="drill:d1")
    read(reader, "drill:d1")
    assert sender.send_due() == 1
    assert receiver.got == []
    (file,) = city.outbox.iterdir()
    assert file.name.startswith("演练-")
    (line,) = lines(city.outbox)
    assert line["drill"] and line["text"].startswith(DRILL_MARK)
    with pytest.raises(SendingFailed):
        HttpGateway(receiver.url).send(Message("m", "drill:d1", "sms", "1", {}, START))


def report_in_drill(city: Services) -> str:
    return str(incidents.report(city, Call(SYSTEM, "drill:d1"), report_command())["id"])


class Dies:
    """A gateway that takes the message, whereupon the process is killed before it keeps the receipt."""

    def __init__(self, url: str) -> None:
        self._gateway = HttpGateway(url)

    def send(self, message: Message) -> Receipt:
        self._gateway.send(message)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("unreachable")


def _send_and_die(database: str, folder: Path) -> None:
    Sender(make_engine(database), folder, lambda: START, Dies).send_due()


def test_a_process_killed_before_the_receipt_sends_again_with_the_same_id(
    city: Services, reader: Reader, sender: Sender, receiver: Receiver, database_url: str
) -> None:
    set_channel(city, url=receiver.url)
    queued(city, reader)
    killed = multiprocessing.get_context("spawn").Process(
        target=_send_and_die, args=(database_url, city.outbox)
    )
    killed.start()
    killed.join(60)
    assert killed.exitcode == -signal.SIGKILL
    assert [row.state for row in messages(city)] == ["queued"]
    assert replace(sender).send_due() == 1
    assert len(receiver.got) == 2 and len({got["id"] for got in receiver.got}) == 1


def test_waits_grow_and_end() -> None:
    waits = [(again - START).total_seconds() for n in range(1, 8) if (again := next_try(n, START))]
    assert waits == sorted(waits) and len(waits) == 7
    assert next_try(8, START) is None


@pytest.mark.parametrize(
    ("url", "fit"),
    [
        ("https://sms.example.cn/send", True),
        ("http://127.0.0.1:9000/", True),
        ("http://localhost/", True),
        ("http://10.0.0.8/", False),
        ("ftp://example.cn/", False),
        ("https://", False),
        ("", False),
    ],
)
def test_a_gateway_is_spoken_to_under_tls_or_on_this_machine(url: str, fit: bool) -> None:
    assert is_fit(url) is fit


def test_a_channel_that_is_off_sends_nothing(city: Services, reader: Reader, sender: Sender) -> None:
    set_channel(city, enabled=False)
    queued(city, reader)
    assert sender.send_due() == 0
    assert [(row.state, row.error) for row in messages(city)] == [("dead", "channel_off")]
    assert not city.outbox.exists()


def test_a_whistle_to_a_desk_without_telephone_waits_as_a_dead_letter_until_it_is_given_up(
    city: Services, reader: Reader, sender: Sender
) -> None:
    tell(city, report(city), whistle("@990101001"))
    read(reader)
    assert sender.send_due() == 0
    letter = messages(city)[0].id
    outbound.give_up(city, OFFICER, "live", letter, GiveUpCommand(reason="该坐席已撤销"))
    assert (messages(city)[0].state, messages(city)[0].reason) == ("given_up", "该坐席已撤销")
    for act in (outbound.retry, partial(outbound.give_up, command=GiveUpCommand(reason="再放弃"))):
        with pytest.raises(NotDead):
            act(city, OFFICER, "live", letter)


def test_an_office_finds_its_letters_however_many_others_have(city: Services) -> None:
    """A page is of those it may see, and the pages together are all of them, once."""
    about = {
        "realm": "live", "seq": 1, "fact": "IncidentReported", "incident": "I1", "channel": "sms", "body": {},
        "addressee": "", "attempts": 0, "created_at": START, "next_at": START, "state": "dead", "error": "x",
    }  # fmt: skip
    offices = {f"m{n:03}": "@" for n in range(outbound.LISTED + 5)} | {"a": CHENGGUAN, "b": CHENGGUAN}
    with city.engine.begin() as conn:
        queue.put(conn, [{**about, "id": ident, "office": office} for ident, office in offices.items()])
    department = replace(OFFICER, dept="chengguan", area="990101")
    assert [one["id"] for one in outbound.listed(city, department, "live")[0]] == ["b", "a"]
    first, cursor = outbound.listed(city, OFFICER, "live", "dead")
    rest, end = outbound.listed(city, OFFICER, "live", "dead", cursor)
    assert end is None
    assert sorted(one["id"] for one in [*first, *rest]) == sorted(offices)
