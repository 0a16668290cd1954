"""./zhihui as people and scripts meet it: help, exit statuses, one JSON document, remedies."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from settings import ROOT, Settings

COMMANDS = (
    "up", "down", "status", "doctor", "test", "import", "simulate", "replay-csv", "bench", "user", "token",
    "wall", "audit",
)  # fmt: skip


Done = subprocess.CompletedProcess[str]


def zhihui(*words: str, settings: Settings | None = None, data: Path | None = None) -> Done:
    """One command; over the test's own database when `settings` are given."""
    environment = dict(os.environ)
    if settings:
        environment["ZHIHUI_DATABASE_URL"] = settings.database_url
        environment["ZHIHUI_REDIS_URL"] = settings.redis_url
        data = settings.data
    place = ["--data", str(data)] if data else []
    command = [sys.executable, str(ROOT / "cli.py"), *words, *place]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_help_needs_nothing_but_a_bare_python() -> None:
    program = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import cli; cli.main()"
    command = [sys.executable, "-I", "-S", "-c", program, "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert {*COMMANDS} <= {*done.stdout.split()}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    done = zhihui(name, "--help")
    assert done.returncode == 0
    assert "usage: ./zhihui" in done.stdout


def test_an_unknown_command_is_refused() -> None:
    assert zhihui("fly").returncode == 1


def test_status_of_nothing_is_one_document(tmp_path: Path) -> None:
    document = json.loads(zhihui("status", "--json", data=tmp_path).stdout)
    assert document["running"] is False
    assert document["pids"] == {}


def test_down_of_nothing_is_no_error(tmp_path: Path) -> None:
    done = zhihui("down", "--json", data=tmp_path)
    assert (done.returncode, json.loads(done.stdout)) == (0, {"stopped": False})


def test_what_needs_an_instance_says_so_with_a_remedy(tmp_path: Path) -> None:
    done = zhihui("simulate", "--json", data=tmp_path)
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["code"] == "not_running"
    assert "./zhihui up" in done.stderr


def test_an_account_is_made_reset_changed_and_listed(settings: Settings) -> None:
    made = json.loads(zhihui("user", "add", "li", "--role", "officer", "--json", settings=settings).stdout)
    reset = json.loads(zhihui("user", "reset", "li", "--json", settings=settings).stdout)
    assert made["password"] != reset["password"]
    moved = ("user", "set", "li", "--area", "350203001", "--disable", "--json")
    told = json.loads(zhihui(*moved, settings=settings).stdout)
    assert told == {"name": "li", "role": "officer", "area": "350203001", "dept": "", "disabled": True}
    listed = json.loads(zhihui("user", "list", "--json", settings=settings).stdout)["items"]
    assert [(user["name"], user["role"], user["area"]) for user in listed] == [("li", "officer", "350203001")]


def test_an_account_of_a_taken_name_is_refused_in_both_languages(settings: Settings) -> None:
    zhihui("user", "add", "li", "--role", "officer", settings=settings)
    done = zhihui("user", "add", "li", "--role", "viewer", "--json", settings=settings)
    assert done.returncode == 1
    error = json.loads(done.stdout)["error"]
    assert error["code"] == "name_taken"
    assert len(error["detail"]) == 2


def test_a_revoked_token_is_listed_as_such_and_the_chain_holds(settings: Settings) -> None:
    made = json.loads(zhihui("token", "add", "wall", "hall", "--json", settings=settings).stdout)
    assert made["token"].startswith("zhwall_")
    revoked = json.loads(zhihui("token", "revoke", made["id"], "--json", settings=settings).stdout)
    assert revoked == {"revoked": [made["id"]]}
    (listed,) = json.loads(zhihui("token", "list", "--json", settings=settings).stdout)["items"]
    assert listed["revoked_at"]
    audit = json.loads(zhihui("audit", "verify", "--json", settings=settings).stdout)
    assert audit["ok"]
    assert {"from", "to", "first_bad"} <= audit.keys()


def test_a_file_that_is_none_is_refused_with_its_problem(settings: Settings, tmp_path: Path) -> None:
    done = zhihui("import", "posts", str(tmp_path / "no.geojson"), "--json", settings=settings)
    assert done.returncode == 1
    document = json.loads(done.stdout)
    assert (document["written"], document["problems"][0]["code"]) == (0, "file_missing")


def test_an_unreachable_database_is_named_without_its_password(settings: Settings) -> None:
    gone = replace(settings, database_url="postgresql://zhihui:s3cret@127.0.0.1:1/none")
    done = zhihui("user", "list", "--json", settings=gone)
    assert (done.returncode, json.loads(done.stdout)["error"]["code"]) == (1, "database_unreachable")
    assert "ZHIHUI_DATABASE_URL" in done.stderr
    assert "s3cret" not in done.stdout + done.stderr


def test_a_machine_without_packages_root_or_apt_gets_a_remedy(tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("bash", "dirname", "readlink", "cat", "id", "sha256sum"):
        (tools / name).symlink_to(str(shutil.which(name)))
    shutil.copy(ROOT / "zhihui", tmp_path / "zhihui")
    done = subprocess.run(
        [str(tools / "bash"), str(tmp_path / "zhihui"), "up"],
        env={"PATH": str(tools)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "python3" in done.stderr
    assert "Debian 12" in done.stderr


def test_a_wall_is_set_and_listed(settings: Settings) -> None:
    zhihui("token", "add", "wall", "main", settings=settings)
    asked = ("--title", "一号屏", "--height-mm", "2700", "--panels", "4x2", "--shift", "off")
    done = zhihui("wall", "set", "main", *asked, "--json", settings=settings)
    assert json.loads(done.stdout) == {
        "name": "main", "title": "一号屏", "height_mm": 2700, "panel_columns": 4, "panel_rows": 2,
        "shift": False, "visitors": False,
    }  # fmt: skip
    listed = zhihui("wall", "list", settings=settings)
    assert listed.stdout.startswith("main") and "4x2" in listed.stdout
    assert zhihui("wall", "set", "nobody", "--shift", "on", settings=settings).returncode == 1
    assert zhihui("wall", "set", "main", "--panels", "four", settings=settings).returncode == 1
