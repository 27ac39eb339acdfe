{
    "name": "Fiscal: Shtrih-M on a cable or in the network",
    "summary": "Fiscal receipts on registers of Shtrih-M and RR-Electro, by cable or TCP, no program between",
    "version": "19.0.1.0.0",
    "category": "Sales/Point of Sale",
    "author": "Fiscal Suite contributors",
    "license": "LGPL-3",
    "depends": ["fiscal_base"],
    "external_dependencies": {"python": ["pyserial"]},
    "data": [
        "security/ir.model.access.csv",
        "views/fiscal_register_views.xml",
    ],
    "assets": {
        "web.assets_backend": ["fiscal_shtrih/static/src/backend/**/*"],
        "web.assets_tests": ["fiscal_shtrih/static/tests/tours/**/*"],
    },
}
