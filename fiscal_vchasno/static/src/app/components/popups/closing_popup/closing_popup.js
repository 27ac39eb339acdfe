import { patch } from "@web/core/utils/patch";
import { ClosePosPopup } from "@point_of_sale/app/components/popups/closing_popup/closing_popup";

patch(ClosePosPopup.prototype, {
    /** Terminals settle with the bank before the session ends. A failure is shown and does not stop the closing. */
    async closeSession() {
        const methods = this.pos.config.payment_method_ids.filter(
            (method) => method.use_payment_terminal === "vchasno" && method.vchasno_settle
        );
        for (const method of methods) {
            await method.payment_terminal.settle(); // one after the other: methods may share a terminal
        }
        return super.closeSession(...arguments);
    },
});
