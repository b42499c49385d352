"""Own signals: which modules are run, what they may declare, and what is told where they are wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.builders import HOME, RENTED, a_grant

from grantwatch.errors import DeclarationError, UsageError
from grantwatch.signals import Evidence, NotFired, Signal, registered
from grantwatch.signals.own import distinct, load, modules

WHOLE = """\
from grantwatch.signals import signal

@signal(
    "{id}",
    title="A title",
    question="A question?",
    group="{group}",
    weight={weight},
    looks_at="this",
    otherwise="No.",{more}
)
def mine(self, case):
    {body}
"""
Write = Callable[..., Path]


def module(
    id: str = "client.mine",
    group: str = "client",
    weight: str = "1.0",
    more: str = "",
    body: str = "return self.not_fired()",
) -> str:
    return WHOLE.format(id=id, group=group, weight=weight, more=more, body=body)


@pytest.fixture
def folder(tmp_path: Path) -> Write:
    """Write files into a folder of signals and answer it."""

    def write(**files: str) -> Path:
        place = tmp_path / "rules"
        place.mkdir(exist_ok=True)
        for name, text in files.items():
            (place / f"{name}.py").write_text(text, encoding="utf-8")
        return place

    return write


def refused(place: Path) -> str:
    with pytest.raises(DeclarationError) as told:
        load([place])
    return str(told.value)


def test_a_signal_of_a_folder_is_loaded_with_its_place_and_is_none_of_ours(folder: Write) -> None:
    place = folder(mine=module())
    (mine,) = load([place])
    assert (mine.id, mine.own, mine.source) == ("client.mine", True, f"{place}/mine.py:3")
    assert mine not in registered()
    assert not any(each.own or each.source for each in registered())
    answer = mine.judge(a_grant().approved(HOME).case())
    assert answer == NotFired("client.mine", "No.")


def test_evidence_and_silence_carry_the_place(folder: Write) -> None:
    (mine,) = load([folder(mine=module(body="return self.fired('Fired.', chip='fired')"))])
    answer = mine.judge(a_grant().redeemed(RENTED).case())
    assert isinstance(answer, Evidence)
    assert answer.source == mine.source
    assert mine.not_assessed("Not assessed: why.").source == mine.source


def test_files_in_order_of_name_and_folders_in_order_given(folder: Write, tmp_path: Path) -> None:
    first = folder(b=module("client.b"), a=module("client.a"))
    second = tmp_path / "second"
    second.mkdir()
    (second / "a.py").write_text(module("client.c"))
    assert [each.id for each in load([first, second, first])] == ["client.a", "client.b", "client.c"]


def test_helpers_are_imported_and_not_run_by_themselves_and_tests_are_not_run(folder: Write) -> None:
    place = folder(
        _names="GROUP_WEIGHT = 1.5\n",
        test_mine="raise RuntimeError('a test')\n",
        conftest="raise RuntimeError('of a test')\n",
        mine="from ._names import GROUP_WEIGHT\n" + module(weight="GROUP_WEIGHT"),
    )
    (mine,) = load([place])
    assert mine.weight == 1.5


def test_a_changed_file_is_read_anew_and_nothing_is_written_beside_it(folder: Write) -> None:
    place = folder(_names="WEIGHT = 1.0\n", mine="from ._names import WEIGHT\n" + module(weight="WEIGHT"))
    assert load([place])[0].weight == 1.0
    (place / "_names.py").write_text("WEIGHT = 2.25\n")
    assert load([place])[0].weight == 2.25
    assert sorted(each.name for each in place.iterdir()) == ["_names.py", "mine.py"]


def test_a_dataclass_and_a_sibling_work_as_in_any_module(folder: Write) -> None:
    text = "from dataclasses import dataclass\n@dataclass\nclass Net:\n    asn: 'int'\n" + module()
    assert load([folder(mine=text)])[0].id == "client.mine"


def test_two_of_one_id_name_both_places(folder: Write) -> None:
    place = folder(a=module(), b=module())
    said = refused(place)
    assert said.startswith(f"{place}/b.py:3: signal 'client.mine' is declared twice: ")
    assert f"at {place}/b.py:3 and at {place}/a.py:3" in said


def test_an_id_of_ours_names_both_places(folder: Write) -> None:
    said = refused(folder(a=module("identity.first_use", "identity")))
    assert "a.py:3 and at grantwatch/signals/identity.py:" in said


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("import no_such_module_here\n", 1, "cannot be imported: ModuleNotFoundError: No module named"),
        ("x = 1\ndef broken(:\n", 2, "cannot be imported: SyntaxError: "),
        ("x = 1\n\nx = {}['key']\n", 3, "KeyError: 'key'"),
        ("import sys\nsys.exit(0)\n", 2, "cannot be imported: SystemExit: 0"),
        ("def call():\n    raise ValueError('inner')\n\ncall()\n", 2, "ValueError: inner"),
        (module(more="\n    colour='red',"), 3, "a declaration takes id, title, question, group, weight"),
        (module(group="luck", id="luck.mine"), 3, "group 'luck' is not one of approach, identity"),
        (module(id="mine"), 3, "such as 'client.my_signal'"),
        (module(id="network.mine"), 3, "such as 'client.my_signal'"),
        (module(id="client.Mine"), 3, "small letters, digits and _"),
        (module(weight="'heavy'"), 3, "weight is 'heavy'; accepted is a number"),
        (module(weight="float('nan')"), 3, "weight is nan; accepted is a number"),
        (module(weight="-1"), 3, "weight -1 does not fit: it is below 0 in the group favour"),
        (module(weight="0"), 3, "weight 0 does not fit"),
        (module(group="favour", id="favour.mine"), 3, "weight 1.0 does not fit"),
        (module(more="\n    techniques=('T1528'),"), 3, "techniques is 'T1528'; accepted is a tuple"),
        (module(more="\n    techniques=('phishing',),"), 3, "technique 'phishing' is no id of ATT&CK"),
        (module(more="\n    needs=('stream:dreams',),"), 3, "need 'stream:dreams' is not one of stream:interactive"),
        (module(more="\n    entries=(99,),"), 3, "entry 99 is not one of 1 to 35"),
        (module(more="\n    alone='yes',"), 3, "alone is 'yes'; accepted is True or False"),
        ("PAIRS = {}\n", None, "declares no signal; accepted is a function under @signal"),
        (module() + "PAIRS = ['client.mine']\n", None, "PAIRS is not what it must be; accepted is a dict"),
        (module() + "PAIRS = {'client.mine': (lambda: 1,)}\n", None, "two functions or more"),
    ],
)
def test_a_wrong_module_is_named_with_its_line_and_what_is_accepted(
    folder: Write, text: str, line: int | None, told: str
) -> None:
    place = folder(mine=text)
    said = refused(place)
    assert said.startswith(f"{place}/mine.py:{line}: " if line else f"{place}/mine.py: ")
    assert told in said


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_bytes(b"\xff\xfe\x00")
    assert refused(tmp_path).startswith(f"{tmp_path}/mine.py")


def test_a_folder_that_is_none_or_empty(tmp_path: Path) -> None:
    for place in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(UsageError, match="accepted is a folder"):
            load([place])


def test_after_a_failure_the_next_load_starts_anew(folder: Write) -> None:
    place = folder(a=module("client.a"), b="x = }")
    refused(place)
    (place / "b.py").unlink()
    assert [each.id for each in load([place])] == ["client.a"]


def test_another_weight_keeps_everything_else(folder: Write) -> None:
    (mine,) = load([folder(mine=module(body="return self.fired('Fired.', chip='fired')"))])
    other = mine.weighing(2.0)
    answer = other.judge(a_grant().case())
    assert isinstance(answer, Evidence)
    assert (answer.weight, other.id, other.place, mine.weight) == (2.0, mine.id, mine.place, 1.0)
    assert mine.weighing(1.0) is mine


def test_what_a_program_gives_must_be_distinct_too(folder: Write) -> None:
    (mine,) = load([folder(mine=module())])
    assert distinct([mine, registered()[0], mine]) == (mine,)
    (again,) = load([folder(mine=module())])
    with pytest.raises(DeclarationError, match="is declared twice"):
        distinct([mine, again])


def test_the_examples_of_a_module_are_kept(folder: Write) -> None:
    (found,) = modules([folder(mine=module() + "PAIRS = {'client.mine': (lambda: 1, lambda: 2)}\n")])
    assert [make() for make in found.pairs["client.mine"]] == [1, 2]
    assert isinstance(found.signals[0], Signal)
