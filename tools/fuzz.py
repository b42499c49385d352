"""Mutated records of every form through the readers: `python tools/fuzz.py [--inputs 1000000] [--seed 1]`.

Takes records of a tenant that does not exist in every form of the lab, changes them (types, nulls, missing, extra,
reordered and doubled keys, cut off, single bytes), writes them as JSON lines and CSV, and reads them. A reader may not
raise, and read = parsed + ignored + quarantined must hold for the number of records that were written. Not part of the
tests, since it takes long; the same seed tries the same inputs. What fails is kept in the folder named at the end.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

from grantwatch.lab.fabrikam import Fabrikam
from grantwatch.lab.writers import FORMS, write_tenant
from grantwatch.records import loader
from grantwatch.records.coverage import coverage, file_reports, sums
from grantwatch.records.late import fill, lost
from grantwatch.records.load import read

ODD: tuple[Any, ...] = (
    None, "", " ", 0, -1, 1.5, 1e308, True, False, [], {}, [None], [[]], {"": None}, "\x00", "\u202e", "=1+1", "null",
    "2026-13-45T99:99:99Z", "9" * 400, "\ud800", "x" * 5000,
    {"a": {"b": {"c": []}}}, [1, "a", {"k": None}], "{\"a\":1}",
    "[]", "{", "00000000-0000-0000-0000-000000000000", "Cmsi:Cmsi", "deviceCode", 50199, "50199", "::1", "1.2.3.4:80",
)  # fmt: skip
BATCH = 2000
FILES = 25


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place within a record."""
    if at:
        yield at
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in items:
        yield from places(each, (*at, key))


def changed(record: Any, rng: random.Random) -> Any:
    """One to four changes of what is in the record."""
    copy = json.loads(json.dumps(record))
    for _ in range(rng.choice((1, 1, 2, 4))):
        found = list(places(copy))
        if not found:
            break
        *way, last = rng.choice(found)
        holder = copy
        for key in way:
            holder = holder[key]
        kind = rng.randrange(5)
        if kind == 0:
            holder[last] = deepcopy(rng.choice(ODD))
        elif kind == 1:
            del holder[last]
        elif kind == 2 and isinstance(holder, dict):
            holder[rng.choice(("id", "value", "records", "extra", "", "a.b", "AuditData", "message"))] = deepcopy(
                rng.choice(ODD)
            )
        elif kind == 3 and isinstance(holder, dict):
            keys = list(holder)
            rng.shuffle(keys)
            holder.update({key: holder.pop(key) for key in keys})
        else:
            holder[last] = json.dumps(holder[last]) if rng.random() < 0.5 else [holder[last]]
    return copy


def line(record: Any, rng: random.Random) -> bytes:
    """A record as one line, now and then broken as text."""
    text = json.dumps(changed(record, rng), ensure_ascii=rng.random() < 0.5).encode("utf-8", "replace")
    kind = rng.random()
    if kind < 0.04:
        return text[: rng.randrange(1, len(text))]
    if kind < 0.08:
        at = rng.randrange(len(text))
        return (text[:at] + bytes([rng.randrange(256)]) + text[at + 1 :]).replace(b"\n", b" ").replace(b"\r", b" ")
    if kind < 0.12 and text[:1] == b"{":
        return b'{"id":"first",' + text[1:]
    return text


def records(folder: Path) -> tuple[list[list[Any]], dict[tuple[str, ...], list[list[str]]]]:
    """The JSON records of each file of the lab, and the rows of its CSV files by their header."""
    files: list[list[Any]] = []
    tables: dict[tuple[str, ...], list[list[str]]] = {}
    for form in FORMS:
        for path in write_tenant(Fabrikam().events(), form, folder / form):
            found: list[Any] = []
            files.append(found)
            data = path.read_bytes()
            if data[:2] == b"\x1f\x8b":
                data = gzip.decompress(data)
            if data[:1] not in b"{[":
                header, *rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
                tables.setdefault(tuple(header), []).extend(rows)
                continue
            decoder, text, at = json.JSONDecoder(), data.decode(), 0
            while at < len(text):
                value, at = decoder.raw_decode(text, at)
                at += len(text[at:]) - len(text[at:].lstrip())
                pages = value if isinstance(value, list) else [value]
                for page in pages:
                    inner = page.get("value", page.get("records", page.get("hits"))) if isinstance(page, dict) else None
                    inner = inner["hits"] if isinstance(inner, dict) and "hits" in inner else inner
                    found += inner if isinstance(inner, list) else [page]
    return [file for file in files if file], tables


