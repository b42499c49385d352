"""`--signals`, `--weights` and `grantwatch signals` as a program: what they print, write and exit with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from tests.cli.conftest import Run

from grantwatch.report.document import schema

WORST = "cf30dd25e56f272e"
MINE = """\
from grantwatch.signals import signal

@signal(
    "client.mine", title="Mine", question="Mine?", group="client", weight=2.0, looks_at="this", otherwise="No.",
    needs={needs},
)
def mine(self, case):
    {body}
"""
FIRES = "return self.fired('Mine fired.', chip='mine', records=tuple(leg.ref for leg in case.grant.legs[:1]))"


def rules(tmp_path: Path, body: str = FIRES, needs: str = "()") -> Path:
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "mine.py").write_text(MINE.format(body=body, needs=needs))
    return folder


@pytest.fixture
def own(root: Path) -> Path:
    return root / "examples" / "signals"


def test_an_own_signal_stands_in_every_way_out_with_its_file(run: Run, tmp_path: Path, examples: Path) -> None:
    rules(tmp_path)
    place = "rules/mine.py:3"
    told = json.loads(run("hunt", examples, "--signals", "rules", "--format", "json").stdout)
    Draft202012Validator(schema()).validate(told)
    (declared,) = told["own_signals"]
    assert (declared["signal"], declared["source"]) == ("client.mine", place)
    evidence = [each for each in told["grants"][0]["evidence"] if each["signal"] == "client.mine"]
    assert [each["source"] for each in evidence] == [place]
    assert {each["source"] for each in told["grants"][0]["evidence"]} == {None, place}
    for format_ in ("markdown", "html", "sarif"):
        shown = run("hunt", examples, "--signals", "rules", "--format", format_, "--output", "out")
        assert shown.returncode == 0, shown.stderr
        text = (tmp_path / "out").read_text()
        assert place in text, format_
        assert "Mine fired." in text, format_
    page = run("explain", WORST, examples, "--signals", "rules").stdout.decode()
    assert "client.mine  +2.000" in page
    assert f"an own signal, declared in {place}" in " ".join(page.split())
    explained = json.loads(run("explain", WORST, examples, "--signals", "rules", "--format", "json").stdout)
    Draft202012Validator(schema("explain")).validate(explained)
    assert [each["source"] for each in explained["signals"] if each["source"]] == [place]
    assert explained["score"]["score"] == told["grants"][0]["score"]
    assert explained["score"]["weights"] == told["grants"][0]["weights"]


def test_one_that_is_blind_is_among_the_blind_signals(run: Run, tmp_path: Path, examples: Path) -> None:
    rules(tmp_path, needs="('stream:url_clicks',)")
    told = json.loads(run("hunt", examples, "--signals", "rules", "--format", "json").stdout)
    blind = {each["signal"]: each["source"] for each in told["coverage"]["blind_signals"]}
    assert blind["client.mine"] == "rules/mine.py:3"
    assert set(blind.values()) == {None, "rules/mine.py:3"}
    assert "client.mine (rules/mine.py:3)" in " ".join(
        run("hunt", examples, "--signals", "rules").stdout.decode().split()
    )


def test_one_that_raises_is_told_with_the_grants_and_the_hunt_goes_on(run: Run, tmp_path: Path, examples: Path) -> None:
    rules(tmp_path, body="return case.grant.no_such_field")
    done = run("hunt", examples, "--signals", "rules", "--format", "json")
    told = json.loads(done.stdout)
    plain = json.loads(run("hunt", examples, "--format", "json").stdout)
    assert done.returncode == 0
    assert [each["score"] for each in told["grants"]] == [each["score"] for each in plain["grants"]]
    (said,) = [each for each in told["coverage"]["blind"] if "client.mine" in each]
    assert said.startswith(f"The own signal client.mine (rules/mine.py:3) failed on {len(told['grants'])} grants")
    assert WORST in said
    assert "AttributeError" in said
    assert "rules/mine.py:8" in said
    for grant in told["grants"]:
        why = next(each["why"] for each in grant["not_assessed"] if each["signal"] == "client.mine")
        assert why.startswith("Not assessed: the signal failed: it raised AttributeError")
    shown = " ".join(run("hunt", examples, "--signals", "rules").stdout.decode().split())
    assert "The own signal client.mine (rules/mine.py:3) failed on" in shown


@pytest.mark.parametrize("command", [("hunt",), ("explain", WORST)])
def test_what_is_wrong_is_named_before_anything_is_read(
    run: Run, tmp_path: Path, examples: Path, command: tuple[str, ...]
) -> None:
    rules(tmp_path, needs="('dreams',)")
    (tmp_path / "w.toml").write_text("[default]\nprio = 1\n")
    for option, value, said in (
        ("--signals", "rules", "rules/mine.py:3: signal 'client.mine': need 'dreams' is not one of"),
        ("--signals", "nowhere", "--signals nowhere: is no folder; accepted is"),
        ("--weights", "w.toml", "--weights w.toml:2: 'prio' is no key of default; accepted are"),
    ):
        done = run(*command, examples, option, value)
        assert done.returncode == 2
        assert said in " ".join(done.stderr.decode().split())
        assert done.stdout == b""


def test_an_error_is_harmless_in_a_terminal(run: Run, tmp_path: Path, examples: Path) -> None:
    (tmp_path / "evil").mkdir()
    (tmp_path / "evil" / "a.py").write_text("raise ValueError('\\x1b]0;owned\\x07')\n")
    done = run("hunt", examples, "--signals", "evil")
    assert done.returncode == 2
    assert b"\x1b" not in done.stderr


def test_only_the_option_leads_to_code(run: Run, tmp_path: Path, examples: Path) -> None:
    """A module among the logs, or in the folder where the program runs, is never run."""
    logs = tmp_path / "logs"
    logs.mkdir()
    for place in (logs, tmp_path, tmp_path / "signals"):
        place.mkdir(exist_ok=True)
        (place / "mine.py").write_text("from pathlib import Path\nPath('ran').touch()\n")
    (logs / "one.json").write_bytes((examples / "one.json").read_bytes())
    done = run("hunt", logs, GRANTWATCH_SIGNALS="signals")
    assert done.returncode == 0
    assert not (tmp_path / "ran").exists()


def test_the_next_step_that_is_suggested_has_the_options_that_decide(run: Run, tmp_path: Path, examples: Path) -> None:
    rules(tmp_path)
    (tmp_path / "w.toml").write_text("[default]\nprior = -3.5\n")
    (tmp_path / "who.toml").write_text('"a@b.example" = "person"\n')
    options = ("--signals", "rules", "--weights", "w.toml", "--accounts", "who.toml")
    shown = " ".join(run("hunt", examples, *options).stdout.decode().split())
    assert f"grantwatch explain {WORST[:8]} {examples} --accounts who.toml --signals rules --weights w.toml" in shown


def test_weights_are_named_wherever_a_score_is_taken_apart(run: Run, tmp_path: Path, examples: Path) -> None:
    (tmp_path / "w.toml").write_text("[default]\nprior = -3.5\n")
    told = json.loads(run("hunt", examples, "--weights", "w.toml", "--format", "json").stdout)
    plain = json.loads(run("hunt", examples, "--format", "json").stdout)
    used = {(each["weights"]["name"], each["weights"]["digest"]) for each in told["grants"]}
    before = {(each["weights"]["name"], each["weights"]["digest"]) for each in plain["grants"]}
    assert [name for name, _ in used] == ["w.toml, default"]
    assert [name for name, _ in before] == ["built-in"]
    assert used.isdisjoint(before)
    shown = " ".join(run("explain", WORST, examples, "--weights", "w.toml").stdout.decode().split())
    assert f"weights: w.toml, default, digest {next(iter(used))[1]}" in shown
    assert "-3.500 prior" in shown


def test_the_list_has_every_signal_and_own_ones_with_their_file(run: Run, own: Path) -> None:
    plain = json.loads(run("signals", "list", "--format", "json").stdout)["signals"]
    told = json.loads(run("signals", "list", "--signals", own, "--format", "json").stdout)["signals"]
    assert told[:-1] == plain
    assert told[-1]["source"] == f"{own}/gateway.py:10"
    shown = run("signals", "list", "--signals", own, COLUMNS="80").stdout.decode()
    assert f"{len(told)} signals, 1 of them your own" in shown
    assert all(each["signal"] in shown for each in told)
    assert max(map(len, shown.splitlines())) <= 80


def test_a_check_that_holds_and_one_that_does_not(run: Run, tmp_path: Path, own: Path) -> None:
    good = run("signals", "check", own)
    assert (good.returncode, good.stderr) == (0, b"")
    assert good.stdout.decode().splitlines()[-1] == "1 own signal checked, all hold"
    rules(tmp_path, body="return None", needs="('field:asn',)")
    bad = run("signals", "check", "rules")
    said = bad.stdout.decode()
    assert bad.returncode == 1
    assert "rules/mine.py:3: client.mine: 5 faults" in said
    for what in ("No gaps", "No techniques", "No false positives", "next to nothing", "no examples"):
        assert what in said
    assert said.splitlines()[-1] == "1 own signal checked, 1 not as it must be"


@pytest.mark.parametrize(
    ("pairs", "told"),
    [
        ("{'client.mine': (fires, fires)}", "Grant 2 is a look-alike"),
        ("{'client.mine': (silent, silent)}", "The first of its grants does not fire it: it did not fire: No."),
        ("{'client.mine': (fires, broken)}", "the grant cannot be made: ZeroDivisionError"),
        ("{'client.mine': (fires, lambda: 3)}", "the function answered int; accepted is what a_grant(…) builds"),
        ("{'client.mine': (fires, silent), 'client.other': (fires, silent)}", "which this module does not declare"),
    ],
)
def test_examples_must_hold(run: Run, tmp_path: Path, pairs: str, told: str) -> None:
    folder = rules(tmp_path, body="return self.not_fired() if case.grant.user.upn[0] == 'b' else " + FIRES[7:])
    with (folder / "mine.py").open("a") as out:
        out.write(
            "\nfrom grantwatch.testing import a_grant\nfires = lambda: a_grant().approved()\n"
            f"silent = lambda: a_grant('bob').approved()\nbroken = lambda: 1 / 0\nPAIRS = {pairs}\n"
        )
    done = run("signals", "check", "rules", PYTHONWARNINGS="error")
    assert done.returncode == 1
    assert told in done.stdout.decode()


def test_signals_of_a_lab_run_count_in_its_figures(run: Run, tmp_path: Path) -> None:
    rules(tmp_path, body="return " + FIRES[7:])
    run("lab", "simulate", "--users", "20", "--days", "7", "--seed", "3", "--out", "lab")
    (tmp_path / "w.toml").write_text("[default]\nprior = 3\n")
    plain = json.loads(run("lab", "evaluate", "lab", "--format", "json").stdout)["overall"]
    own = json.loads(run("lab", "evaluate", "lab", "--signals", "rules", "--format", "json").stdout)["overall"]
    heavy = json.loads(run("lab", "evaluate", "lab", "--weights", "w.toml", "--format", "json").stdout)["overall"]
    assert plain != own
    assert plain != heavy
