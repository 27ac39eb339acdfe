import { patch } from "@web/core/utils/patch";
import { Navbar } from "@point_of_sale/app/components/navbar/navbar";
import { FiscalLight } from "@fiscal_base/app/components/navbar/fiscal_light/fiscal_light";

patch(Navbar, {
    components: { ...Navbar.components, FiscalLight },
});

patch(Navbar.prototype, {
    /** Let the register print its X report and open Odoo's counters in a separate window. */
    async printXReport() {
        const action = await this.pos.data.call("pos.config", "fiscal_x_report", [
            [this.pos.config.id],
        ]);
        if (action.message) {
            this.notification.add(action.message);
            return;
        }
        window.open(action.url, "_blank");
        this.pos.fiscal.drive();
    },
});
