{
    "name": "Fiscal: Komtet Kassa",
    "summary": "Fiscal receipts on the cash registers behind Komtet Kassa (kassa.komtet.ru)",
    "version": "19.0.1.1.0",
    "category": "Sales/Point of Sale",
    "author": "Fiscal Suite contributors",
    "license": "LGPL-3",
    "depends": ["fiscal_base"],
    "data": ["views/fiscal_register_views.xml"],
    "assets": {
        "point_of_sale._assets_pos": ["fiscal_komtet/static/src/app/**/*"],
        "web.assets_tests": ["fiscal_komtet/static/tests/tours/**/*"],
        "web.assets_unit_tests": ["fiscal_komtet/static/tests/unit/**/*"],
    },
}
