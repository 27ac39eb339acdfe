import { patch } from "@web/core/utils/patch";
import { FiscalTill } from "@fiscal_base/app/fiscal/fiscal_till";

patch(FiscalTill.prototype, {
    /** Nobody but this browser brings the closing of the shift to a KKM Server on its own computer. */
    async shiftReport(id) {
        if (this.pos.config._kkm_server_beside) {
            await this.drive();
        }
        return super.shiftReport(id);
    },
});
