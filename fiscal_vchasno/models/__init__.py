from . import (
    fiscal_vchasno_pay_type,
    account_journal,
    fiscal_document,
    fiscal_register,
    fiscal_shift,
    pos_payment,
    pos_payment_method,
)
