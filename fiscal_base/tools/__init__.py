"""Pure Python used by every addon of the suite. Nothing in this folder imports odoo."""
