import { serializeError } from "./serialize_error";
import { _t } from "@web/core/l10n/translation";

/** Seconds between two questions about a receipt that the register has not finished; the last one repeats. */
const PAUSES = [1, 2, 3, 5, 10, 20, 30];
const FINAL = new Set(["done", "rejected", "cancelled"]);

/** Whether nothing more is to be expected of these receipts. */
export function areFinal(receipts) {
    return receipts.length > 0 && receipts.every((receipt) => FINAL.has(receipt.state));
}

/**
 * The till's side of the register: it drives the lane for its own orders in calls of its own, learns the results, and
 * keeps asking until there is one. Nothing here may fail a sale or hold up the screen.
 *
 * One instance hangs on the `PosStore` as `pos.fiscal`, reactive.
 */
export class FiscalTill {
    constructor(pos) {
        this.pos = pos;
        /** The register as `fiscal.register._till_status` describes it, or false where the till has none. */
        this.register = pos.config._fiscal_register || false;
        /** uuid → number of questions asked so far */
        this.pending = {};
        this.timer = null;
    }

    get enabled() {
        return Boolean(this.register);
    }

    // === Before the payment ===

    /** Sentences that say why the receipt of `order` would be refused; empty when it would not. */
    problems(order) {
        if (!this.enabled) {
            return [];
        }
        const problems = [];
        const cashier = this.pos.getCashier();
        if (cashier?._fiscal_problem) {
            problems.push(cashier._fiscal_problem);
        }
        const returned = order.lines.filter((line) => line.refunded_orderline_id);
        const sold = order.lines.filter((line) => !line.refunded_orderline_id && line.qty > 0 && line.price_unit > 0);
        if (returned.length && sold.length) {
            problems.push(
                _t(
                    "This order both sells and takes back goods. These are two receipts: make the return an order of its own."
                )
            );
        }
        const unmapped = this.pos.config._fiscal_unmapped_taxes || {};
        for (const line of sold) {
            for (const tax of line.tax_ids) {
                if (unmapped[tax.id]) {
                    problems.push(unmapped[tax.id]);
                }
            }
        }
        return [...new Set(problems)];
    }

    // === After the sync ===

    /** Follow the receipts of `orders`, which have just been committed on the server, to their end. */
    follow(orders) {
        if (!this.enabled) {
            return;
        }
        for (const order of orders) {
            if (order.finalized && order.fiscalReceipts.length && !areFinal(order.fiscalReceipts)) {
                this.pending[order.uuid] ??= 0;
            }
        }
        if (Object.keys(this.pending).length) {
            return this.drive();
        }
    }

    /** Let the server drain the lane for what is pending (or just look), and note what came of it. Never throws. */
    async drive() {
        clearTimeout(this.timer);
        this.timer = null;
        const uuids = Object.keys(this.pending);
        try {
            const answer = await this.pos.env.services.orm.silent.call("pos.config", "fiscal_drive", [
                [this.pos.config.id],
                uuids,
            ]);
            this.register = answer.register;
            for (const [uuid, receipts] of Object.entries(answer.receipts)) {
                this.note(uuid, receipts);
            }
        } catch (error) {
            console.info("The receipt comes later:", serializeError(error));
        }
        this.askAgain();
    }

    /** Note the receipts of an order; tell the cashier when one was refused. */
    note(uuid, receipts) {
        const order = this.pos.models["pos.order"].getBy("uuid", uuid);
        if (order) {
            order.uiState.fiscalReceipts = receipts;
        }
        if (!areFinal(receipts)) {
            return;
        }
        delete this.pending[uuid];
        for (const receipt of receipts.filter((receipt) => receipt.state === "rejected")) {
            this.pos.notification.add(
                _t("The receipt of order %(order)s was not registered: %(problem)s", {
                    order: order?.pos_reference || "",
                    problem: receipt.problem,
                }),
                { type: "danger", sticky: true }
            );
        }
    }

    askAgain() {
        const uuids = Object.keys(this.pending);
        if (!uuids.length || this.timer) {
            return;
        }
        const asked = Math.min(...uuids.map((uuid) => this.pending[uuid]));
        uuids.forEach((uuid) => (this.pending[uuid] += 1));
        const pause = PAUSES[Math.min(asked, PAUSES.length - 1)];
        this.timer = setTimeout(() => this.drive(), pause * 1000);
    }

    /** News over the bus: the state of the register, and the order whose receipt has changed. The bus may lose one. */
    onNews(news) {
        if (news.register) {
            this.register = news.register;
        }
        if (news.order in this.pending) {
            return this.drive();
        }
    }

    /** Resolves when the receipts of `order` are final, at the latest when the till has waited as long as it should. */
    async settled(order) {
        const until = Date.now() + 1000 * (this.register?.wait || 0);
        while (order.uuid in this.pending && Date.now() < until) {
            await new Promise((resolve) => setTimeout(resolve, 100));
        }
    }

    isPending(order) {
        return order.uuid in this.pending;
    }
}
