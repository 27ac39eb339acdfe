import { patch } from "@web/core/utils/patch";
import OrderPaymentValidation from "@point_of_sale/app/utils/order_payment_validation";
import { isOpen } from "@fiscal_vchasno/app/utils/payment/payment_vchasno";

patch(OrderPaymentValidation.prototype, {
    /** Core drops unpaid lines from an order that is paid in full by others, but their card may have been charged. */
    async isOrderValid() {
        const line = this.order.payment_ids.find(isOpen);
        if (line) {
            line.payment_method_id.payment_terminal.alertOpen(line);
            return false;
        }
        return super.isOrderValid(...arguments);
    },
});
