{
    "name": "Fiscal Registers: Contracts",
    "summary": "Contracts in the text of fiscal receipts: name, subjects, first and last day",
    "version": "19.0.1.0.0",
    "category": "Accounting/Accounting",
    "author": "Fiscal Suite contributors",
    "license": "LGPL-3",
    "depends": ["fiscal_base", "contract"],
    "data": ["views/account_payment_views.xml"],
    "auto_install": True,
}
