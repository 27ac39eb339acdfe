import { patch } from "@web/core/utils/patch";
import { PosPaymentMethod } from "@point_of_sale/../tests/unit/data/pos_payment_method.data";

patch(PosPaymentMethod.prototype, {
    _load_pos_data_fields() {
        return [
            ...super._load_pos_data_fields(),
            "vchasno_terminal",
            "vchasno_terminal_url",
            "vchasno_merchant",
            "vchasno_settle",
        ];
    },
});
