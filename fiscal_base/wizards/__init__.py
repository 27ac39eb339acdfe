from . import fiscal_dialog, account_payment_register, fiscal_contact, fiscal_decision, fiscal_fiscalize
