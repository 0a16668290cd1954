"""What is wrong, or worth knowing, in a file that came in. Sentences and remedies are added at the edge."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Literal

Level = Literal["error", "note"]


@dataclass(frozen=True, slots=True)
class Problem:
    """`row` is the feature's number in the file from 1, None for the whole file; `params` fill the
    sentences `error.<code>` and `remedy.<code>`. An error refuses the whole file, a note does not."""

    code: str
    row: int | None = None
    field: str | None = None
    level: Level = "error"
    params: dict[str, Any] = dataclasses.field(default_factory=dict)


class FileRefused(Exception):
    """The file cannot be read at all; carries what is wrong with it."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(", ".join(problem.code for problem in problems))
        self.problems = problems

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers to choose from, when that is what is asked."""
        asked = next((p.params["layers"] for p in self.problems if p.code.startswith("layer_")), "")
        return tuple(asked.split(", ")) if asked else ()


def refuse(code: str, /, **params: Any) -> FileRefused:
    """A refusal of the whole file for one reason."""
    return FileRefused(Problem(code, params=params))


def note(code: str, /, row: int | None = None, **params: Any) -> Problem:
    return Problem(code, row=row, level="note", params=params)


def has_errors(problems: list[Problem] | tuple[Problem, ...]) -> bool:
    return any(problem.level == "error" for problem in problems)
