{
    "name": "Fiscal: Sales Orders",
    "summary": "Fiscal receipts of sales orders and of their payments, also online",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "Fiscal Suite contributors",
    "license": "LGPL-3",
    "depends": ["fiscal_base", "sale"],
    "data": ["views/sale_order_views.xml"],
    "auto_install": True,
}
