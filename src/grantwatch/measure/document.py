"""A run as one JSON object. Rates and shares are rounded to six digits; keys are the fields of the dataclasses."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from importlib import resources
from typing import Any, cast

from grantwatch.measure.attacks import MANY_VICTIMS
from grantwatch.measure.degrade import STRETCH_DAYS
from grantwatch.measure.figures import Figures
from grantwatch.measure.rules import Compared, rules, standings
from grantwatch.measure.rules.alerts import TOGETHER
from grantwatch.measure.run import Run, Tenant
from grantwatch.report.document import Json, weights_object
from grantwatch.report.times import iso

__all__ = ["FORMAT", "document", "schema"]

FORMAT = "grantwatch-measure/1"


def document(run: Run, tuned_on: Sequence[int] = ()) -> Json:
    """The run as plain dicts, lists, strings and numbers, in the shape of `schema()`.

    `tuned_on`: seeds that weights were tuned on.
    """
    return {
        "format": FORMAT,
        "generated_by": {"name": "grantwatch", "version": run.version},
        "tuned_on": sorted(tuned_on),
        "method": {
            "alert_hours": TOGETHER.total_seconds() / 3600,
            "many_victims": MANY_VICTIMS,
            "stretch_days": STRETCH_DAYS,
        },
        "tenants": [_tenant(tenant) for tenant in run.tenants],
        "overall": _figures(run.overall),
        "rules": [_compared(each) for each in run.rules],
        "standings": _plain([asdict(each) for each in standings(run.overall.severities, run.rules)]),
        "declared_rules": [
            {
                "id": rule.id,
                "title": rule.title,
                "logic": rule.logic,
                "sources": list(rule.sources),
                "simplified": rule.simplified,
            }
            for rule in rules()
        ],
        "degraded": [
            {
                "step": each.step.id,
                "title": each.step.title,
                "figures": _without_delay(_figures(each.figures, listed=False)),
                "rules": [_compared(rule) for rule in each.rules],
            }
            for each in run.degraded
        ],
    }


def schema() -> Json:
    """The JSON Schema (draft 2020-12) of a document, from the package."""
    text = resources.files("grantwatch.measure").joinpath("measure.schema.json").read_text(encoding="utf-8")
    return cast(Json, json.loads(text))


def _tenant(tenant: Tenant) -> Json:
    truth = tenant.truth
    return {
        "seed": truth.seed,
        "tenant_id": truth.tenant_id,
        "users": truth.users,
        "days": truth.days,
        "start": iso(truth.start),
        "end": iso(truth.end),
        "forms": list(truth.forms),
        "records": tenant.records,
        "weights": weights_object(tenant.weights),
        "figures": _figures(tenant.figures, listed=False),
        "rules": [_compared(each) for each in tenant.rules],
        "standings": _plain([asdict(each) for each in standings(tenant.figures.severities, tenant.rules)]),
    }


def _figures(figures: Figures, *, listed: bool = True) -> Json:
    """`listed`: with the grants that came out wrong, one by one; they stand once, with the figures of all tenants."""
    made: Json = _plain(asdict(figures))
    if not listed:
        del made["missed"], made["false_highs"], made["strays"], made["attacks"]["listed"]
    return made


def _without_delay(figures: Json) -> Json:
    """Time to detect is not measured again with less telemetry."""
    del figures["delay"]
    return figures


def _compared(compared: Compared) -> Json:
    made: Json = _plain(asdict(compared))
    return {**made.pop("figures"), **made}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return round(value, 6) if isinstance(value, float) else value
