import { patch } from "@web/core/utils/patch";
import { PosStore } from "@point_of_sale/app/services/pos_store";
import { isOpen } from "@fiscal_vchasno/app/utils/payment/payment_vchasno";

patch(PosStore.prototype, {
    /** An order for which a card may have been charged cannot be deleted until that is cleared up. */
    async _onBeforeDeleteOrder(order) {
        const line = order.payment_ids.find(isOpen);
        if (line) {
            line.payment_method_id.payment_terminal.alertOpen(line);
            return false;
        }
        return super._onBeforeDeleteOrder(...arguments);
    },
});
