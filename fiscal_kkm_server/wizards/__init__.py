from . import fiscal_kkm_server_choice
