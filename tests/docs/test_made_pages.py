"""Pages made from declarations are what the declarations say now."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = runpy.run_path(str(ROOT / "tools" / "make_docs.py"))["PAGES"]


@pytest.mark.parametrize("path", sorted(PAGES))
def test_page_is_up_to_date(path: str) -> None:
    assert (ROOT / path).read_text(encoding="utf-8") == PAGES[path](), "run: python tools/make_docs.py"
