"""The inventory, a proposal and a check as JSON: `grantwatch-usage/1`, described by `usage.schema.json`."""

from __future__ import annotations

from grantwatch import __version__, knowledge
from grantwatch.allowances import Allowance
from grantwatch.grants.model import Named, User
from grantwatch.report.document import Json, coverage_object, encoded, iso
from grantwatch.report.usage.model import Told
from grantwatch.usage import Account, Attempts, Inventory, KeptOut, Line, Place, Proposal, Span, Use, UsedDevice
from grantwatch.usage.compare import Checked, Compared, Gap, Standing

__all__ = ["FORMAT", "document", "dumps"]

FORMAT = "grantwatch-usage/1"


def document(told: Told) -> Json:
    """All of it as plain dicts, lists, strings and numbers, in the shape of `schema("usage")`.

    Times and log text as in the document of a hunt.
    """
    return {
        "format": FORMAT,
        "generated_by": {"name": "grantwatch", "version": __version__},
        "inventory": _inventory(told.inventory) if told.inventory else None,
        "proposal": _proposal(told.proposal) if told.proposal else None,
        "check": _check(told.checked) if told.checked else None,
    }


def dumps(told: Told) -> bytes:
    """`document(told)` as UTF-8 JSON, harmless in a terminal."""
    return encoded(document(told))


def _inventory(made: Inventory) -> Json:
    return {
        "start": iso(made.start),
        "end": iso(made.end),
        "stale_days": made.stale_days,
        "grants": {
            "honest": len(made.honest),
            "kept_out": len(made.kept_out),
            "attempts": sum(each.blocked + each.abandoned for each in made.attempts),
        },
        "accounts": [_account(account) for account in made.accounts],
        "kept_out": [_kept_out(each) for each in made.kept_out],
        "included": list(made.included),
        "attempts": [_attempts(each) for each in made.attempts],
        "not_assessed": list(made.not_assessed),
        "coverage": coverage_object(made.hunt.coverage, made.hunt.blind_signals),
    }


def _account(account: Account) -> Json:
    return {
        "user": _user(account.user),
        "class": account.kind,
        "why": account.why,
        "stated": account.stated,
        **_span(account.span),
        "stale": account.stale,
        "uses": [_use(use) for use in account.uses],
    }


def _use(use: Use) -> Json:
    return {
        "client": _client(use.client),
        "resource": _named(use.resource),
        **_span(use.span),
        "stale": use.stale,
        "networks": [_place(place) for place in use.places],
        "without_network": use.unplaced,
        "devices": [_device(device) for device in use.devices],
        "without_device": use.unnamed_device,
        "without_token": use.unredeemed,
        "reached": [_named(named) for named in use.reached],
        "grant_ids": list(use.grant_ids),
    }


def _span(span: Span) -> Json:
    return {"grants": span.count, "days": span.days, "first": iso(span.first), "last": iso(span.last)}


def _place(place: Place) -> Json:
    network = place.network
    mark = knowledge.network(network.asn)
    return {
        "prefix": network.prefix,
        "asn": network.asn,
        "country": network.country,
        "name": mark.name if mark else None,
        "kind": mark.kind if mark else None,
        **_span(place.span),
    }


def _device(used: UsedDevice) -> Json:
    device = used.device
    return {
        "id": device.id,
        "name": device.name,
        "os": device.os,
        "trust": device.trust,
        "managed": device.managed,
        "compliant": device.compliant,
        **_span(used.span),
    }


def _kept_out(each: KeptOut) -> Json:
    grant, verdict = each.judged.grant, each.judged.verdict
    return {
        "grant_id": grant.grant_id,
        "user": _user(grant.user),
        "class": each.kind,
        "client": _client(grant.client),
        "resource": _named(grant.resource),
        "started_at": iso(grant.started_at),
        "outcome": grant.outcome.value,
        "score": verdict.score,
        "severity": verdict.severity.label,
        "why": each.why,
        "reason": verdict.reason,
    }


def _attempts(each: Attempts) -> Json:
    return {
        "user": _user(each.user),
        "class": each.kind,
        "blocked": each.blocked,
        "abandoned": each.abandoned,
        "first": iso(each.first),
        "last": iso(each.last),
        "clients": [_client(client) for client in each.clients],
    }


def _proposal(proposal: Proposal) -> Json:
    return {
        "accounts": proposal.accounts,
        "allowances": [_line(line) for line in proposal.lines],
        "left": [each.grant.grant_id for each in proposal.left],
    }


def _line(line: Line) -> Json:
    exposure = line.exposure
    return {
        **_allowance(line.allowance),
        **_span(line.span),
        "grant_ids": list(line.grant_ids),
        "users": list(line.users),
        "exposure": {
            "ways": exposure.ways,
            "seen": exposure.seen,
            "opened": exposure.opened,
            "accounts": exposure.accounts,
            "clients": exposure.clients,
            "resources": exposure.resources,
            "networks": exposure.networks,
            "whole_class": exposure.whole_class,
            "whole_providers": list(exposure.providers),
        },
        "suspects": list(line.suspects),
    }


def _allowance(allowance: Allowance) -> Json:
    networks = allowance.networks
    said = [*map(str, networks.ranges), *(f"AS{asn}" for asn in networks.asns), *networks.countries]
    return {
        "id": allowance.id,
        "subject": {
            "user": list(allowance.subject.users),
            "group": list(allowance.subject.groups),
            "class": list(allowance.subject.classes),
        },
        "client": list(allowance.clients) or ["any"],
        "resource": list(allowance.resources) or ["any"],
        "network": said or ["any"],
        "owner": allowance.owner,
        "reason": allowance.reason,
        "expires": allowance.expires.isoformat(),
    }


def _check(checked: Checked) -> Json:
    return {
        "file": checked.file,
        "allowances": len(checked.allowances.allowances),
        "findings": [
            {"level": each.level, "line": each.line, "column": each.column, "text": each.text}
            for each in checked.findings
        ],
        "compared": _compared(checked.compared) if checked.compared else None,
    }


def _compared(compared: Compared) -> Json:
    return {
        "today": compared.today.isoformat(),
        "honest": compared.honest,
        "covered": compared.covered,
        "allowances": [_standing(each) for each in compared.standings],
        "gaps": [_gap(each) for each in compared.gaps],
    }


def _standing(each: Standing) -> Json:
    return {
        "id": each.allowance.id,
        "state": each.state.value,
        "line": each.allowance.line,
        "grants": each.grants,
        "users": list(each.users),
        "last": iso(each.last),
        "alone": each.alone,
        "alone_users": list(each.alone_users),
        "suspects": list(each.suspects),
    }


def _gap(gap: Gap) -> Json:
    return {
        "user": gap.user,
        "client": gap.client,
        "first": iso(gap.first),
        "last": iso(gap.last),
        "grant_ids": list(gap.grant_ids),
        "nearest": gap.nearest,
        "state": gap.state.value if gap.state else None,
        "differs": list(gap.differs),
    }


def _user(user: User) -> Json:
    return {"id": user.id, "upn": user.upn}


def _named(named: Named) -> Json:
    return {"id": named.id, "name": named.name}


def _client(named: Named) -> Json:
    """As the log calls it, and by its known name."""
    known = knowledge.client(named.id)
    return {"id": named.id, "name": named.name, "known_as": known.name if known else None}
