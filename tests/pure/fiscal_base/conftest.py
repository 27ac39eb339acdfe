"""No time limit for a single example: the machine may be busy."""

from hypothesis import settings

settings.register_profile("fiscal_base", deadline=None)
settings.load_profile("fiscal_base")
