"""CAP over HTTP: in, out, and every fault named."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx

from tests.api.conftest import Server, is_problem

LATER = (datetime.now(UTC) + timedelta(hours=3)).isoformat(timespec="seconds")


def a_warning(number: str, **changed: str) -> bytes:
    told = {"scope": "<scope>Public</scope>", "status": "Actual", **changed}
    return f"""<?xml version="1.0" encoding="UTF-8"?>
    <alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>{number}</identifier><sender>met</sender>
    <sent>2026-03-02T09:00:00+08:00</sent><status>{told["status"]}</status><msgType>Alert</msgType>
    {told["scope"]}<info><language>zh-CN</language><category>Met</category><event>暴雨</event>
    <urgency>Immediate</urgency><severity>Severe</severity><certainty>Likely</certainty>
    <expires>{LATER}</expires><area><areaDesc>东门</areaDesc><circle>24.49,118.11 0.2</circle></area></info>
    </alert>""".encode()


def posted(server: Server, body: bytes, lang: str = "zh-CN", **query: str) -> httpx.Response:
    with server.client(accept_language=lang) as client:
        headers = {"content-type": "application/cap+xml", "accept-language": lang}
        return client.post("/cap", content=body, headers=headers, params=query)


def test_a_long_warning_that_is_refused_is_kept_whole(server: Server) -> None:
    """Tried again, it is refused for what is wrong with it, not for having been cut."""
    body = b"<?xml version='1.0'?><alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'><note>"
    body += b"x" * 200_000 + b"</note></alert>"
    media = {"content-type": "application/cap+xml"}
    with server.client() as client:
        first = client.post("/cap", content=body, headers=media)
        kept = client.get("/intake/messages", params={"outcome": "refused", "source": "cap"}).json()["items"]
        again = client.post(f"/intake/messages/{kept[0]['id']}/retry", json={})
    assert first.status_code == 422
    assert (again.status_code, again.json()["errors"]) == (422, first.json()["errors"])


def test_a_warning_comes_in_once_and_is_given_back(server: Server) -> None:
    body = a_warning("http-1")
    first, again = posted(server, body), posted(server, body)
    assert (first.status_code, again.status_code) == (201, 200), first.text
    told = first.json()
    assert again.json()["incident"] == told["incident"]
    back = server.get(f"/alerts/{told['alert']}.cap")
    assert (back.content, back.headers["content-type"]) == (body, "application/cap+xml")
    listed = server.get("/alerts").json()["items"]
    assert (listed[0]["identifier"], listed[0]["outcome"]) == ("http-1", "reported")
    is_problem(server.get("/alerts/none.cap"), 404, "not_found")


def test_every_fault_is_named_in_the_askers_language(server: Server) -> None:
    body = a_warning("http-2", scope="", status="Real")
    told = is_problem(posted(server, body), 422, "cap_invalid")
    assert [(fault["pointer"], fault["code"]) for fault in told["errors"]] == [
        ("/alert/status", "cap_value"),
        ("/alert/scope", "cap_missing"),
    ]
    assert told["errors"][1]["detail"] == "缺少 alert/scope"
    english = is_problem(posted(server, body, "en"), 422, "cap_invalid")
    assert english["errors"][1]["detail"] == "alert/scope is missing"
    letter = server.get("/intake/messages", outcome="refused", source="cap").json()["items"][0]
    is_problem(server.post(f"/intake/messages/{letter['id']}/retry"), 422, "cap_invalid")


def test_an_exercise_does_not_enter_the_live_realm(server: Server) -> None:
    is_problem(posted(server, a_warning("http-3", status="Exercise")), 409, "cap_other_realm")


def test_an_entity_is_refused(server: Server) -> None:
    attack = b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><alert>&e;</alert>'
    is_problem(posted(server, attack), 422, "xml_dangerous")


def test_what_came_in_another_form_has_no_cap_to_give_back(server: Server) -> None:
    message = {
        "id": "q1",
        "sender": "台",
        "pubTime": "2026-03-02T09:00+08:00",
        "typeName": "大风",
        "text": "风",
    }
    body = {"warning": [{**message, "severityColor": "Blue", "endTime": LATER}]}
    told = server.post("/intake/qweather_warning", body)
    assert told.status_code == 201, told.text
    properties = server.get(f"/incidents/{told.json()['incident']}").json()["properties"]
    assert (properties["class"], properties["severity"]) == ("12000", 4)
    is_problem(server.get(f"/alerts/{told.json()['alert']}.cap"), 404, "alert_not_xml")
