"""The city's workflow on paper: docs/workflow.md is this, of the table as shipped."""

from __future__ import annotations

from core.flow import LEADS_TO, Move, Workflow
from core.flow_chart import STATES, mermaid
from pages.cases.words import step_name
from pages.messages import text

HEADS = ("verb", "from", "leads", "who", "needs", "starts", "most", "source")


def rows(lang: str, flow: Workflow) -> list[tuple[str, ...]]:
    """Every move in words, in the table's order."""
    return [_row(lang, move) for move in flow.moves.values()]


def _row(lang: str, move: Move) -> tuple[str, ...]:
    to = LEADS_TO.get(move.verb)
    return (
        text(lang, f"verb.{move.verb}"),
        "、".join(text(lang, f"status.{state}") for state in STATES if state in move.states),
        text(lang, f"status.{to}") if to else "",
        "、".join(text(lang, f"flow.who.{who}") for who in sorted(move.who)),
        "、".join(text(lang, f"need.{need}") for need in sorted(move.needs)),
        step_name(lang, move.starts) if move.starts else "",
        str(move.most or ""),
        move.source,
    )


def document(lang: str, flow: Workflow) -> str:
    """Diagram and table as Markdown."""
    chart = mermaid(flow, lambda name: text(lang, f"status.{name}"), lambda verb: text(lang, f"verb.{verb}"))
    heads = [text(lang, f"cases.flow.{name}") for name in HEADS]
    table = [heads, ["---"] * len(heads), *rows(lang, flow)]
    lines = ["| " + " | ".join(row) + " |" for row in table]
    return "\n\n".join((f"# {text(lang, 'cases.flow.title')}", text(lang, "cases.flow.intro"),
                        f"```mermaid\n{chart}\n```", "\n".join(lines))) + "\n"  # fmt: skip
