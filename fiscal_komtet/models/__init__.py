from . import fiscal_register
