"""Grantwatch: find device code grants in Microsoft Entra ID logs and say which were given to an attacker.

For notebooks and programs:

    import grantwatch

    found = grantwatch.hunt("exports/")           # a Hunt: grants, worst first, incidents, coverage, sums
    found.grants[0].verdict.severity              # a Severity
    grantwatch.tables(found)["evidence"]          # a pyarrow.Table (with the extra `arrow`)
    with grantwatch.logs("exports/") as logs:     # what was read, as Arrow record batches
        logs.sign_ins().read_all()

What a name does not say is in its docstring; docs/python.md has examples that are tested.
"""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from grantwatch.api import Hunt, Logs, hunt, logs, tables

__all__ = ["Hunt", "Logs", "__version__", "hunt", "logs", "tables"]


def __getattr__(name: str) -> Any:
    # Nothing is loaded before it is asked for: the command line needs the version only.
    if name in __all__:
        from grantwatch import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
