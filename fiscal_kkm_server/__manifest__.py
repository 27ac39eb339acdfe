{
    "name": "Fiscal: KKM Server",
    "summary": "Fiscal receipts on the cash registers behind KKM Server (kkmserver.ru)",
    "version": "19.0.1.0.0",
    "category": "Sales/Point of Sale",
    "author": "Fiscal Suite contributors",
    "license": "LGPL-3",
    "depends": ["fiscal_base"],
    "data": [
        "security/ir.model.access.csv",
        "wizards/fiscal_kkm_server_choice_views.xml",
        "views/fiscal_register_views.xml",
    ],
}
