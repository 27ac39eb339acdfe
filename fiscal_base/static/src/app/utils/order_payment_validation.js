import { ConnectionLostError } from "@web/core/network/rpc";
import { patch } from "@web/core/utils/patch";
import OrderPaymentValidation from "@point_of_sale/app/utils/order_payment_validation";

patch(OrderPaymentValidation.prototype, {
    /** Refuse before the payment what the register would refuse afterwards. */
    async isOrderValid(isForceValidate) {
        if (await this.pos.refuseWithoutReceipt(this.order)) {
            return false;
        }
        return super.isOrderValid(...arguments);
    },

    /** Only automatic printing waits for the register, in the background and for a bounded time. */
    async afterOrderValidation() {
        return this.pos.fiscal.holdPrinting(this.order, () =>
            super.afterOrderValidation(...arguments)
        );
    },

    /**
     * A sale that did not reach the server is sent as soon as the server answers again, not only with the next sale:
     * its receipt has to be registered.
     */
    handleValidationError(error) {
        const result = super.handleValidationError(...arguments);
        if (error instanceof ConnectionLostError && this.pos.fiscal.enabled) {
            this.pos.data.checkConnectivity();
        }
        return result;
    },
});
