from . import fiscal_kkm_server, fiscal_kkm_server_task
from . import (
    fiscal_register,
    fiscal_register_by_hand,
    fiscal_register_known,
    fiscal_document,
    fiscal_document_line,
    product,
)
from . import pos_config, pos_payment_method
