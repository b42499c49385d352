"""Reconstruction: from the rows of both tables to grants, each with its legs, its lineage and what followed."""

from grantwatch.grants.reconstruct import Reconstruction, Subject, Watch, reconstruct

__all__ = ["Reconstruction", "Subject", "Watch", "reconstruct"]
