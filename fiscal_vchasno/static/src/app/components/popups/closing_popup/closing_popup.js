import { patch } from "@web/core/utils/patch";
import { ClosePosPopup } from "@point_of_sale/app/components/popups/closing_popup/closing_popup";

patch(ClosePosPopup.prototype, {
    /** Terminals settle with the bank before the session ends. Trouble there is told and stops nothing. */
    async closeSession() {
        const methods = this.pos.config.payment_method_ids.filter(
            (method) => method.use_payment_terminal === "vchasno" && method.vchasno_settle
        );
        for (const method of methods) {
            await method.payment_terminal.settle(); // one terminal may serve several, and does one thing at a time
        }
        return super.closeSession(...arguments);
    },
});
