{
    "name": "Fiscal: Vchasno.Kasa",
    "summary": "Fiscal receipts on the software registers (пРРО) of Vchasno.Kasa, in the cloud or by Device Manager",
    "version": "19.0.1.1.0",
    "category": "Sales/Point of Sale",
    "author": "Fiscal Suite contributors",
    "license": "LGPL-3",
    "depends": ["fiscal_base"],
    "data": [
        "security/ir.model.access.csv",
        "data/fiscal.tax.code.csv",
        "data/fiscal.vchasno.pay.type.csv",
        "views/fiscal_vchasno_pay_type_views.xml",
        "views/fiscal_register_views.xml",
        "views/pos_payment_method_views.xml",
        "views/account_journal_views.xml",
    ],
    "assets": {
        "point_of_sale._assets_pos": ["fiscal_vchasno/static/src/app/**/*"],
        "web.assets_unit_tests": ["fiscal_vchasno/static/tests/unit/**/*"],
        "web.assets_tests": ["fiscal_vchasno/static/tests/tours/**/*"],
    },
}
