"""The builders of `grantwatch.testing`, as the tests here call them."""

from __future__ import annotations

from grantwatch.testing import *  # noqa: F403
