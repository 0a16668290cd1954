"""What is printed is a PDF that says in Chinese what was put into it, over as many pages as it takes."""

from __future__ import annotations

from io import BytesIO

import pypdfium2
import pytest
from PIL import Image

from actions.surroundings import Shape, Surroundings
from pages import paper
from pages.paper import Heading, Paragraph, Picture, Table, document
from pages.paper_charts import Bars
from pages.paper_map import Ground


def read(pdf: bytes) -> list[str]:
    """The words of each page."""
    with pypdfium2.PdfDocument(pdf) as opened:
        return [" ".join(page.get_textpage().get_text_range().split()) for page in opened]


def test_a_map_is_drawn_with_its_names_none_over_another() -> None:
    street = Shape("road", 3, ((-400.0, 60.0), (400.0, 80.0)), "东门路")
    shapes = (
        Shape("water", 0, ((-700.0, -320.0), (-500.0, -320.0), (-500.0, 320.0), (-700.0, -320.0))),
        Shape("rail", 0, ((0.0, -300.0), (10.0, 300.0))), street,
        Shape("road", 0, ((-410.0, 61.0), (-390.0, 62.0)), "同处的小巷"),
        Shape("grid", 3, ((-700.0, 100.0), (700.0, 100.0))), Shape("name", 5, ((200.0, 200.0),), "松浦社区"),
        Shape("name", 5, ((900.0, 0.0),), "框外社区"),
    )  # fmt: skip
    pdf = document("卷宗", [Ground(Surroundings((700.0, 320.0), shapes), "位置：东门路 3 号", "100 米")])
    said = read(pdf)[0]
    assert all(word in said for word in ("松浦社区", "东门路", "100 米", "位置：东门路 3 号"))
    assert "同处的小巷" not in said and "框外社区" not in said
    with pypdfium2.PdfDocument(pdf) as opened:
        drawn = opened[0].render(scale=1).to_pil().getcolors(1_000_000)
    assert {(208, 225, 240), (20, 28, 40)} <= {colour for _, colour in drawn}


def test_a_document_says_what_was_put_into_it_and_draws_it() -> None:
    image = BytesIO()
    Image.new("RGB", (40, 20), "red").save(image, "PNG")
    bars = Bars("每日事件", ["周一", "周二"], [3.0, 0.0], ["3", "0"], [1.0, None])
    rows = [[f"第{number}街道", "95.3 %"] for number in range(80)]
    pdf = document(
        "云屿市周报",
        [Heading("要情"), Paragraph("结案率上升\x00\u202e。"), Table(["镇街", "结案率"], rows), bars,
         Picture(image.getvalue(), 0.5, "现场照片")],
        "指挥中心",
    )  # fmt: skip
    pages = read(pdf)
    assert len(pages) == 3
    assert pages[0].startswith("云屿市周报")
    for words in ("要情", "结案率上升。", "第0街道", "指挥中心", "1 / 3"):
        assert words in pages[0]
    assert all("镇街" in page for page in pages[:3]), "each page of a table repeats its head"
    assert "第79街道" in pages[2]
    assert "现场照片" in pages[2]
    with pypdfium2.PdfDocument(pdf) as opened:
        drawn = opened[2].render(scale=0.5).to_pil().convert("RGB").getcolors(1 << 20)
    assert (255, 0, 0) in {colour for _, colour in drawn or ()}, "the picture is there"


def test_a_machine_without_a_font_for_chinese_is_told_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setattr(paper, "_SYSTEM", tmp_path)
    paper._fonts.cache_clear()
    with pytest.raises(paper.FontMissing):
        document("周报", [])
    paper._fonts.cache_clear()
