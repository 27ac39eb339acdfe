import { reactive } from "@odoo/owl";
import { AlertDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";
import { PosStore } from "@point_of_sale/app/services/pos_store";
import { makeAwaitable } from "@point_of_sale/app/utils/make_awaitable_dialog";
import { MarkingCodePopup } from "@fiscal_base/app/components/popups/marking_code_popup/marking_code_popup";
import { FiscalTill } from "@fiscal_base/app/fiscal/fiscal_till";
import { refusalOf } from "@fiscal_base/app/fiscal/marking_refusal";
import { serializeError } from "@fiscal_base/app/fiscal/serialize_error";

patch(PosStore.prototype, {
    async processServerData() {
        await super.processServerData(...arguments);
        this.fiscal = reactive(new FiscalTill(this));
        if (this.fiscal.enabled) {
            this.data.connectWebSocket("FISCAL", (news) => this.fiscal.onNews(news));
            const orders = this.models["pos.order"];
            orders.addEventListener("create", ({ ids }) =>
                this.fiscal.resume(orders.readMany(ids))
            );
            this.fiscal.resume(orders.getAll()) || this.fiscal.takeUp();
        }
    },
    postSyncAllOrders(orders) {
        const result = super.postSyncAllOrders(...arguments);
        this.fiscal.follow(orders);
        return result;
    },
    /** Ask for the marking code if the product carries one; a line without it is reported at payment. */
    async addLineToOrder(vals, order, opts, configure = true) {
        const line = await super.addLineToOrder(...arguments);
        if (configure && line?.fiscalLacksMarkingCode && !line.refunded_orderline_id) {
            await this.scanMarkingCode(line);
        }
        return line;
    },
    /** No payment is taken for an order that another device has paid. */
    async pay() {
        const made = this.fiscal.madeElsewhere(this.getOrder());
        if (made) {
            this.dialog.add(AlertDialog, { title: _t("This order is paid"), body: made });
            return;
        }
        return super.pay(...arguments);
    },
    /**
     * Ask for the marking code of the piece on `line`.
     *
     * @returns whether one was scanned
     */
    async scanMarkingCode(line) {
        const code = await makeAwaitable(this.dialog, MarkingCodePopup, {
            product: line.getFullProductName(),
            refuse: (code) => refusalOf(code, line, this.models["pos.order"].getAll()),
        });
        if (code) {
            line.fiscal_marking_code = code;
            this.onMarkingCodeScanned(line);
        }
        return Boolean(code);
    },
    /** For the addons of registers that can ask about a code before the payment. */
    onMarkingCodeScanned(line) {},
    /** Ask for each code that `order` lacks, until the cashier leaves one out. */
    async scanMissingMarkingCodes(order) {
        for (const line of order.lines.filter((line) => line.fiscalAwaitsMarkingCode)) {
            if (!(await this.scanMarkingCode(line))) {
                return;
            }
        }
    },
    /**
     * Say what stands against the receipts of `order`, after asking for the codes that it lacks.
     *
     * @returns whether no receipt can be made, so that no money may be taken
     */
    async refuseWithoutReceipt(order) {
        await this.scanMissingMarkingCodes(order);
        let problems = this.fiscal.problems(order);
        if (this.fiscal.enabled && !problems.length) {
            problems = await this.fiscal.check.problems(order);
        }
        if (problems.length) {
            this.dialog.add(AlertDialog, {
                title: _t("No receipt can be made"),
                body: problems.join("\n\n"),
            });
        }
        return problems.length > 0;
    },
    canEditPayment(order) {
        return super.canEditPayment(...arguments) && !order.fiscalReceipts.length;
    },
    /**
     * Automatic printing of a sale that has just been paid waits in the background until the register is done or the
     * till has waited long enough. It is skipped if the cashier has printed the receipt meanwhile.
     */
    async printReceipt({ order = this.getOrder() } = {}) {
        if (!order || !this.fiscal.holdsPrinting(order)) {
            return super.printReceipt(...arguments);
        }
        this.fiscal
            .settled(order)
            .then(() => order.nb_print || super.printReceipt(...arguments))
            .catch((error) => console.info("The receipt was not printed:", serializeError(error)));
    },
});
