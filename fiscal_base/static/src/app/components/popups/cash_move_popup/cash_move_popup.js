import { patch } from "@web/core/utils/patch";
import { uuidv4 } from "@point_of_sale/utils";
import { CashMovePopup } from "@point_of_sale/app/components/popups/cash_move_popup/cash_move_popup";

patch(CashMovePopup.prototype, {
    setup() {
        super.setup(...arguments);
        // identifies this cash move, so that a repeated call counts once
        this.fiscalKey = uuidv4();
    },
    _prepareTryCashInOutPayload(type, amount, reason, partnerId, extras) {
        return super._prepareTryCashInOutPayload(type, amount, reason, partnerId, {
            ...extras,
            fiscal_key: this.fiscalKey,
        });
    },
    async confirm() {
        const result = await super.confirm(...arguments);
        if (this.pos.fiscal.enabled) {
            this.pos.fiscal.drive();
        }
        return result;
    },
});
