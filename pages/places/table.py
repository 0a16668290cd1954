"""Tables of `/places`: AG Grid in our dark theme, speaking the page's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import dash_ag_grid as dag

from pages.messages import text
from pages.places.theme import grid_theme

Row = Mapping[str, Any]
WORDS = (
    "andCondition", "applyFilter", "ariaFilterInput", "ariaFilterMenuOpen", "ariaFilterValue",
    "ariaFilteringOperator", "ariaLabelColumnFilter", "ariaPageSizeSelectorLabel", "ariaRowDeselect",
    "ariaRowSelect", "ariaRowToggleSelection", "ariaSearch", "ariaSortableColumn", "autosizeThisColumn",
    "blank", "cancelFilter", "clearFilter", "contains", "copy", "csvExport", "endsWith", "equals",
    "filterOoo", "firstPage", "greaterThan", "greaterThanOrEqual", "inRange", "inRangeEnd",
    "inRangeStart", "lastPage", "lessThan", "lessThanOrEqual", "loadingOoo", "more", "nextPage",
    "noRowsToShow", "notBlank", "notContains", "notEqual", "of", "orCondition", "page",
    "pageSizeSelectorLabel", "pinColumn", "previousPage", "resetColumns", "resetFilter", "searchOoo",
    "selectAll", "sortAscending", "sortDescending", "sortUnSort", "startsWith", "to",
)  # fmt: skip
"""AG Grid's names of the texts that our tables show; its own are English."""
PAGE = 100
_NUMBER = {"type": "rightAligned", "filter": "agNumberColumnFilter"}
_WRAPPED = {"wrapText": True, "autoHeight": True}
_SQUEEZED = 0.88
"""Share of its width that a column whose words wrap keeps where the table is narrow (1080 lines at 125 %)."""
_ALL: dict[str, Any] = {
    "sortable": True, "resizable": True, "filter": True, "wrapHeaderText": True, "autoHeaderHeight": True,
}  # fmt: skip
"""Of every column: a heading that is wider than its figures takes a second line, never an ellipsis."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the row's field, its heading in words, how it stands. `least`: pixels at 1080 lines that its
    words need; wider screens share their room out as these do, so that 2160 lines show what 1080 do.
    `wrap`: words that may be longer than the column go on in a second line; of others the tooltip has the
    whole. `options`: anything AG Grid takes."""

    name: str
    words: str
    number: bool = False
    least: int = 90
    wrap: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)

    def definition(self) -> dict[str, Any]:
        kind = _NUMBER if self.number else _WRAPPED if self.wrap else {"tooltipField": self.name}
        narrowest = round(self.least * _SQUEEZED) if self.wrap else self.least
        width = {"flex": self.least, "minWidth": narrowest}
        words = {"headerName": self.words, "headerTooltip": self.words}
        return {"field": self.name, **words, **kind, **width, **self.options}


def table(
    lang: str,
    ident: Any,
    columns: Sequence[Column],
    rows: Sequence[Row] | None = None,
    *,
    key: str | None = None,
    select: Literal["one", "many"] | None = None,
    height: str | None = "22rem",
    page: int = PAGE,
    options: Mapping[str, Any] | None = None,
) -> dag.AgGrid:
    """A table. `rows` None = still on their way; `key`: the field that names a row (keeps the selection).

    Longer than `page` rows it is paged; without a `height` it is as high as its rows. A click sets
    `cellClicked`, a selection `selectedRows`.
    """
    given: dict[str, Any] = {
        "theme": grid_theme(),
        "localeText": words(lang),
        "pagination": True,
        "paginationPageSize": page,
        "paginationPageSizeSelector": False,
        "suppressPaginationPanel": rows is not None and len(rows) <= page,
        "animateRows": False,
        "enableCellTextSelection": True,
        "ensureDomOrder": True,
        "tooltipShowDelay": 300,
    }
    if height is None:
        given["domLayout"] = "autoHeight"
    if select:
        checks = {"checkboxes": select == "many", "headerCheckbox": select == "many"}
        mode = "singleRow" if select == "one" else "multiRow"
        given["rowSelection"] = {"mode": mode, "enableClickSelection": True, **checks}
    return dag.AgGrid(
        id=ident,
        columnDefs=[column.definition() for column in columns],
        rowData=None if rows is None else list(rows),
        defaultColDef=_ALL,
        dashGridOptions={**given, **(options or {})},
        getRowId=f"params.data.{key}" if key else None,
        className="table",
        style={"height": height},
    )


def words(lang: str) -> dict[str, str]:
    """AG Grid's texts out of the catalogue."""
    return {name: text(lang, f"table.text.{name}") for name in WORDS}
