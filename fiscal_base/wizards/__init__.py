from . import fiscal_decision
