"""What exported files hold: people counted once, fields by file, and nothing lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.records.reading import ANNA, audit, rule, sign_in

from grantwatch.errors import InputError
from grantwatch.lab.events import Person
from grantwatch.lab.records import graph_audit, graph_signin, graph_signin_v1, office_row, ual_record
from grantwatch.lab.writers import write_array, write_log_analytics_csv, write_ndjson
from grantwatch.records.inspection import Inspection, inspect

BERT = Person("bbbbbbbb-0000-4000-8000-000000000002", "bert@fabrikam.example", "Bert Ohm")


def users(found: Inspection) -> dict[str, int]:
    return {Path(file.report.file).name: file.users for file in found.files}


def test_people_are_counted_per_file_and_once_in_all(tmp_path: Path) -> None:
    write_ndjson(
        tmp_path / "a", [graph_signin(sign_in(0)), graph_signin(sign_in(1)), graph_signin(sign_in(2, user=BERT))]
    )
    write_ndjson(tmp_path / "b", [graph_audit(audit(0)), graph_audit(audit(1))])
    found = inspect([tmp_path])

    assert users(found) == {"a": 2, "b": 1}
    assert found.users == 2


def test_a_name_without_an_id_is_the_person_whose_sign_ins_give_one(tmp_path: Path) -> None:
    shouting = Person(ANNA.id, ANNA.upn.upper(), ANNA.name)
    write_ndjson(tmp_path / "a", [graph_signin(sign_in(0))])
    write_log_analytics_csv(tmp_path / "b", [office_row(rule(0)), office_row(rule(1, actor=shouting))])
    found = inspect([tmp_path])

    assert users(found) == {"a": 1, "b": 1}
    assert found.users == 1


def test_services_are_no_people(tmp_path: Path) -> None:
    row = office_row(rule(0)) | {"UserId": "NT AUTHORITY\\SYSTEM (w3wp)"}
    write_log_analytics_csv(tmp_path / "b", [row])

    assert inspect([tmp_path]).users == 0


def test_copies_are_not_counted_twice(tmp_path: Path) -> None:
    write_ndjson(tmp_path / "a", [graph_signin(sign_in(0)), graph_signin(sign_in(0))])
    found = inspect([tmp_path])

    assert (found.records.parsed, found.records.ignored_by) == (1, {"duplicate": 1})
    assert found.users == 1


def test_fields_are_told_by_file_and_stream(tmp_path: Path) -> None:
    write_array(tmp_path / "old.json", [graph_signin_v1(sign_in(0))])
    write_array(tmp_path / "new.json", [graph_signin(sign_in(1)), graph_signin(sign_in(2, interactive=False))])
    found = {Path(file.report.file).name: file for file in inspect([tmp_path]).files}

    assert [(source.stream, source.records) for source in found["new.json"].sources] == [
        ("interactive", 1),
        ("non_interactive", 1),
    ]
    (old,) = found["old.json"].sources
    assert {share.field: share.present for share in old.fields}["protocol"] == 0
    assert {share.field: share.present for share in found["new.json"].sources[0].fields}["protocol"] == 1


def test_it_agrees_with_a_hunt_on_what_was_read(examples: Path) -> None:
    from grantwatch.pipeline import hunt

    found, judged = inspect([examples]), hunt([examples])
    assert tuple(file.report for file in found.files) == judged.files
    assert (found.records, found.unread, found.quarantined) == (judged.records, judged.unread, judged.quarantined)
    assert found.coverage.sources == judged.coverage.sources
    assert found.coverage.missing == judged.coverage.missing


def test_a_broken_record_and_a_pdf_are_named(tmp_path: Path) -> None:
    (tmp_path / "slides.pdf").write_bytes(b"%PDF-1.7\n")
    write_ndjson(tmp_path / "u", [ual_record(rule(0)), {"x": 1}])
    found = inspect([tmp_path])

    assert [(unread.seen, bool(unread.hint)) for unread in found.unread] == [("a PDF document", True)]
    assert [(Path(each.file).name, each.line) for each in found.quarantined] == [("u", 2)]
    (file,) = found.files
    assert (file.report.records.read, file.report.records.quarantined, file.users) == (2, 1, 1)


def test_nothing_that_could_be_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "slides.pdf").write_bytes(b"%PDF-1.7\n")
    with pytest.raises(InputError, match=r"slides\.pdf: a PDF document"):
        inspect([tmp_path])
