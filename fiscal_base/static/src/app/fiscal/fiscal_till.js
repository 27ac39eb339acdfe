import { _t } from "@web/core/l10n/translation";
import { bringSurely, carry, take } from "../../relay/carry";
import { FiscalCheck } from "./fiscal_check";
import { serializeError } from "./serialize_error";

/** Seconds between two questions about a receipt that the register has not finished; the last one repeats. */
const PAUSES = [1, 2, 3, 5, 10, 20, 30];
/**
 * Seconds beyond the till's own wait after which a question counts as lost, since a dead line may never report an
 * error.
 */
const PATIENCE = 20;
const FINAL = new Set(["done", "rejected", "cancelled"]);

/** Whether any of these receipts is still open. */
export function areOpen(receipts) {
    return receipts.some((receipt) => !FINAL.has(receipt.state));
}

/** Whether all of these receipts are registered. */
export function areDone(receipts) {
    return receipts.length > 0 && receipts.every((receipt) => receipt.state === "done");
}

/**
 * The till's side of the register: it drives the lane for its own orders in separate calls, learns the results, and
 * keeps asking until there are some. Nothing here may make a sale fail or block the screen.
 *
 * One instance is in the `PosStore` as `pos.fiscal`, reactive.
 */
export class FiscalTill {
    constructor(pos) {
        this.pos = pos;
        /** The register as `fiscal.register._till_status` describes it, or false if the till has none. */
        this.register = pos.config._fiscal_register || false;
        /** uuid → number of questions asked so far */
        this.pending = {};
        this.timer = null;
        /** How often the register's queue was processed while no order of this till waited. */
        this.rounds = 0;
        /** Questions are numbered: an answer that a later one has overtaken is outdated and ignored. */
        this.asked = 0;
        this.answered = 0;
        /** uuid → what the cashier was told about a refused receipt: `{problem, close}` */
        this.told = {};
        /** uuids of orders that the cashier retried, and so wants to hear of success as well */
        this.retried = {};
        /** uuid of the order whose receipt is about to be printed automatically */
        this.held = null;
        /** The server's word on an order that is being paid. */
        this.check = new FiscalCheck(pos);
    }

    get enabled() {
        return Boolean(this.register);
    }

    // === Before the payment ===

    /** A sentence if `order`, which is still to be paid here, has been paid on another device; else "". */
    madeElsewhere(order) {
        if (!this.enabled || !order || order.finalized) {
            return "";
        }
        if (!order.fiscalReceipts.length && !order.uiState?.fiscalElsewhere) {
            return "";
        }
        return _t(
            "This order has its receipt already: it was paid on another device. Take no payment for it. Reload this page, and find it among the paid orders."
        );
    }

    /** Sentences that say why the receipt of `order` would be refused; empty if it would not. */
    problems(order) {
        if (!this.enabled) {
            return [];
        }
        const problems = new Set();
        const made = this.madeElsewhere(order);
        if (made) {
            return [made];
        }
        const cashier = this.pos.getCashier();
        if (cashier?._fiscal_problem) {
            problems.add(cashier._fiscal_problem);
        }
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
     * Follow orders that came from the server, after the page was loaded or from the list of orders. Old refusals are
     * not announced again: the register light shows them.
     */
    resume(orders) {
        return this.follow(orders.filter((order) => areOpen(order.fiscalReceipts)));
    }

    /** Whether documents, of this till or of others, wait for a browser to carry them to the register. */
    get carries() {
        return Boolean(this.register?.relays && this.register.unsent);
    }

    /**
     * Process the queue of a register that only a browser reaches: when the page opens, and when a document is added.
     */
    takeUp() {
        if (this.carries) {
            this.rounds = 0;
            return this.drive();
        }
    }

    /** Orders of this till whose receipts are not registered: waiting or refused. */
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
     * Let the server drain the lane for pending receipts (or just look), and note the results. Requests that only this
     * computer can bring to the register are carried there one after the other. Never throws.
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

    /** Retry waiting and refused receipts now, because the cashier asks for it. Never throws. */
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
     * Ask the server about `uuids`, and note the answer unless a later one has already come.
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

    /** The call itself, in the background; a missing answer is an error. */
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
     * Note whether to ask about the receipts of an order again, and tell the cashier what is new.
     *
     * @returns whether to ask again
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

    /** Tell the cashier once that a receipt was refused, and what can be done. */
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

    /** Close the message to the cashier about the receipt of an order. */
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
        if (order && !order.finalized) {
            order.uiState.fiscalElsewhere = true;
        }
        if (order && order.isSynced && !areDone(order.fiscalReceipts)) {
            // Pending here, or refused before and retried by the accountant.
            this.pending[order.uuid] ??= 0;
            return this.drive();
        }
        if (this.register?.unsent > unsent) {
            return this.takeUp();
        }
    }

    /** Resolves when the receipts of `order` are final, at the latest when the till's waiting time is over. */
    async settled(order) {
        const until = Date.now() + 1000 * (this.register?.wait || 0);
        while (order.uuid in this.pending && Date.now() < until) {
            await new Promise((resolve) => setTimeout(resolve, 100));
        }
    }

    isPending(order) {
        return order.uuid in this.pending;
    }

    /** Run `work`, which prints the receipt of `order` automatically, so that printing waits for the register. */
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
