from . import fiscal_kkm_server_setup, fiscal_kkm_server_choice
