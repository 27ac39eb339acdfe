"""Who may call what of this addon; see `fiscal_base/tests/public_methods.py`. It adds nothing that can be called."""

METHODS = {}

ROUTES = {}
