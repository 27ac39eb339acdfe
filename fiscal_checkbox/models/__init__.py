from . import (
    fiscal_checkbox_account,
    fiscal_checkbox_form,
    fiscal_document,
    fiscal_register,
    fiscal_register_service,
    fiscal_tax_code,
)
from . import account_tax, fiscal_tax_mapping
