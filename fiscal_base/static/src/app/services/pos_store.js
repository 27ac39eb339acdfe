import { reactive } from "@odoo/owl";
import { patch } from "@web/core/utils/patch";
import { PosStore } from "@point_of_sale/app/services/pos_store";
import { FiscalTill } from "@fiscal_base/app/fiscal/fiscal_till";

patch(PosStore.prototype, {
    async processServerData() {
        await super.processServerData(...arguments);
        this.fiscal = reactive(new FiscalTill(this));
        if (this.fiscal.enabled) {
            this.data.connectWebSocket("FISCAL", (news) => this.fiscal.onNews(news));
            this.fiscal.follow(this.models["pos.order"].filter((order) => order.isSynced));
        }
    },
    postSyncAllOrders(orders) {
        const result = super.postSyncAllOrders(...arguments);
        this.fiscal.follow(orders);
        return result;
    },
    canEditPayment(order) {
        return super.canEditPayment(...arguments) && !order.fiscalReceipts.length;
    },
});
