"""import: reference data and incidents out of files."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

from console.common import DONE, REFUSED, add_command, answer, say, services_of

KINDS = (
    "grids", "posts", "stores", "units", "cameras", "broadcasts", "shelters", "hazards", "keyplaces",
    "sensors", "roads", "basemap", "incidents",
)  # fmt: skip
TABLES = (
    "departments", "duties", "limits", "workhours", "workdays", "workflow", "roster", "contacts", "speeds",
    "turnouts", "positionlimits", "safetychecks", "unitlimits", "runcards", "runsupplies", "advicerules",
)  # fmt: skip
"""Lists without places: they come in by `import` alone."""
SHOWN = 20


def add_to(commands: Any) -> None:
    about = "导入数据：全部成功或全部不写 import a file: all or nothing"
    parser = add_command(commands, "import", run_import, about)
    parser.add_argument("kind", choices=(*KINDS, *TABLES), metavar="KIND", help=", ".join((*KINDS, *TABLES)))
    parser.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help="GeoJSON, GPKG, Shapefile (zip), KML/KMZ, MapInfo, CSV, XLSX, OSM PBF …",
    )
    parser.add_argument(
        "--datum", help="wgs84, cgcs2000, gcj02, bd09, EPSG:N; 默认按文件 default: as the file says"
    )
    parser.add_argument("--encoding", help="文字编码 text encoding, e.g. gb18030")
    parser.add_argument("--layer", help="多图层文件中的图层 layer of a file that has several")
    about = "字段对应 field mapping: --field code=网格编码"
    pairs: dict[str, Any] = {"action": "append", "default": [], "metavar": "TARGET=SOURCE", "type": _pair}
    parser.add_argument("--field", help=about, **pairs)
    parser.add_argument("--dry-run", action="store_true", help="只检查不写入 check only")
    about = "文件中没有的一并移除（保留历史） what the file does not have goes (its history stays)"
    parser.add_argument("--replace", action="store_true", help=about)
    about = "网格从哪天起生效，如 2026-07-01 the day from which grids hold; 默认立即 default: now"
    parser.add_argument("--from", dest="holds_from", metavar="DATE", help=about)


def _pair(word: str) -> tuple[str, str]:
    target, equals, source = word.partition("=")
    if not (target and equals and source):
        raise argparse.ArgumentTypeError(f"TARGET=SOURCE, not {word!r}")
    return target, source


def run_import(asked: argparse.Namespace) -> int:
    from actions.imports import ImportOptions, import_file
    from core.permissions import SYSTEM
    from pages.messages import text

    fields = dict(asked.field)
    how = (asked.datum, asked.encoding, asked.layer, fields, asked.dry_run, asked.replace)
    options = ImportOptions(*how, holds_from=asked.holds_from)
    with services_of(asked) as services:
        report = import_file(services, SYSTEM, asked.kind, asked.file, options, _Progress())
    document = report.as_json(lambda key, **params: text("zh-CN", key, **params))
    answer(asked, document, _lines(document))
    return DONE if report.ok else REFUSED


_PHASES = {"read": "读取 reading", "check": "检查 checking", "write": "写入 writing"}
#: Seconds without a word after which people want one.
PATIENCE_S = 2.0


class _Progress:
    """What is going on, on standard error, for imports that take longer than people like to wait."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def __call__(self, phase: str, done: int, total: int) -> None:
        if time.monotonic() - self._began > PATIENCE_S:
            say(f"{_PHASES[phase]} {f'{done} / {total}' if total else ''}".rstrip())


def _lines(document: dict[str, Any]) -> list[str]:
    counts = "读取 read {read}, 写入 written {written}, 拒绝 refused {refused}".format(**document)
    became = "新增 added {added}, 变更 changed {changed}, 未变 unchanged {unchanged}, 移除 removed {removed}"
    problems = document["problems"]
    lines = [counts, became.format(**document), *(_problem(problem) for problem in problems[:SHOWN])]
    more = len(problems) - SHOWN
    return [*lines, f"… {more} (--json 看全部 shows all)"] if more > 0 else lines


def _problem(problem: dict[str, Any]) -> str:
    where = "" if problem["row"] is None else f"[{problem['row']}] "
    mark = "✗" if problem["level"] == "error" else "·"
    return f"{mark} {where}{problem['message']} {problem['remedy']}".rstrip()
