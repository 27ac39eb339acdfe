{
    "name": "Fiscal chaos",
    "summary": "Faults inside Odoo's own processes, for tests/chaos. Loaded with --load, never installed.",
    "version": "19.0.1.0.0",
    "author": "Fiscal Suite contributors",
    "license": "LGPL-3",
    "depends": ["fiscal_base"],
    "installable": False,
    "post_load": "post_load",
}
