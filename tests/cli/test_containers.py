"""Archives, standard input and the temporary folder, in the real program."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import threading
import zipfile
from pathlib import Path

import pytest
from tests.cli.conftest import PROGRAM, Run


def piped(data: bytes, tmp_path: Path, environment: dict[str, str], *more: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*PROGRAM, "hunt", "-", "--format", "json", *more],
        cwd=tmp_path,
        env=environment,
        input=data,
        capture_output=True,
        check=False,
        timeout=60,
    )


def zipped(tmp_path: Path, *files: Path) -> Path:
    path = tmp_path / "logs.Zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for file in files:
            made.write(file, f"export/{file.name}")
    return path


@pytest.mark.parametrize("how", ["plain", "gzip", "zip", "utf-16"])
def test_standard_input_in_any_container(tmp_path: Path, examples: Path, environment: dict[str, str], how: str) -> None:
    data = (examples / "one.json").read_bytes()
    sent = {
        "plain": data,
        "gzip": gzip.compress(data),
        "zip": zipped(tmp_path, examples / "one.json").read_bytes(),
        "utf-16": data.decode().encode("utf-16"),
    }[how]
    done = piped(sent, tmp_path, environment)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["summary"]["records"]["read"] == 100
    name = "standard input" + ("!export/one.json" if how == "zip" else "")
    assert [file["file"] for file in found["summary"]["files"]] == [name]
    assert not any(Path(environment["TMPDIR"]).iterdir())


def test_an_archive_tells_what_the_files_tell(run: Run, tmp_path: Path, examples: Path) -> None:
    path = zipped(tmp_path, *(file for file in sorted(examples.iterdir()) if file.is_file()))
    plain, packed = (json.loads(run("hunt", given, "--format", "json").stdout) for given in (str(examples), str(path)))
    assert packed["summary"]["records"] == plain["summary"]["records"]
    assert [(each["score"], each["reason"]) for each in packed["grants"]] == [
        (each["score"], each["reason"]) for each in plain["grants"]
    ]
    assert "logs.Zip!export/" in json.dumps(packed["grants"][0])


def test_a_temporary_folder_of_ones_own(run: Run, tmp_path: Path, examples: Path) -> None:
    (tmp_path / "it's here").mkdir()
    zipped(tmp_path, examples / "one.json")
    done = run("hunt", "logs.Zip", "--temp-dir", "it's here", "--format", "json", TMPDIR="/nowhere/at/all")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["summary"]["records"]["read"] == 100
    assert not any((tmp_path / "it's here").iterdir())


@pytest.mark.parametrize(
    ("folder", "said"), [("missing", "no such folder"), ("file", "Not a directory"), ("closed", "Permission denied")]
)
def test_a_temporary_folder_that_will_not_do(run: Run, tmp_path: Path, examples: Path, folder: str, said: str) -> None:
    if folder == "closed":
        if os.geteuid() == 0:
            pytest.skip("root may write everywhere")
        (tmp_path / "closed").mkdir(mode=0o500)
    (tmp_path / "file").touch()
    done = run("hunt", examples, "--temp-dir", folder)
    assert done.returncode == 2
    assert f"--temp-dir {folder}: {said}" in done.stderr.decode()
    assert done.stdout == b""


@pytest.mark.parametrize("size", ["lots", "0GB", "-1GB", "12"])
def test_a_limit_that_is_no_size(run: Run, examples: Path, size: str) -> None:
    done = run("hunt", examples, f"--unpack-limit={size}")
    assert done.returncode == 2
    assert b"accepted is a size such as 500MB" in done.stderr


def test_what_is_over_the_limit_names_the_option(run: Run, tmp_path: Path, examples: Path) -> None:
    zipped(tmp_path, examples / "one.json")
    done = run("hunt", "logs.Zip", "--unpack-limit", "1KB")
    assert done.returncode == 3
    assert b"logs.Zip!export/one.json: not unpacked" in done.stderr
    assert b"--unpack-limit" in done.stderr
    assert run("hunt", "logs.Zip", "--unpack-limit", "10MB").returncode == 0


@pytest.mark.parametrize("command", ["hunt", "inspect"])
def test_each_command_takes_an_archive(run: Run, tmp_path: Path, examples: Path, command: str) -> None:
    zipped(tmp_path, examples / "one.json", examples / "three.csv")
    done = run(command, "logs.Zip", "--temp-dir", ".", "--unpack-limit", f"{(examples / 'one.json').stat().st_size}B")
    assert done.returncode == 0, done.stderr
    assert b"three.csv: not unpacked" in done.stdout.replace(b"\n", b" ")
    assert {entry.name for entry in tmp_path.iterdir()} == {"logs.Zip"}


def stopped(program: subprocess.Popen[bytes], environment: dict[str, str], name: str) -> tuple[bytes, bytes]:
    """Send SIGINT as soon as a file or folder of this name is in the temporary folder."""
    spill = Path(environment["TMPDIR"])
    waiting = threading.Event()
    while not any(spill.rglob(name)) and program.poll() is None:
        waiting.wait(0.005)
    program.send_signal(signal.SIGINT)
    try:
        # Not by `communicate` alone, which would close standard input and so end what waits for it.
        program.wait(timeout=60)
    finally:
        program.kill()
        said = program.communicate(timeout=60)
    return said


def test_stopped_while_an_archive_is_unpacked(tmp_path: Path, environment: dict[str, str], examples: Path) -> None:
    with zipfile.ZipFile(tmp_path / "big.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        block = (examples / "one.json").read_bytes() * 10
        for number in range(30):
            made.writestr(f"{number}.json", block)
    program = subprocess.Popen(
        [*PROGRAM, "hunt", "big.zip", "--format", "json", "--output", "out.json"],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    shown, told = stopped(program, environment, "unpacked")
    assert (program.returncode, shown, told) == (130, b"", b"grantwatch: stopped\n")
    assert not any(Path(environment["TMPDIR"]).iterdir())
    assert {entry.name for entry in tmp_path.iterdir()} == {"big.zip"}


def test_stopped_while_it_waits_for_standard_input(tmp_path: Path, environment: dict[str, str]) -> None:
    program = subprocess.Popen(
        [*PROGRAM, "hunt", "-", "--output", "out.txt"],
        cwd=tmp_path,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    shown, told = stopped(program, environment, "standard-input")
    assert (program.returncode, shown, told) == (130, b"", b"grantwatch: stopped\n")
    assert not any(Path(environment["TMPDIR"]).iterdir())
    assert not any(tmp_path.iterdir())


def test_ten_megabytes_of_user_agent_stay_off_the_screen(run: Run, tmp_path: Path, examples: Path) -> None:
    records = json.loads((examples / "one.json").read_text())["value"]
    for record in records:
        record["userAgent"] = "x" * 50_000
    marked = next(record for record in records if record["authenticationProtocol"] == "deviceCode")
    marked["userAgent"] = "x" * 10_000_000
    (tmp_path / "logs.json").write_text(json.dumps(records))
    done = run("hunt", "logs.json", "--all")
    assert done.returncode == 0, done.stderr
    assert b" grant" in done.stdout
    assert b"x" * 2000 not in done.stdout.replace(b"\n", b"").replace(b" ", b"")
    assert len(done.stdout) < 200_000
