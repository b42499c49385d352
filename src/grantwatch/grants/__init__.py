"""Reconstruction: from the rows of both tables to grants, each with its legs, its lineage and what followed."""

from grantwatch.grants.reconstruct import Reconstruction, reconstruct

__all__ = ["Reconstruction", "reconstruct"]
