"""Every entry of the detection catalogue is covered by a signal, or says what else covers it."""

from __future__ import annotations

import pytest

from grantwatch.errors import DeclarationError
from grantwatch.signals import registered, signal
from grantwatch.signals.catalogue import Entry, catalogue, covering

OF_NO_ENTRY = {"identity.odd_hour"}


@pytest.mark.parametrize("entry", catalogue(), ids=lambda entry: str(entry.number))
def test_every_entry_is_covered(entry: Entry) -> None:
    assert entry.title
    assert covering(entry.number) or entry.elsewhere
    if entry.elsewhere:
        assert entry.elsewhere.endswith(".")


def test_every_signal_covers_an_entry() -> None:
    without = {each.id for each in registered() if not each.entries and each.group != "favour"}
    assert without == OF_NO_ENTRY


@pytest.mark.parametrize("entry", [0, 36])
def test_an_entry_that_does_not_exist_is_refused(entry: int) -> None:
    with pytest.raises(DeclarationError, match=f"entry {entry} is not one of 1 to 35"):
        signal(
            "token.entry", title="t", question="q?", group="token", weight=1, looks_at="x", otherwise="No.",
            entries=(entry,),
        )(lambda self, _: self.not_fired())  # fmt: skip
