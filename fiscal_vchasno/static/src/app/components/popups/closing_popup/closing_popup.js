import { patch } from "@web/core/utils/patch";
import { ClosePosPopup } from "@point_of_sale/app/components/popups/closing_popup/closing_popup";

patch(ClosePosPopup.prototype, {
    /** Terminals settle with the bank before the session ends. Trouble there is told and stops nothing. */
    async closeSession() {
        const methods = this.pos.config.payment_method_ids.filter(
            (method) => method.use_payment_terminal === "vchasno" && method.vchasno_settle
        );
        await Promise.all(methods.map((method) => method.payment_terminal.settle()));
        return super.closeSession(...arguments);
    },
});
