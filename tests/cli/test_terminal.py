"""On a terminal: colours where they are wanted, a progress line that goes away, and Ctrl-C that leaves nothing."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from tests.cli.conftest import PROGRAM

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo terminal")


def on_terminal(arguments: list[str], environment: dict[str, str], cwd: Path) -> tuple[int, str]:
    """Exit code and everything that a terminal would get from the program."""
    ours, theirs = pty.openpty()
    program = subprocess.Popen(
        [*PROGRAM, *arguments], cwd=cwd, env=environment, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    got = bytearray()
    while True:
        try:
            part = os.read(ours, 65_536)
        except OSError:
            break
        if not part:
            break
        got += part
    os.close(ours)
    return program.wait(timeout=60), got.decode()


def test_colours_and_progress(examples: Path, tmp_path: Path, environment: dict[str, str]) -> None:
    code, shown = on_terminal(["hunt", str(examples)], environment | {"TERM": "xterm-256color"}, tmp_path)
    assert code == 0
    before, _, after = shown.partition("Grantwatch ")
    assert "reading" in before
    assert "\x1b[2K" in before, "the progress line is erased"
    assert "\x1b[1;37;41mCRITICAL" in after


@pytest.mark.parametrize("variable", [{"NO_COLOR": "1", "TERM": "xterm-256color"}, {"TERM": "dumb"}])
def test_plain_where_colours_are_not_wanted(
    examples: Path, tmp_path: Path, environment: dict[str, str], variable: dict[str, str]
) -> None:
    code, shown = on_terminal(["hunt", str(examples)], environment | variable, tmp_path)
    assert code == 0
    assert "\x1b" not in shown[shown.index("37 grants") :]
    assert "CRITICAL" in shown


@pytest.mark.parametrize("command", [["inspect"], ["explain", "cf30"]])
def test_other_commands_have_colours_too_and_none_where_they_are_not_wanted(
    examples: Path, tmp_path: Path, environment: dict[str, str], command: list[str]
) -> None:
    asked = [*command, str(examples)]
    code, shown = on_terminal(asked, environment | {"TERM": "xterm-256color"}, tmp_path)
    assert code == 0
    assert "\x1b[1m" in shown.partition("Grantwatch ")[2]
    code, shown = on_terminal(asked, environment | {"TERM": "xterm-256color", "NO_COLOR": "1"}, tmp_path)
    assert code == 0
    assert "\x1b" not in shown.partition("Grantwatch ")[2]


def test_a_page_is_not_poured_into_a_terminal(examples: Path, tmp_path: Path, environment: dict[str, str]) -> None:
    code, shown = on_terminal(["hunt", str(examples), "--format", "html"], environment, tmp_path)
    assert code == 2
    assert "add --output report.html" in shown


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_stopped_in_the_middle(
    tmp_path: Path, environment: dict[str, str], examples: Path, number: signal.Signals, code: int
) -> None:
    """The signal comes as soon as the read has made its temporary folder; the file is too long to be over by then."""
    records = json.loads((examples / "one.json").read_text())["value"]
    lines = "".join(json.dumps(record) + "\n" for record in records)
    with (tmp_path / "big.ndjson").open("w") as big:
        for _ in range(100):
            big.write(lines)
    program = subprocess.Popen(
        [*PROGRAM, "hunt", "big.ndjson", "--format", "json", "--output", "out.json"],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    spill = Path(environment["TMPDIR"])
    waiting = threading.Event()
    while not any(spill.iterdir()) and program.poll() is None:
        waiting.wait(0.005)
    program.send_signal(number)
    shown, told = program.communicate(timeout=60)
    assert program.returncode == code, told
    assert shown == b""
    assert told == b"grantwatch: stopped\n"
    assert not any(spill.iterdir())
    assert {entry.name for entry in tmp_path.iterdir()} == {"big.ndjson"}
