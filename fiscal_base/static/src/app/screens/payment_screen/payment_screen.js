import { useEffect } from "@odoo/owl";
import { patch } from "@web/core/utils/patch";
import { PaymentScreen } from "@point_of_sale/app/screens/payment_screen/payment_screen";

/** Milliseconds without a change of the order before the server is asked about it. */
const REST = 300;

patch(PaymentScreen.prototype, {
    setup() {
        super.setup(...arguments);
        useEffect(
            () => {
                const order = this.currentOrder;
                if (!this.pos.fiscal.enabled || !order) {
                    return;
                }
                const timer = setTimeout(() => this.pos.fiscal.check.ask(order), REST);
                return () => clearTimeout(timer);
            },
            () => [
                this.currentOrder?.priceIncl,
                this.currentOrder?.lines.length,
                this.currentOrder?.partner_id?.id,
                ...(this.currentOrder?.payment_ids || []).map(
                    ({ amount, payment_method_id }) => `${payment_method_id.id}:${amount}`
                ),
                this.currentOrder?.payment_ids.length,
            ]
        );
    },
    /** What stands against the receipts of the order, as far as the server has told. */
    get fiscalProblems() {
        return this.pos.fiscal.check.answerFor(this.currentOrder).problems;
    },
    get fiscalWarnings() {
        return this.pos.fiscal.check.answerFor(this.currentOrder).warnings;
    },
    /** A terminal takes the money before the order is validated, so what the register would refuse is refused here. */
    async sendPaymentRequest(line) {
        if (this.asksBeforeCharge) {
            return; // a second press meanwhile would charge twice
        }
        this.asksBeforeCharge = true;
        try {
            if (await this.pos.refuseWithoutReceipt(line.pos_order_id)) {
                return;
            }
        } finally {
            this.asksBeforeCharge = false;
        }
        return super.sendPaymentRequest(...arguments);
    },
});
