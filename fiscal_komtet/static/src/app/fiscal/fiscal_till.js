import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";
import { FiscalTill } from "@fiscal_base/app/fiscal/fiscal_till";

patch(FiscalTill.prototype, {
    /** A receipt of a sale on the Internet is sent to the customer, so the address is required before the payment. */
    problems(order) {
        const problems = super.problems(...arguments);
        if (this.register?.needs_contact && !hasContact(order)) {
            problems.push(
                _t(
                    "The receipt goes to the customer: choose a customer with an e-mail address or a Russian phone number."
                )
            );
        }
        return problems;
    },
});

function hasContact(order) {
    const { email, phone } = order.partner_id || {};
    const digits = (phone || "").replace(/[\s()./–-]/g, "");
    return /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(email || "") || /^(\+7|7|8|)\d{10}$/.test(digits);
}
