import { patch } from "@web/core/utils/patch";
import { PaymentScreen } from "@point_of_sale/app/screens/payment_screen/payment_screen";
import { isOpen } from "@fiscal_vchasno/app/utils/payment/payment_vchasno";

patch(PaymentScreen.prototype, {
    /** After “Force cancel” core would delete the line without regard to the terminal. */
    deletePaymentLine(uuid) {
        const line = this.paymentLines.find((payment) => payment.uuid === uuid);
        if (!isOpen(line)) {
            return super.deletePaymentLine(...arguments);
        }
        if (line.getPaymentStatus() === "retry") {
            line.setPaymentStatus("waitingCard"); // with “Cancel” and “Force done”
        }
        line.payment_method_id.payment_terminal.alertOpen(line);
    },
});
