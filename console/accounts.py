"""user, token: done by whoever owns the machine, and logged as such."""

from __future__ import annotations

import argparse
from typing import Any

from console.common import DONE, add_command, add_group, answer, services_of

_ROLES = "officer, leader, grid, viewer, engineer, sysadmin, secadmin, auditor"
_AREA = "辖区编码 area code; 空为全市 empty: the whole city"
_DEPT = "责任部门代码 department code; 空为辖区坐席 empty: the area's desk"


def add_to(commands: Any) -> None:
    _add_user(add_group(commands, "user", "账号 accounts"))
    _add_token(add_group(commands, "token", "大屏、接口与终端令牌 tokens of walls, systems and units"))


def _add_user(group: Any) -> None:
    add = add_command(group, "add", run_user_add, "新建账号，密码只显示一次 new account")
    add.add_argument("name", help="账号名 name")
    add.add_argument("--role", required=True, help=_ROLES)
    add.add_argument("--area", default="", help=_AREA)
    add.add_argument("--dept", default="", help=_DEPT)
    change = add_command(
        group, "set", run_user_set,
        "改角色、辖区、部门或状态；未写的不变 change role, area, department or state; what is not told stays",
    )  # fmt: skip
    change.add_argument("name", help="账号名 name")
    change.add_argument("--role", help=_ROLES)
    change.add_argument("--area", help=_AREA)
    change.add_argument("--dept", help=_DEPT)
    state = change.add_mutually_exclusive_group()
    state.add_argument("--disable", dest="disabled", action="store_const", const=True, help="停用 disable")
    state.add_argument("--enable", dest="disabled", action="store_const", const=False, help="启用 enable")
    reset = add_command(group, "reset", run_user_reset, "新密码，只显示一次 new password")
    reset.add_argument("name", help="账号名 name")
    add_command(group, "list", run_user_list, "全部账号 all accounts")


def _add_token(group: Any) -> None:
    add = add_command(group, "add", run_token_add, "新建令牌，只显示一次 new token")
    add.add_argument("kind", choices=["wall", "api", "unit"], help="用途 purpose")
    add.add_argument("name", help="名称 name")
    add.add_argument("--realm", help="只限一个世界 bound to one realm")
    add.add_argument("--area", default="", help="辖区编码 area code")
    add.add_argument("--unit", help="力量编号 unit (kind unit)")
    add.add_argument("--verb", action="append", default=[], help="允许的动作 allowed verb; * 全部 all")
    add.add_argument("--source", help="所属来源系统 intake source whose numbers it gives (kind api)")
    revoke = add_command(group, "revoke", run_token_revoke, "吊销并立即断开 revoke, at once")
    revoke.add_argument("token", help="编号或名称 id or name")
    add_command(group, "list", run_token_list, "全部令牌 all tokens")


def run_user_add(asked: argparse.Namespace) -> int:
    from actions.accounts import add_user
    from core.permissions import SYSTEM

    with services_of(asked) as services:
        new = add_user(services, SYSTEM, asked.name, asked.role, asked.area, dept=asked.dept)
    answer(asked, {"name": new.name, "role": new.role, "password": new.password}, [new.password])
    return DONE


def run_user_set(asked: argparse.Namespace) -> int:
    from actions.accounts import change_user
    from core.permissions import SYSTEM

    given = {name: getattr(asked, name) for name in ("role", "area", "dept", "disabled")}
    with services_of(asked) as services:
        new = change_user(services, SYSTEM, asked.name, **given)
    answer(asked, {"name": asked.name, **new}, [f"已修改 changed: {_line({'name': asked.name, **new})}"])
    return DONE


def run_user_reset(asked: argparse.Namespace) -> int:
    from actions.accounts import reset_password
    from core.permissions import SYSTEM

    with services_of(asked) as services:
        new = reset_password(services, SYSTEM, asked.name)
    answer(asked, {"name": new.name, "role": new.role, "password": new.password}, [new.password])
    return DONE


def run_user_list(asked: argparse.Namespace) -> int:
    from actions.accounts import list_users
    from core.permissions import SYSTEM

    with services_of(asked) as services:
        found = list_users(services, SYSTEM)
    answer(asked, {"items": found}, [_line(user) for user in found])
    return DONE


def _line(user: dict[str, Any]) -> str:
    state = "停用 disabled" if user["disabled"] else ""
    return f"{user['name']:<16} {user['role']:<9} {user['dept']:<9} {user['area']:<16}{state}".rstrip()


def run_token_add(asked: argparse.Namespace) -> int:
    from actions.accounts import add_token
    from core.permissions import SYSTEM

    bounds = {"realm": asked.realm, "area": asked.area, "verbs": asked.verb, "unit": asked.unit}
    bounds["source"] = asked.source
    with services_of(asked) as services:
        new = add_token(services, SYSTEM, asked.kind, asked.name, **bounds)
    document = {"id": new.id, "kind": new.kind, "name": new.name, "token": new.secret}
    answer(asked, document, [new.secret])
    return DONE


def run_token_revoke(asked: argparse.Namespace) -> int:
    from actions.accounts import revoke_token
    from core.permissions import SYSTEM

    with services_of(asked) as services:
        revoked = revoke_token(services, SYSTEM, asked.token)
    answer(asked, {"revoked": revoked}, [f"已吊销 revoked: {', '.join(revoked)}"])
    return DONE


def run_token_list(asked: argparse.Namespace) -> int:
    from actions.accounts import list_tokens
    from core.permissions import SYSTEM

    with services_of(asked) as services:
        found = list_tokens(services, SYSTEM)
    lines = [f"{t['id']} {t['kind']:<5} {t['name']:<16}{_revoked(t)}".rstrip() for t in found]
    answer(asked, {"items": found}, lines)
    return DONE


def _revoked(token: dict[str, Any]) -> str:
    return f"已吊销 revoked {token['revoked_at']}" if token["revoked_at"] else ""
