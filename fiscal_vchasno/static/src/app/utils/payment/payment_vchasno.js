import { _t } from "@web/core/l10n/translation";
import { AlertDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
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

/**
 * A payment through the bank terminal behind Device Manager.
 *
 * The id of the operation is kept with the payment line before anything is sent. As long as a line has an id whose end
 * is not known, the terminal is asked about it and never told to take money a second time; the line then waits with
 * “Cancel” and “Force done”, also after the page was loaded anew.
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
        const task = line.amount < 0 ? REFUND : PAY;
        const pay = { task, sum: this._sum(line) };
        if (task === REFUND) {
            pay.refundid = this._paidBefore(line)?.payment_ref_no;
            if (!pay.refundid) {
                this._alert(
                    _t(
                        "The bank refunds a payment of this terminal only. Open the order that was paid, and refund it from there."
                    )
                );
                return false;
            }
        }
        line.setPaymentStatus("waitingCard");
        if (line.transaction_id) {
            const before = await this.terminal.ask(line.transaction_id, task);
            if (before.kind !== "never") {
                return this._end(line, before);
            }
        }
        line.transaction_id = newTransaction();
        this.running.add(uuid);
        try {
            return this._end(line, await this.terminal.execute(line.transaction_id, pay));
        } finally {
            this.running.delete(uuid);
        }
    }

    /** Take back what may have been paid. False where that cannot be told: the line then goes on waiting. */
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
        const paid = await this.terminal.ask(line.transaction_id);
        if (paid.kind === "done") {
            return this._takeBack(line, paid.info.cancelid);
        }
        if (paid.kind === "never") {
            line.transaction_id = "";
            return true;
        }
        this._alertOpen(paid.words);
        return false;
    }

    async sendPaymentReversal(uuid) {
        const line = this._line(uuid);
        return this._takeBack(line, line.vchasno_cancel_number);
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

    /** What is asked of the terminal, in hryvnias with two decimals. */
    _sum(line) {
        return Number(Math.abs(line.amount).toFixed(2));
    }

    /** The payment of this terminal that a refund gives back. */
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
        return paid.find((payment) => payment.amount >= Math.abs(line.amount)) || paid[0];
    }

    /** @returns {boolean|Promise} what `sendPaymentRequest` gives; a promise without end while nobody knows */
    _end(line, said) {
        if (said.kind === "done") {
            this._keep(line, said.info);
            return true;
        }
        if (said.kind === "refused") {
            line.transaction_id = "";
            this._alert(
                [_t("The bank or the terminal refused the payment."), said.words].join(" ")
            );
            return false;
        }
        this._alertOpen(said.words);
        return new Promise(() => {});
    }

    /** Keep what the bank said with the line: it stands on the fiscal receipt, and refunds need it (§8.5). */
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

    async _takeBack(line, number) {
        const transaction = newTransaction();
        const pay = { task: CANCEL, cancelid: number };
        let said = await this.terminal.execute(transaction, pay);
        if (said.kind === "open") {
            said = await this.terminal.ask(transaction, CANCEL);
        }
        if (said.kind === "done") {
            line.transaction_id = "";
            line.ticket = "";
            return true;
        }
        const text =
            said.kind === "refused"
                ? _t("The payment could not be taken back: the money is with the bank.")
                : _t("Nobody has said whether the payment was taken back. Look at the terminal.");
        this._alert([text, said.words].join(" "));
        return false;
    }

    _alertOpen(words) {
        this._alert(
            [
                _t(
                    "Nobody has said whether the card was charged. Look at the terminal: when it says “approved”, press “Force done”; otherwise press “Cancel”, and the till asks once more."
                ),
                words,
            ]
                .filter(Boolean)
                .join(" ")
        );
    }

    _alert(body) {
        this.env.services.dialog.add(AlertDialog, { title: _t("Bank terminal"), body });
    }
}

register_payment_method("vchasno", PaymentVchasno);
