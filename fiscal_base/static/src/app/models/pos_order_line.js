import { patch } from "@web/core/utils/patch";
import { PosOrderline } from "@point_of_sale/app/models/pos_order_line";

patch(PosOrderline.prototype, {
    get fiscalNeedsMarkingCode() {
        return Boolean(this.config?._fiscal_register && this.product_id?.fiscal_marking_required);
    },
    /** Marked goods are sold piece by piece: each line is one piece with its code. */
    get fiscalLacksMarkingCode() {
        return this.fiscalNeedsMarkingCode && (!this.fiscal_marking_code || this.qty !== 1);
    },
    /** One piece that is sold and whose code has not been scanned yet, or was refused. */
    get fiscalAwaitsMarkingCode() {
        const isSold = !this.refunded_orderline_id && this.qty === 1 && this.price_unit > 0;
        return isSold && !this.order_id.finalized && this.fiscalLacksMarkingCode;
    },
    canBeMergedWith(orderline) {
        return !this.fiscalNeedsMarkingCode && super.canBeMergedWith(...arguments);
    },
});
