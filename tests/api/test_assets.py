"""Scripts and styles over HTTP: ours in one piece, packed and kept; no page names what it does not use."""

from __future__ import annotations

import re

import httpx
import pytest

from api.screens import STATIC
from tests.api.conftest import NO_TLS, Server


def get(server: Server, path: str, encoding: str = "gzip") -> httpx.Response:
    headers = {"authorization": f"Bearer {server.api}", "accept-encoding": encoding}
    return httpx.get(server.url + path, headers=headers, verify=NO_TLS)


def scripts(server: Server, page: str) -> list[str]:
    return re.findall(r'(?:src|href)="(/[^"]+\.(?:js|css)[^"]*)"', get(server, page).text)


def test_a_page_names_one_script_and_one_style_of_ours_each_with_its_content_in_its_address(server: Server):
    own = [address for address in scripts(server, "/desk") if address.startswith("/static/")]
    assert [address.partition("?m=")[0] for address in own] == ["/static/zhihui.css", "/static/zhihui.js"]
    script = get(server, own[1])
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    files = sorted((STATIC / "js").glob("*.js"))
    assert script.text == "\n".join(file.read_text(encoding="utf-8") for file in files)


@pytest.mark.parametrize(("page", "tables"), [("/desk", False), ("/places", True)])
def test_only_a_page_with_tables_and_forms_names_their_libraries(server: Server, page: str, tables: bool):
    named = " ".join(scripts(server, page))
    assert [part in named for part in ("dash_ag_grid", "dash_mantine_components")] == [tables, tables]
    assert "dash_table" not in named


def test_the_library_of_flow_charts_is_named_by_the_page_of_plans_alone(server: Server):
    named = {page: " ".join(scripts(server, page)) for page in ("/desk", "/cases", "/plans")}
    assert [page for page, found in named.items() if "dash_cytoscape" in found] == ["/plans"]


def test_what_is_sent_is_packed_for_who_takes_it_and_the_same_for_who_does_not(server: Server):
    for address in scripts(server, "/places"):
        packed, plain = get(server, address), get(server, address, "identity")
        assert packed.headers["content-encoding"] == "gzip"
        assert "content-encoding" not in plain.headers
        assert packed.text == plain.text
        assert packed.headers["content-type"] == plain.headers["content-type"]


def test_what_is_not_there_is_404_and_is_not_kept(server: Server):
    for _ in range(2):
        assert get(server, "/static/js/none.js?m=1").status_code == 404


def test_nobody_gets_a_script_without_a_session(server: Server):
    address = scripts(server, "/desk")[-1]
    assert httpx.get(server.url + address, verify=NO_TLS, follow_redirects=False).status_code in (303, 401)
