"""The accounts file: what it says, and how it is answered where it says something wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from grantwatch.errors import UsageError
from grantwatch.profile.accounts import CLASSES, accounts, read_accounts


def written(folder: Path, text: str) -> Path:
    path = folder / "accounts.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_names_and_ids_are_read_whatever_their_case(tmp_path: Path) -> None:
    text = '# rooms\n"Room-4@Example.com" = "device"\n"3F2A" = "service"\n'
    assert read_accounts(written(tmp_path, text)) == {"room-4@example.com": "device", "3f2a": "service"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('"a@x.example" = "person"\n"b@x.example" = "robot"\n', "accounts.toml:2: 'robot' is no class"),
        ('"a@x.example" = "person"\n"b@x.example" = 4\n', "accounts.toml:2: 'b@x.example' has no class"),
        ('b.x = "device"\n', "accounts.toml:1: 'b' has no class"),
        ('"A@x.example" = "person"\n"a@x.example" = "guest"\n', "accounts.toml:2: 'a@x.example' has two classes"),
        ('a@x.example = "person"\n', "line 1"),
    ],
)
def test_what_is_wrong_is_named_with_its_line_and_what_would_be_right(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(UsageError) as error:
        read_accounts(written(tmp_path, text))
    assert told in str(error.value)
    assert all(kind in str(error.value) for kind in CLASSES) or '= "device"' in str(error.value) or "two" in told


def test_a_file_that_is_not_there_or_no_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.toml: cannot be read"):
        read_accounts(tmp_path / "none.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="no UTF-8 text"):
        read_accounts(tmp_path / "bytes.toml")


def test_a_program_may_state_classes_too() -> None:
    assert accounts({"Room@x": "device"}) == {"room@x": "device"}
    with pytest.raises(UsageError, match="accepted are person, device, service, guest"):
        accounts({"Room@x": "desk"})