def json_batch(files: list[list[Any]], rng: random.Random) -> tuple[bytes, range]:
    """Lines of one form, or of two or three, and how many records that may be: a line may have become a page."""
    chosen = rng.sample(files, rng.choice((1, 1, 1, 2, 3)))
    lines = [line(rng.choice(rng.choice(chosen)), rng) for _ in range(BATCH)]
    sizes = [[len(page), 1] if (page := page_of(each)) is not None else [bool(each.strip())] for each in lines]
    return b"\n".join(lines), range(sum(map(min, sizes)), sum(map(max, sizes)) + 1)


def page_of(text: bytes) -> list[Any] | None:
    """What a line may be taken for a page of."""
    try:
        value = json.loads(text)
    except ValueError:
        return None
    found = [value[key] for key in ("value", "records") if isinstance(value, dict) and isinstance(value.get(key), list)]
    return max(found, key=len) if found else None


def csv_batch(tables: dict[tuple[str, ...], list[list[str]]], rng: random.Random) -> tuple[bytes, range]:
    """Rows of one table with changed cells, and how many."""
    header = rng.choice(list(tables))
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(header)
    for _ in range(BATCH):
        row = list(rng.choice(tables[header]))
        for _ in range(rng.choice((1, 1, 3))):
            odd = rng.choice(ODD)
            row[rng.randrange(len(row))] = odd if isinstance(odd, str) else json.dumps(odd)
        writer.writerow(row)
    return text.getvalue().encode("utf-8", "replace"), range(BATCH, BATCH + 1)


def tried(path: Path, written: range) -> tuple[str, Counter[str]]:
    """What is wrong with reading the file or folder, and what became of its records."""
    try:
        with read([path], late=True) as found:
            coverage(found.con)
            total = sums(file_reports(found.con, found.files))
            unread = list(found.unread)
            found.con.execute("CREATE TEMP TABLE odd_row AS SELECT * FROM kept_sign_in WHERE odd")
            fill(found.con, "odd_row")
            gone = lost(found.con)
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:300], Counter()
    became = Counter(parsed=total.parsed, ignored=total.ignored, quarantined=total.quarantined)
    if total.read != total.parsed + total.ignored + total.quarantined:
        return f"sums: {total}", became
    if total.read not in written:
        return f"{written[0]} to {written[-1]} records were written, {total.read} were read ({unread[:1]})", became
    if gone:
        return f"not found again: {gone}", became
    return "", became


def put(data: bytes, path: Path, files: int) -> None:
    """Write the lines into one file, or a folder with so many."""
    if files == 1:
        path.write_bytes(data)
        return
    path.mkdir()
    lines = data.split(b"\n")
    for number in range(files):
        (path / f"{number}.json").write_bytes(b"\n".join(lines[number::files]))


def main() -> int:
    """Try inputs until there are enough; 1 where any failed."""
    parser = argparse.ArgumentParser(description="Mutated records of every form through the readers.")
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    loader._LATE = 0  # so that small files are read as large ones are
    folder = Path(tempfile.mkdtemp(prefix="grantwatch-fuzz-"))
    files, tables = records(folder / "lab")
    total: Counter[str] = Counter()
    failed: list[str] = []
    begun, done, number = time.perf_counter(), 0, 0
    while done < options.inputs:
        number += 1
        rng = random.Random(f"{options.seed} {number}")
        data, written = csv_batch(tables, rng) if number % 5 == 0 else json_batch(files, rng)
        path = folder / f"{number:05d}.log"
        put(data, path, FILES if number % 5 == 1 else 1)
        wrong, became = tried(path, written)
        total.update(became)
        done += BATCH
        if wrong:
            failed.append(f"{path.name}: {wrong}")
            print(failed[-1], flush=True)
        elif path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
        if number % 25 == 0:
            print(f"{done:,} inputs, {time.perf_counter() - begun:.0f} s, {dict(total)}", flush=True)
    print(f"{done:,} inputs, {len(failed)} files failed, {dict(total)}")
    if failed:
        print(f"kept in {folder}")
    else:
        shutil.rmtree(folder)
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
