from . import account_move, account_payment, fiscal_document, fiscal_source, mail_template, pos_order, sale_order
