import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { AlertDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { ask } from "@point_of_sale/app/utils/make_awaitable_dialog";
import { PaymentInterface } from "@point_of_sale/app/utils/payment/payment_interface";
import { register_payment_method } from "@point_of_sale/app/services/pos_store";
import {
    CANCEL,
    PAY,
    REFUND,
    SETTLE,
    Terminal,
    newTransaction,
} from "@fiscal_vchasno/app/utils/payment/terminal";

const HALF_A_KOPECK = 0.005;

/** Whether the outcome of a payment line is unknown: such a line is never dropped. */
export function isOpen(line) {
    return (
        line.payment_method_id?.use_payment_terminal === "vchasno" &&
        Boolean(line.transaction_id) &&
        !line.isDone()
    );
}

/**
 * A payment through the bank terminal behind Device Manager.
 *
 * The id of the operation is stored on the payment line before anything is sent. While the outcome of that operation is
 * unknown, the terminal is only asked about it, never told to charge again; the line waits with “Cancel” and “Force
 * done”, even after the page was reloaded. The same applies to a payment that is being reversed.
 */
export class PaymentVchasno extends PaymentInterface {
    setup() {
        super.setup(...arguments);
        this.supports_reversals = true;
        this.running = new Set();
    }

    get terminal() {
        const method = this.payment_method_id;
        return new Terminal(
            method.vchasno_terminal_url,
            method.vchasno_terminal,
            method.vchasno_merchant
        );
    }

    async sendPaymentRequest(uuid) {
        const line = this._line(uuid);
        if (this.running.has(uuid)) {
            this._alert(_t("The terminal is still at work. Wait for it, then try again."));
            return false;
        }
        const task = this._task(line);
        const pay = { task, sum: this._sum(line) };
        if (task === REFUND) {
            pay.refundid = this._paidBefore(line)?.payment_ref_no;
            if (!pay.refundid) {
                this._alert(
                    _t(
                        "The bank refunds a payment of this terminal only, and at most its sum. Open the order that was paid, and refund it from there."
                    )
                );
                return false;
            }
        }
        line.setPaymentStatus("waitingCard");
        const said = await this._alone(line, async () => {
            const before = await this._before(line);
            if (before.kind !== "never") {
                return before;
            }
            line.transaction_id = newTransaction();
            await this._store();
            return this.terminal.execute(line.transaction_id, pay);
        });
        return this._end(line, said);
    }

    /** Reverse a payment that may have been made. False if its outcome is unknown: the line goes on waiting. */
    async sendPaymentCancel(order, uuid) {
        const line = order.payment_ids.find((payment) => payment.uuid === uuid);
        if (this.running.has(uuid)) {
            this._alert(
                _t("Press the red button of the terminal. The till learns of it by itself.")
            );
            return false;
        }
        if (!line.transaction_id) {
            return true;
        }
        return this._alone(line, async () => {
            const before = await this._before(line);
            if (before.kind === "done") {
                return this._takeBack(line, before.info.cancelid);
            }
            if (before.kind === "open" && !(await this._notCharged(line, before.words))) {
                return false;
            }
            line.transaction_id = "";
            return true;
        });
    }

    /** Ask the cashier, who looks at the terminal, whether the card was not charged. */
    async _notCharged(line, words) {
        if (line.vchasno_reversal) {
            this.alertOpen(line, words);
            return false;
        }
        return this._ask(
            [
                _t(
                    "Nobody has said whether the card was charged. Look at the terminal and at its last slip, or ask the bank. Was it charged?"
                ),
                words,
            ]
                .filter(Boolean)
                .join(" ")
        );
    }

    async sendPaymentReversal(uuid) {
        const line = this._line(uuid);
        return this._alone(line, () => this._takeBack(line, line.vchasno_cancel_number));
    }

    /** Settlement with the bank: the terminal sends its batch and begins a new one. */
    async settle() {
        const said = await this.terminal.execute(newTransaction(), { task: SETTLE });
        if (said.kind === "done" && said.info.receipt) {
            this.pos.env.services.notification.add(said.info.receipt, {
                title: _t("Settlement of %s", this.payment_method_id.name),
                type: "success",
            });
        } else if (said.kind !== "done") {
            this.pos.env.services.notification.add(
                [_t("Make the settlement on the terminal itself."), said.words].join(" "),
                { title: _t("Settlement of %s", this.payment_method_id.name), type: "danger" }
            );
        }
        return said.kind === "done";
    }

    // Parts

    _line(uuid) {
        return this.pos.getOrder().payment_ids.find((payment) => payment.uuid === uuid);
    }

    /** Run `step` for a line; other requests for it are refused meanwhile. */
    async _alone(line, step) {
        this.running.add(line.uuid);
        try {
            return await step();
        } finally {
            this.running.delete(line.uuid);
        }
    }

    /** Store the line in the browser at once: core delays it, and the id must be there before anything is sent. */
    async _store() {
        try {
            await Promise.race([
                this.pos.data.synchronizeLocalDataInIndexedDB(),
                new Promise((resolve) => browser.setTimeout(resolve, 1000)),
            ]);
        } catch {
            return; // a browser without storage loses the whole order on a reload anyway
        }
    }

    /** The outcome of the last operation of a line; `never` if none has moved money. */
    async _before(line) {
        if (line.vchasno_reversal) {
            const back = await this.terminal.ask(line.vchasno_reversal, CANCEL);
            if (back.kind === "open") {
                return back;
            }
            if (back.kind === "done") {
                this._takenBack(line);
            }
            line.vchasno_reversal = "";
        }
        if (!line.transaction_id) {
            return { kind: "never" };
        }
        return this.terminal.ask(line.transaction_id, this._task(line));
    }

    _task(line) {
        return line.amount < 0 ? REFUND : PAY;
    }

    /** The sum for the terminal, in hryvnias with two decimals. */
    _sum(line) {
        return Number(Math.abs(line.amount).toFixed(2));
    }

    /** A payment on this terminal, of the refunded order, that covers the refund; all such payments together must cover
     * all refunds. */
    _paidBefore(line) {
        const orders = line.pos_order_id.lines.map(
            (orderLine) => orderLine.refunded_orderline_id?.order_id
        );
        const payments = [...new Set(orders)].flatMap((order) => [...(order?.payment_ids || [])]);
        const paid = payments.filter(
            (payment) =>
                payment.payment_ref_no &&
                payment.amount > 0 &&
                payment.payment_method_id.id === line.payment_method_id.id
        );
        const sum = (lines) => lines.reduce((total, each) => total + Math.abs(each.amount), 0);
        const refunds = [...(line.pos_order_id.payment_ids || [])].filter(
            (other) =>
                other.uuid !== line.uuid &&
                other.amount < 0 &&
                other.payment_method_id.id === line.payment_method_id.id &&
                other.isDone()
        );
        if (sum(refunds) + Math.abs(line.amount) > sum(paid) + HALF_A_KOPECK) {
            return undefined;
        }
        return paid.find((payment) => payment.amount + HALF_A_KOPECK >= Math.abs(line.amount));
    }

    /** @returns {boolean|Promise} for `sendPaymentRequest`; a promise that never settles if the outcome is unknown */
    _end(line, said) {
        if (said.kind === "done") {
            this._keep(line, said.info);
            if (said.twice) {
                this._alert(
                    _t(
                        "The terminal carried the payment out twice. Take back the operation %s on the terminal itself.",
                        said.twice.cancelid
                    )
                );
            }
            return true;
        }
        if (said.kind === "refused") {
            line.transaction_id = "";
            this._alert(
                [_t("The bank or the terminal refused the payment."), said.words].join(" ")
            );
            return false;
        }
        this.alertOpen(line, said.words);
        return new Promise(() => {});
    }

    /** Store the bank's data on the line, for the fiscal receipt and for refunds (§8.5). */
    _keep(line, info) {
        const paid = Number(info.sum);
        if (paid && paid !== this._sum(line)) {
            line.setAmount(line.amount < 0 ? -paid : paid);
        }
        line.card_no = info.cardmask || "";
        line.card_brand = info.paysys || "";
        line.payment_ref_no = info.refundid || "";
        line.payment_method_authcode = info.payid || "";
        line.payment_method_issuer_bank = info.bankname || "";
        line.vchasno_terminal_number = info.term_id || "";
        line.vchasno_cancel_number = info.cancelid || "";
        const slip = info.receipt || info.sliptxt;
        if (slip && !line.ticket) {
            line.setReceiptInfo(slip);
        }
    }

    /** Reverse the payment with this number; without a number the terminal would reverse another one. */
    async _takeBack(line, number) {
        let said = { kind: "refused" };
        if (number) {
            line.vchasno_reversal = newTransaction();
            await this._store();
            const pay = { task: CANCEL, cancelid: number };
            said = await this.terminal.execute(line.vchasno_reversal, pay);
            if (said.kind === "open") {
                said = await this.terminal.ask(line.vchasno_reversal, CANCEL);
            }
        }
        if (said.kind === "open") {
            this.alertOpen(line, said.words);
            return false;
        }
        line.vchasno_reversal = "";
        if (said.kind === "done") {
            this._takenBack(line);
            return true;
        }
        const text = _t("The payment could not be taken back: the money is with the bank.");
        this._alert([text, said.words].filter(Boolean).join(" "));
        return false;
    }

    _takenBack(line) {
        line.transaction_id = "";
        line.ticket = "";
    }

    /** Tell the cashier what to do with a line of unknown outcome. */
    alertOpen(line, words) {
        const text = line.vchasno_reversal
            ? _t("Nobody has said whether the payment was taken back. Look at the terminal.")
            : _t(
                  "Nobody has said whether the card was charged. Look at the terminal: when it says “approved”, press “Force done”; otherwise press “Cancel”, and the till asks once more."
              );
        this._alert([text, words].filter(Boolean).join(" "));
    }

    _ask(body) {
        return ask(this.env.services.dialog, {
            title: _t("Bank terminal"),
            body,
            confirmLabel: _t("Not charged"),
            cancelLabel: _t("Not known yet"),
        });
    }

    _alert(body) {
        this.env.services.dialog.add(AlertDialog, { title: _t("Bank terminal"), body });
    }
}

register_payment_method("vchasno", PaymentVchasno);
