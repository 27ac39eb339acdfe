from . import test_operation, test_sale_order
