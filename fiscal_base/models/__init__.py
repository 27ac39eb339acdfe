"""One folder for each concern. Classes of one model override each other in the order of these imports."""

from .register import secret
from .document import row
from .accounting import source
from .register import address
from .accounting import (
    account_bank_statement_line,
    account_journal,
    account_move,
    account_move_covered,
    account_move_noted,
    account_move_send,
    account_payment,
    account_payment_text,
    account_payment_online,
)
from .document import (
    attempt,
    document,
    left_to_return,
    line,
    draft,
    cashier_book,
    payment,
    prepayment,
    comparison,
    accounting_link,
    taken_back,
    receipt_file,
    book_payments,
    rights,
)
from .register import (
    register,
    backup,
    demo,
    receipt_text,
    lane,
    outbox,
    payments,
    registered,
    relay,
    restored,
    delivery,
    shift_keeping,
    watch,
    shift,
    tax_code,
    tax_mapping,
)
from .other import hr_employee, mail_activity
from .reading import document as composed, register as rules
from .pos import pos_config, pos_order, marking_code, pos_payment_method, pos_session, pos_session_unpaid
from .reading import pos_order_check
from .other import product_template, res_company, res_config_settings, res_partner, res_users, uom_uom
from .register import frozen_request, identity
