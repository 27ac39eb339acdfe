{
    "name": "Fiscal: Checkbox",
    "summary": "Fiscal receipts of Ukraine by Checkbox (checkbox.ua)",
    "version": "19.0.1.1.0",
    "category": "Sales/Point of Sale",
    "author": "Fiscal Suite contributors",
    "license": "LGPL-3",
    "depends": ["fiscal_base"],
    "data": [
        "security/fiscal_checkbox_rules.xml",
        "security/ir.model.access.csv",
        "data/ir_cron.xml",
        "views/fiscal_register_views.xml",
        "views/fiscal_document_views.xml",
    ],
    "assets": {"web.assets_tests": ["fiscal_checkbox/static/tests/tours/**/*"]},
}
