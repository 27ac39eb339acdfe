import { patch } from "@web/core/utils/patch";
import { PosOrder } from "@point_of_sale/app/models/pos_order";
import { areFinal } from "@fiscal_base/app/fiscal/fiscal_till";

patch(PosOrder.prototype, {
    /**
     * The fiscal receipts of the order, newest knowledge first: what the register told this till, what came with the
     * order from the server, and for a paid order that the server has not seen yet, that there will be one.
     */
    get fiscalReceipts() {
        const told = this.uiState?.fiscalReceipts || [];
        const loaded = this.fiscal_receipts || [];
        if (areFinal(told) || !loaded.length) {
            return told.length ? told : this.expectedFiscalReceipts;
        }
        return areFinal(loaded) || !told.length ? loaded : told;
    },
    get expectedFiscalReceipts() {
        const register = this.config?._fiscal_register;
        const paid = this.payment_ids.some((payment) => payment.amount);
        if (!register || !this.finalized || this.state === "cancel" || !paid || this.isSynced) {
            return [];
        }
        const operation = this.priceIncl < 0 ? "sale_return" : "sale";
        return [{ state: "queued", operation, register: register.name, test: register.test }];
    },
});
