"""CSV with any header, and rows compared without what a form has no place for."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def written(path: Path, header: Sequence[str], rows: Sequence[Sequence[str]], delimiter: str = ",") -> Path:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows([header, *rows])
    path.write_bytes(b"\xef\xbb\xbf" + out.getvalue().encode())
    return path


def without_places(rows: list[dict[str, Any]], lacked: set[str]) -> list[dict[str, Any]]:
    return [{key: value for key, value in row.items() if key not in {"file", *lacked}} for row in rows]
