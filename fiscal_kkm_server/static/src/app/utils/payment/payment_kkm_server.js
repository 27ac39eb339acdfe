import { _t } from "@web/core/l10n/translation";
import { AlertDialog, ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { browser } from "@web/core/browser/browser";
import { PaymentInterface } from "@point_of_sale/app/utils/payment/payment_interface";
import { ask } from "@point_of_sale/app/utils/make_awaitable_dialog";
import { carry } from "@fiscal_base/relay/carry";

/** Errors by which Odoo refuses a step before anything is sent. */
const REFUSALS = new Set(["odoo.exceptions.UserError", "odoo.exceptions.AccessError"]);
/** Milliseconds between two questions to the terminal. */
const PAUSE = 1500;
/** Milliseconds for which the till waits for the customer's card; KKM Server gives up after 125 s. */
const PATIENCE = 150000;

/**
 * A card terminal behind KKM Server. The payment is started and then polled, so no request waits for the customer. The
 * key of a payment is the uuid of its line, by which KKM Server recognises a repeat.
 */
export class PaymentKkmServer extends PaymentInterface {
    setup() {
        super.setup(...arguments);
        this.supports_reversals = true;
        /** uuids of payments whose outcome is not known */
        this.unsure = new Set();
    }

    async sendPaymentRequest(uuid) {
        await super.sendPaymentRequest(uuid);
        const line = this.line(uuid);
        line.setPaymentStatus("waitingCard");
        if (this.unsure.has(uuid) && !(await this.mayRepeat(line))) {
            return line.payment_status === "done";
        }
        const refunded = line.pos_order_id.lines.find((each) => each.refunded_orderline_id)
            ?.refunded_orderline_id.order_id;
        const isReturn = line.amount < 0;
        const card = await this.finish(isReturn ? "return" : "pay", {
            key: uuid,
            amount: line.amount,
            ...(isReturn ? { order: refunded?.uuid || "" } : {}),
        });
        return this.note(line, card);
    }

    /**
     * Only the terminal itself can cancel. The line stays until the terminal reports the result: the card may just have
     * been charged.
     */
    async sendPaymentCancel(order, uuid) {
        await super.sendPaymentCancel(order, uuid);
        this.show(
            _t("Press the red key of the terminal, and wait until it says that it has stopped.")
        );
        return false;
    }

    async sendPaymentReversal(uuid) {
        await super.sendPaymentReversal(uuid);
        const line = this.line(uuid);
        const card = await this.finish("cancel", {
            key: `${uuid}-r`,
            amount: line.amount,
            order: line.pos_order_id.uuid,
            transaction: line.transaction_id,
        });
        if (card.state !== "done") {
            this.show(card.message);
        }
        return card.state === "done";
    }

    line(uuid) {
        return this.pos.models["pos.payment"].getBy("uuid", uuid);
    }

    /** Whether a payment of unknown outcome may be sent again; one that was taken is recorded on the line. */
    async mayRepeat(line) {
        const card = await this.step("ask", { key: line.uuid });
        if (card.state === "done") {
            this.note(line, card);
            line.setPaymentStatus("done");
            return false;
        }
        if (card.state === "failed" || card.state === "running") {
            return true;
        }
        return ask(
            this.pos.dialog,
            {
                title: _t("Was the card charged?"),
                body: _t(
                    "KKM Server does not know. Look at the slip of the terminal: only when it has taken nothing, charge the card now."
                ),
                confirmLabel: _t("Nothing was taken, charge now"),
                cancelLabel: _t("Not now"),
            },
            {},
            ConfirmationDialog
        );
    }

    /** Start a step and poll until it has ended. */
    async finish(name, payment) {
        const until = Date.now() + PATIENCE;
        let card = await this.step(name, payment);
        while (card.state === "running" && Date.now() < until) {
            await new Promise((resolve) => browser.setTimeout(resolve, PAUSE));
            card = await this.step("ask", { key: payment.key });
        }
        return card;
    }

    /** One request to the terminal, sent by Odoo or by this browser. Never throws. */
    async step(name, payment) {
        const call = (...args) =>
            this.pos.env.services.orm.silent.call("pos.payment.method", "kkm_server_card", [
                [this.payment_method_id.id],
                this.pos.config.id,
                name,
                payment,
                ...args,
            ]);
        // A refused question says nothing about the payment, nor does a failure after the request was carried.
        let started = name === "ask";
        try {
            let card = await call();
            if (card.call) {
                started = true;
                card = await call(await carry(card.call));
            }
            return card;
        } catch (error) {
            const message =
                error?.data?.message || _t("Odoo does not answer. Try again in a moment.");
            // Only a refusal by our own code proves that nothing was sent: Odoo may have sent it before another error.
            const refused = REFUSALS.has(error?.data?.name) && !started;
            return { state: refused ? "failed" : "unknown", message, data: {} };
        }
    }

    /** Record the terminal's answer on the line. @returns {boolean} whether the money was taken */
    note(line, { state, message, data }) {
        if (state === "done") {
            this.unsure.delete(line.uuid);
            line.transaction_id = data.universal_id || "";
            line.card_no = (data.card_mask || "").slice(-4);
            line.payment_ref_no = data.rrn || "";
            line.payment_method_authcode = data.auth_code || "";
            line.setReceiptInfo(data.slip || "");
            return true;
        }
        if (state === "failed") {
            this.unsure.delete(line.uuid);
        } else {
            this.unsure.add(line.uuid);
        }
        this.show(
            message ||
                _t(
                    "It is not known whether the card was charged. Look at the slip of the terminal."
                )
        );
        return false;
    }

    show(body) {
        this.pos.dialog.add(AlertDialog, { title: _t("Card terminal"), body });
    }
}
