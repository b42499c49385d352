"""Honest accounts: one module for each persona, found by itself."""
