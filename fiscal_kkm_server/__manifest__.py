{
    "name": "Fiscal: KKM Server",
    "summary": "Fiscal receipts on the cash registers behind KKM Server (kkmserver.ru)",
    "version": "19.0.1.1.0",
    "category": "Sales/Point of Sale",
    "author": "Fiscal Suite contributors",
    "license": "LGPL-3",
    "depends": ["fiscal_base"],
    "data": [
        "security/ir.model.access.csv",
        "security/fiscal_kkm_server_rules.xml",
        "data/activity.xml",
        "wizards/fiscal_kkm_server_setup_views.xml",
        "views/fiscal_kkm_server_views.xml",
        "views/fiscal_register_views.xml",
        "views/pos_payment_method_views.xml",
        "views/product_views.xml",
    ],
    "assets": {
        "point_of_sale._assets_pos": [
            "fiscal_kkm_server/static/src/relay/carrier.js",
            "fiscal_kkm_server/static/src/app/**/*",
        ],
        "web.assets_backend": ["fiscal_kkm_server/static/src/relay/**/*"],
        "web.assets_tests": ["fiscal_kkm_server/static/tests/tours/**/*"],
        "web.assets_unit_tests": ["fiscal_kkm_server/static/tests/unit/**/*"],
    },
}
