import { patch } from "@web/core/utils/patch";
import { ReceiptScreen } from "@point_of_sale/app/screens/receipt_screen/receipt_screen";
import { FiscalNotice } from "@fiscal_base/app/screens/receipt_screen/fiscal_notice/fiscal_notice";

patch(ReceiptScreen, {
    components: { ...ReceiptScreen.components, FiscalNotice },
});
