import { patch } from "@web/core/utils/patch";
import { PosOrder } from "@point_of_sale/app/models/pos_order";
import { areDone } from "@fiscal_base/app/fiscal/fiscal_till";

patch(PosOrder.prototype, {
    /**
     * The fiscal receipts of the order: as the register told this till, or as the server has sent them with the order
     * since; for a paid order that the server has not seen yet, that there will be one.
     */
    get fiscalReceipts() {
        const { receipts = [], instead = "" } = this.uiState?.fiscal || {};
        if (receipts.length && (areDone(receipts) || instead === this.loadedFiscalReceipts)) {
            return receipts;
        }
        return this.fiscal_receipts?.length ? this.fiscal_receipts : this.expectedFiscalReceipts;
    },
    /** Keep what the register told until the receipt is done or the server sends something new. */
    noteFiscalReceipts(receipts) {
        this.uiState.fiscal = { receipts, instead: this.loadedFiscalReceipts };
    },
    get loadedFiscalReceipts() {
        return JSON.stringify(this.fiscal_receipts || []);
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
