import { patch } from "@web/core/utils/patch";
import { OrderReceipt } from "@point_of_sale/app/screens/receipt_screen/receipt/order_receipt";
import { FiscalReceipt } from "@fiscal_base/app/screens/receipt_screen/receipt/fiscal_receipt/fiscal_receipt";

patch(OrderReceipt, {
    components: { ...OrderReceipt.components, FiscalReceipt },
});
