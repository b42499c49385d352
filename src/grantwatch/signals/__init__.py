"""Named reasons to think a grant good or bad. Importing this room declares every signal."""

from __future__ import annotations

from grantwatch.signals import (
    agents,
    approach,
    attempt,
    client,
    collection,
    deeds,
    devices,
    favour,
    files,
    identity,
    mail,
    network,
    parties,
    persistence,
    policy,
    posture,
    privilege,
    recon,
    residual,
    token,
    travel,
)
from grantwatch.signals.account import AccountClass, account_class, at_its_site, client_kind, device_account
from grantwatch.signals.after import SURE_TIES
from grantwatch.signals.client import without_code
from grantwatch.signals.network import rented
from grantwatch.signals.prevalence import rarity
from grantwatch.signals.signal import (
    GROUPS,
    NEEDS,
    Answer,
    Case,
    Evidence,
    Factor,
    NotAssessed,
    NotFired,
    Scale,
    Signal,
    registered,
    signal,
)
from grantwatch.signals.view import lacking, why_blind

__all__ = [
    "GROUPS",
    "NEEDS",
    "SURE_TIES",
    "AccountClass",
    "Answer",
    "Case",
    "Evidence",
    "Factor",
    "NotAssessed",
    "NotFired",
    "Scale",
    "Signal",
    "account_class",
    "at_its_site",
    "client_kind",
    "device_account",
    "lacking",
    "rarity",
    "registered",
    "rented",
    "signal",
    "why_blind",
    "without_code",
]

# Importing a theme declares its signals; `registered()` lists them.
THEMES = (
    approach,
    identity,
    network,
    parties,
    travel,
    deeds,
    client,
    token,
    agents,
    residual,
    privilege,
    persistence,
    devices,
    policy,
    collection,
    mail,
    files,
    recon,
    attempt,
    posture,
    favour,
)
