from . import fiscal_attempt, fiscal_register
