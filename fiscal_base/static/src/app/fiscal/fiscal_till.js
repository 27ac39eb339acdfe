import { _t } from "@web/core/l10n/translation";
import { bringSurely, carry, take } from "../../relay/carry";
import { serializeError } from "./serialize_error";

/** Seconds between two questions about a receipt that the register has not finished; the last one repeats. */
const PAUSES = [1, 2, 3, 5, 10, 20, 30];
/** Seconds beyond the till's own wait after which a question counts as lost: a dead line may never say so. */
const PATIENCE = 20;
const FINAL = new Set(["done", "rejected", "cancelled"]);

/** Whether something more is to be expected of these receipts. */
export function areOpen(receipts) {
    return receipts.some((receipt) => !FINAL.has(receipt.state));
}

/** Whether every one of these receipts is registered. */
export function areDone(receipts) {
    return receipts.length > 0 && receipts.every((receipt) => receipt.state === "done");
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
        /** Times that the queue of the register was taken up while no order of this till waits. */
        this.rounds = 0;
        /** Questions are numbered: an answer that a later one has overtaken is old and says nothing. */
        this.asked = 0;
        this.answered = 0;
        /** uuid → what the cashier was told about a refused receipt: `{problem, close}` */
        this.told = {};
        /** uuids of orders that the cashier asked to try again, who therefore wants to hear of success as well */
        this.retried = {};
        /** uuid of the order whose receipt is about to be printed by itself */
        this.held = null;
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
        const problems = new Set();
        const cashier = this.pos.getCashier();
        if (cashier?._fiscal_problem) {
            problems.add(cashier._fiscal_problem);
        }
        const returned = order.lines.filter((line) => line.refunded_orderline_id);
        const sold = order.lines.filter(
            (line) => !line.refunded_orderline_id && line.qty > 0 && line.price_unit > 0
        );
        const unmapped = this.pos.config._fiscal_unmapped_taxes || {};
        for (const tax of sold.flatMap((line) => line.tax_ids)) {
            if (unmapped[tax.id]) {
                problems.add(unmapped[tax.id]);
            }
        }
        if (problems.size) {
            problems.add(
                _t(
                    "When the manager has put this right, reload this page and take the payment. The order is kept."
                )
            );
        }
        if (returned.length && sold.length) {
            problems.add(
                _t(
                    "This order both sells and takes back goods. These are two receipts: make the return an order of its own."
                )
            );
        }
        for (const line of sold.filter((line) => line.fiscalLacksMarkingCode)) {
            problems.add(
                _t(
                    "“%s” needs its marking code. Take it off the order and scan it again.",
                    line.getFullProductName()
                )
            );
        }
        return [...problems];
    }

    // === After the sync ===

    /** Follow the receipts of `orders`, which have just been committed on the server, to their end. */
    follow(orders) {
        if (!this.enabled) {
            return;
        }
        let open = false;
        for (const order of orders) {
            if (order.finalized && order.isSynced) {
                open = this.note(order.uuid, order.fiscalReceipts) || open;
            }
        }
        if (open) {
            return this.drive();
        }
    }

    /**
     * Follow orders that came from the server as they are: when the page was loaded anew, or from the list of orders.
     * What was refused long ago is not told again: the register light shows it.
     */
    resume(orders) {
        return this.follow(orders.filter((order) => areOpen(order.fiscalReceipts)));
    }

    /** Whether documents, be they of this till or of others, wait for a browser to carry them to the register. */
    get carries() {
        return Boolean(this.register?.relays && this.register.unsent);
    }

    /** Take up the queue of a register that only a browser reaches: when the page opens, and when something joins it. */
    takeUp() {
        if (this.carries) {
            this.rounds = 0;
            return this.drive();
        }
    }

    /** Orders of this till whose receipts are not registered, be it that they wait or that they were refused. */
    get unregistered() {
        return this.pos.models["pos.order"].filter(
            ({ isSynced, fiscalReceipts }) =>
                isSynced && fiscalReceipts.length && !areDone(fiscalReceipts)
        );
    }

    /** What became of the shift when session `id` was closed. Never throws: without an answer it is pending. */
    async shiftReport(id) {
        try {
            if (this.register.relays) {
                await this.drive(); // nobody but this browser brings the closing to the register
            }
            return await this.pos.env.services.orm.silent.call("pos.config", "fiscal_z_report", [
                [this.pos.config.id],
                id,
            ]);
        } catch (error) {
            console.info("The Z report comes later:", serializeError(error));
            return { state: "pending" };
        }
    }

    /**
     * Let the server drain the lane for what is pending (or just look), and note what came of it. Requests that only
     * this computer can bring to the register are carried there one after the other. Never throws.
     */
    async drive() {
        clearTimeout(this.timer);
        this.timer = null;
        try {
            const pending = () => Object.keys(this.pending);
            let { call } = await take(() => this.ask("fiscal_drive", pending()));
            while (call) {
                const { token } = call;
                const reply = await carry(call);
                const bring = () => this.ask("fiscal_relay", pending(), token, reply);
                ({ call } = await bringSurely(bring));
            }
        } catch (error) {
            console.info("The receipt comes later:", serializeError(error));
        }
        this.askAgain();
    }

    /** Try again now what waits or was refused, because the cashier says so. Never throws. */
    async retry(uuids = this.unregistered.map((order) => order.uuid)) {
        uuids.forEach((uuid) => (this.retried[uuid] = true));
        try {
            await this.ask("fiscal_retry", uuids);
        } catch (error) {
            console.info("The receipt comes later:", serializeError(error));
            this.pos.notification.add(
                _t("The server does not answer. Go on selling, and try again in a moment."),
                { type: "warning" }
            );
        }
        return this.drive();
    }

    /**
     * Put one question about `uuids` to the server, and note the answer unless a later one has come already.
     *
     * @returns the answer
     */
    async ask(method, uuids, ...rest) {
        const question = ++this.asked;
        const answer = await this.call(method, uuids, ...rest);
        if (question < this.answered) {
            return answer;
        }
        this.answered = question;
        this.register = answer.register;
        for (const uuid of uuids) {
            const receipts = answer.receipts[uuid];
            if (!receipts) {
                // an order of another till, which asks about it itself
                delete this.pending[uuid];
                continue;
            }
            if (method === "fiscal_retry") {
                this.forget(uuid);
            }
            this.pos.models["pos.order"].getBy("uuid", uuid)?.noteFiscalReceipts(receipts);
            this.note(uuid, receipts);
        }
        return answer;
    }

    /** The call itself, behind the screen; an answer that does not come is an error. */
    async call(method, uuids, ...rest) {
        const request = this.pos.env.services.orm.silent.call("pos.config", method, [
            [this.pos.config.id],
            uuids,
            ...rest,
        ]);
        let timer;
        const limit = new Promise((resolve, reject) => {
            timer = setTimeout(
                () => reject(new Error("no answer")),
                1000 * ((this.register?.wait || 0) + PATIENCE)
            );
        });
        try {
            return await Promise.race([request, limit]);
        } finally {
            clearTimeout(timer);
        }
    }

    /**
     * Note whether the receipts of an order are still to be asked about, and tell what there is to tell.
     *
     * @returns whether they are
     */
    note(uuid, receipts) {
        if (areOpen(receipts)) {
            this.pending[uuid] ??= 0;
            return true;
        }
        delete this.pending[uuid];
        this.tell(uuid, receipts);
        return false;
    }

    /** Tell the cashier once when a receipt was refused, and what can be done now. */
    tell(uuid, receipts) {
        const order = this.pos.models["pos.order"].getBy("uuid", uuid);
        const reference = order?.pos_reference || "";
        const refused = receipts.filter((receipt) => receipt.state === "rejected");
        const problem = refused.map((receipt) => receipt.problem).join("\n");
        if (!refused.length) {
            this.forget(uuid);
            if (this.retried[uuid]) {
                delete this.retried[uuid];
                this.pos.notification.add(_t("The receipt of order %s is registered.", reference), {
                    type: "success",
                });
            }
        } else if (this.told[uuid]?.problem !== problem) {
            this.forget(uuid);
            const close = this.pos.notification.add(
                _t("The receipt of order %(order)s was not registered: %(problem)s", {
                    order: reference,
                    problem,
                }),
                {
                    type: "danger",
                    sticky: true,
                    className: "fiscal-refused",
                    buttons: [
                        { name: _t("Try again"), primary: true, onClick: () => this.retry([uuid]) },
                        { name: _t("Go on, later"), onClick: () => close() },
                    ],
                }
            );
            this.told[uuid] = { problem, close };
        }
    }

    /** Take back what the cashier was told about the receipt of an order. */
    forget(uuid) {
        this.told[uuid]?.close();
        delete this.told[uuid];
    }

    askAgain() {
        const uuids = Object.keys(this.pending);
        if ((!uuids.length && !this.carries) || this.timer) {
            return;
        }
        const asked = uuids.length
            ? Math.min(...uuids.map((uuid) => this.pending[uuid]))
            : this.rounds++;
        uuids.forEach((uuid) => (this.pending[uuid] += 1));
        const pause = PAUSES[Math.min(asked, PAUSES.length - 1)];
        this.timer = setTimeout(() => this.drive(), pause * 1000);
    }

    /** News over the bus: the state of the register, and the order whose receipt has changed. The bus may lose one. */
    onNews(news) {
        const unsent = this.register?.unsent || 0;
        if (news.register) {
            this.register = news.register;
        }
        const order = news.order && this.pos.models["pos.order"].getBy("uuid", news.order);
        if (order && order.isSynced && !areDone(order.fiscalReceipts)) {
            // Pending here, or refused before and taken up again by the accountant.
            this.pending[order.uuid] ??= 0;
            return this.drive();
        }
        if (this.register?.unsent > unsent) {
            return this.takeUp();
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

    /** Run `work`, which prints the receipt of `order` by itself, such that the printing waits for the register. */
    async holdPrinting(order, work) {
        this.held = order.uuid;
        try {
            return await work();
        } finally {
            this.held = null;
        }
    }

    holdsPrinting(order) {
        return this.held === order.uuid && this.isPending(order);
    }
}
