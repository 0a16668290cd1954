"""Refusals of films that are recorded."""

from __future__ import annotations

from core.errors import Refusal


class FilmToolsMissing(Refusal):
    """This machine cannot make films; params: missing (names of programs)."""

    code = "film_tools_missing"


class FilmNotMade(Refusal):
    """The page could not be played, or the encoder gave up; params: detail."""

    code = "film_not_made"


class FilmsBusy(Refusal):
    """Another film is being made."""

    code = "films_busy"
