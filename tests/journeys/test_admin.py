"""Administrators at work: each finds their own tabs, and nobody another's."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext

from actions.accounts import add_user
from core.permissions import SYSTEM
from instance.services import services as services_for
from tests.browsing import until
from tests.journeys.conftest import Product, sign_in

pytestmark = pytest.mark.browser

THERE = "document.querySelector('[role=tab]')"


def test_channels_accounts_tokens_and_the_audit_are_each_one_administrators(
    product: Product, contexts: Callable[..., BrowserContext]
) -> None:
    with services_for(product.settings) as parts:
        for role in {"sysadmin", "secadmin", "auditor"} - product.passwords.keys():
            product.passwords[role] = add_user(parts, SYSTEM, role, role).password

    page = sign_in(product, contexts().new_page(), "sysadmin", "/admin", THERE)
    assert page.get_by_role("tab").all_inner_texts() == ["发送渠道"]
    page.click("#admin-channels [row-id=sms]")
    until(page, "() => !document.getElementById('admin-channel').hidden")
    page.fill("#admin-channel-url", "https://sms.example.cn/send?key=1")
    page.click("#admin-channel-save")
    until(
        page, "() => document.querySelector('#admin-channels [row-id=sms]').textContent.includes('example')"
    )
    assert product.sql("SELECT url FROM city.outbound_channel WHERE code = 'sms'").endswith("key=1")

    page = sign_in(product, contexts().new_page(), "secadmin", "/admin", THERE)
    assert page.get_by_role("tab").all_inner_texts() == ["账号", "令牌"]
    until(page, "() => document.querySelector('#admin-users [row-id=lin]')")
    page.click("#admin-users [row-id=lin]")
    until(page, "() => document.getElementById('admin-user-name').value === 'lin'")
    page.fill("#admin-user-area", "990101")
    page.click("#admin-user-set")
    until(page, "() => document.querySelector('#admin-users [row-id=lin]').textContent.includes('990101')")
    page.click("#admin-user-reset")
    until(page, "() => document.querySelector('#admin-secret code')")
    assert product.sql("SELECT area FROM city.account WHERE name = 'lin'") == "990101"

    page.get_by_role("tab", name="令牌").click()
    page.fill("#admin-token-name", "hall-2")
    page.click("#admin-token-kind")
    page.get_by_role("option", name="大屏").click()
    page.click("#admin-token-add")
    until(page, "() => document.querySelector('#admin-token-secret code')")
    assert page.inner_text("#admin-token-secret code").startswith("zhwall_")
    until(page, "() => document.getElementById('admin-tokens').textContent.includes('hall-2')")

    page = sign_in(product, contexts().new_page(), "auditor", "/admin", THERE)
    assert page.get_by_role("tab").all_inner_texts() == ["审计"]
    until(page, "() => document.getElementById('admin-audit-list').textContent.includes('hall-2')")
    page.fill("#admin-audit-who", "secadmin")
    page.click("#admin-audit-find")
    until(page, "() => !document.getElementById('admin-audit-list').textContent.includes('sysadmin')")
    told = page.inner_text("#admin-audit-list")
    assert "lin，只读，区域 990101，部门 —，停用：否" in told
    assert "lin 的密码已重置" in told
    page.fill("#admin-audit-who", "nobody_%")
    page.click("#admin-audit-find")
    until(page, "() => document.getElementById('admin-audit-span').textContent.includes('没有')")
    assert (product.foreign, product.errors) == ([], [])
