import { browser } from "@web/core/browser/browser";
import { uuidv4 } from "@point_of_sale/utils";

/** `pay.task` (§8.5 of the protocol notes) */
export const PAY = 1;
export const REFUND = 2;
export const CANCEL = 3;
export const SETTLE = 11;

/** Seconds for which a terminal may be at work with a customer (§6.4). */
export const LONGEST = 310;
const TIMEOUT = 10; // of a question, in seconds
const NOT_FOUND = 5013;
const TERMINAL = 3; // `type` (§8.3)

/**
 * Codes after which surely no money has moved (§6.3): the terminal or its task is not known, the customer or the bank
 * said no. Numbers of the bank's own host (up to 999) say no too, but for the two of Device Manager among them.
 */
const REFUSED = new Set([
    1126, 5001, 5002, 5003, 5014, 5015, 5016, 5017, 5018, 5019, 5020, 5022, 5023, 5025, 5026, 5027,
    5029,
]);
const OPEN_BELOW_1000 = new Set([411, 430]);
/** Those of them that only the operation itself can have come to, not a question about it. */
const DECLINED = new Set([5001, 5002, 5015, 5017, 5018, 5019, 5020, 5023]);
const COMPUTER = "fiscal_vchasno.computer";

/**
 * What came of a task:
 *
 * - `done`: with `info`
 * - `refused`: surely nothing happened; `words` of the bank
 * - `never`: Device Manager has never finished such an operation, and none can be under way any more. Only the computer
 *   that began it can know: `localhost` is another Device Manager on another one
 * - `open`: nobody knows
 */
const outcome = (kind, words = "", info = {}) => ({ kind, words, info });

/** What tells this browser from those of other computers: twelve hexadecimal digits. */
function computer() {
    let digits = browser.localStorage.getItem(COMPUTER);
    if (!/^[0-9a-f]{12}$/.test(digits)) {
        digits = uuidv4().slice(-12);
        browser.localStorage.setItem(COMPUTER, digits);
    }
    return digits;
}

/** A new id of an operation: UUID version 7, so it tells when the operation began; its end tells on which computer. */
export function newTransaction(now = Date.now()) {
    const time = now.toString(16).padStart(12, "0");
    return `${time.slice(0, 8)}-${time.slice(8)}-7${uuidv4().slice(15, 24)}${computer()}`;
}

/** Seconds since the operation with this id began. */
export function age(transaction, now = Date.now()) {
    const begun = parseInt(transaction.replace("-", "").slice(0, 12), 16);
    return (now - begun) / 1000;
}

const isOfThisComputer = (transaction) => transaction.endsWith(`-${computer()}`);

/** A bank terminal behind Device Manager, which this computer reaches. Moves no money twice under one id. */
export class Terminal {
    /**
     * @param {string} url of Device Manager
     * @param {string} device name of the terminal there
     * @param {string} [merchant] number of the merchant at the terminal
     */
    constructor(url, device, merchant) {
        Object.assign(this, { url: (url || "").trim().replace(/\/+$/, ""), device, merchant });
    }

    /** Carry out `pay` under the id `transaction`. */
    async execute(transaction, pay) {
        const request = this.merchant ? { ...pay, merch: this.merchant } : pay;
        const said = await this._post({ transaction_id: transaction, pay: request }, LONGEST);
        return this._read(said);
    }

    /** What became of the operation `transaction`. Moves no money. */
    async ask(transaction, task = PAY) {
        const said = await this._post(
            { transaction_id: transaction, transaction_search: 1, pay: { task } },
            TIMEOUT
        );
        if (said?.res === 0) {
            return this._read(said);
        }
        if (
            said?.res === NOT_FOUND &&
            isOfThisComputer(transaction) &&
            age(transaction) >= LONGEST
        ) {
            return outcome("never");
        }
        if (DECLINED.has(said?.res)) {
            return this._read(said);
        }
        return outcome("open", said?.errortxt);
    }

    async _post(fields, seconds) {
        try {
            const response = await browser.fetch(`${this.url}/dm/execute`, {
                method: "POST",
                headers: { "Content-Type": "application/json" },
                body: JSON.stringify({
                    ver: 6,
                    source: "ODOO",
                    device: this.device,
                    type: TERMINAL,
                    ...fields,
                }),
                credentials: "omit",
                redirect: "error",
                signal: AbortSignal.timeout(1000 * seconds),
            });
            return response.ok ? await response.json() : null;
        } catch {
            return null; // whether it left is not known: a browser does not tell a refused connection
        }
    }

    _read(said) {
        if (!said || typeof said.res !== "number") {
            return outcome("open");
        }
        const words = [said.errortxt, said.info?.restxt].filter(Boolean);
        const text = [...new Set(words)].join(" · ");
        if (said.res === 0) {
            return said.info ? outcome("done", text, said.info) : outcome("open", text);
        }
        const refused =
            REFUSED.has(said.res) ||
            (said.res > 0 && said.res < 1000 && !OPEN_BELOW_1000.has(said.res));
        return outcome(refused ? "refused" : "open", text);
    }
}
