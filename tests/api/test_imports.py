"""Imports by hand over HTTP: a file in, looked into, checked, imported; who may; what is left of the dead."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text

from actions import import_jobs
from tests.api.conftest import Server
from tests.cast import IN_A
from tests.parts import eventually

LON, LAT = IN_A
CSV = f"编码,名称,经度,纬度\nP-1,东门警务室,{LON},{LAT}\nP-2,西门警务室,{LON + 0.001},{LAT}\n".encode()
FIELDS = {"code": "编码", "name": "名称"}


def hand_in(server: Server, content: bytes = CSV, name: str = "posts.csv", **query: str) -> Any:
    with server.client() as client:
        return client.post("/imports", params={"file": name, **query}, content=content)


def run(server: Server, ident: str, **options: Any) -> dict[str, Any]:
    """Start it and wait for its end; the job."""
    body = {"kind": "posts", "fields": FIELDS, **options}
    with server.client() as client:
        answer = client.post(f"/imports/{ident}/start", json=body)
        assert answer.status_code == 202, answer.text

        def ended() -> dict[str, Any] | None:
            job: dict[str, Any] = client.get(f"/imports/{ident}").json()
            return job if job["status"] != "running" else None

        return eventually(ended)


def posts(server: Server) -> int:
    with server.services.engine.connect() as conn:
        return int(
            conn.scalar(text("SELECT count(*) FROM place WHERE kind = 'posts' AND code LIKE 'P-%'")) or 0
        )


def test_a_file_is_handed_in_checked_and_imported(server: Server):
    answer = hand_in(server)
    assert answer.status_code == 201
    job = answer.json()
    assert (job["file"], job["size"], job["status"]) == ("posts.csv", len(CSV), "ready")
    checked = run(server, job["id"], dry_run=True)
    assert (checked["status"], checked["report"]["read"], posts(server)) == ("ended", 2, 0)
    done = run(server, job["id"])
    assert done["report"]["ok"] and done["report"]["version"] > 0
    assert posts(server) == 2
    with server.client() as client:
        newest = client.get("/imports").json()["items"][0]
    assert (newest["kind"], newest["file"], newest["actor"]) == ("posts", "posts.csv", job["actor"])


def test_a_bad_file_is_refused_with_row_field_and_remedy(server: Server):
    ident = hand_in(server, CSV + f"P-1,又一个,{LON},{LAT}\n".encode()).json()["id"]
    report = run(server, ident)["report"]
    assert not report["ok"] and report["version"] == 0
    problem = report["problems"][0]
    assert problem["row"] == 3 and problem["message"] and problem["remedy"]


def test_files_that_belong_together_are_handed_in_one_after_another(server: Server):
    ident = hand_in(server, b"prj", "posts.prj").json()["id"]
    job = hand_in(server, b"shp", "posts.shp", job=ident).json()
    assert (job["id"], job["file"], job["size"]) == (ident, "posts.shp", 6)


@pytest.mark.parametrize("name", ["", "../x.csv", "a/b.csv", ".hidden", "x" * 201])
def test_a_name_that_no_file_can_have_is_refused(server: Server, name: str):
    answer = hand_in(server, name=name)
    assert answer.status_code == 422 and answer.json()["code"] == "file_name_unfit"


def test_only_who_may_import_hands_in_files_and_only_they_see_them(server: Server):
    ident = hand_in(server).json()["id"]
    with server.client(server.viewer) as client:
        assert client.post("/imports", params={"file": "x.csv"}, content=CSV).status_code == 403
        assert client.get(f"/imports/{ident}").status_code == 403
    with server.client() as client:
        assert client.get("/imports/nobody").status_code == 404


def test_whoever_sees_one_area_does_not_import_for_the_city(server: Server):
    with server.client(server.town) as client:
        answer = client.post("/imports", params={"file": "x.csv"}, content=CSV)
    assert (answer.status_code, answer.json()["code"]) == (403, "whole_city_needed")


def test_a_file_that_is_too_large_is_refused(server: Server, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(import_jobs, "FILE_BYTES", 1000)
    answer = hand_in(server, b"x" * 2000)
    assert answer.status_code == 413


def test_a_job_whose_process_died_says_so_and_may_be_started_again(server: Server):
    ident = hand_in(server).json()["id"]
    dead = "UPDATE import_job SET status = 'running', kind = 'posts', started_at = now() WHERE id = :id"
    with server.services.engine.begin() as conn:
        conn.execute(text(dead), {"id": ident})
    with server.client() as client:
        assert client.get(f"/imports/{ident}").json()["status"] == "interrupted"
    assert run(server, ident)["status"] == "ended"


def test_two_import_at_once_and_both_are_there(server: Server):
    second = f"编码,名称,经度,纬度\nP-8,甲,{LON},{LAT}\nP-9,乙,{LON},{LAT}\n".encode()
    idents = [hand_in(server).json()["id"], hand_in(server, second).json()["id"]]
    body = {"kind": "posts", "fields": FIELDS}
    with server.client() as client:
        for ident in idents:
            assert client.post(f"/imports/{ident}/start", json=body).status_code == 202
        jobs = [
            eventually(lambda ident=ident: _ended(client.get(f"/imports/{ident}").json())) for ident in idents
        ]
    assert [job["report"]["ok"] for job in jobs] == [True, True]
    assert posts(server) >= 4


def _ended(job: dict[str, Any]) -> dict[str, Any] | None:
    return job if job["status"] != "running" else None


def test_a_file_that_is_started_twice_at_once_is_imported_once(server: Server):
    body = {"kind": "posts", "fields": FIELDS, "dry_run": True}

    def start(ident: str) -> int:
        with server.client() as client:
            return client.post(f"/imports/{ident}/start", json=body).status_code

    ident = hand_in(server).json()["id"]
    with server.services.engine.begin() as conn:
        conn.execute(text("LOCK TABLE place_version IN ACCESS EXCLUSIVE MODE"))  # nothing ends meanwhile
        with ThreadPoolExecutor(4) as pool:
            assert sorted(pool.map(start, [ident] * 4)) == [202, 409, 409, 409]
    with server.client() as client:
        eventually(lambda: _ended(client.get(f"/imports/{ident}").json()))


def test_nobody_adds_a_file_to_what_another_has_handed_in(server: Server):
    ident = hand_in(server).json()["id"]
    with server.client(server.token()) as other:
        answer = other.post("/imports", params={"file": "posts.csv", "job": ident}, content=b"else")
    assert answer.status_code == 404
    assert run(server, ident, dry_run=True)["report"]["read"] == 2
