import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { uuidv4 } from "@point_of_sale/utils";

/** `pay.task` (§8.5) */
export const PAY = 1;
export const REFUND = 2;
export const CANCEL = 3;
export const SETTLE = 11;
const LAST = 17; // moves no money

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
/**
 * Codes of a failure of the device, the line or the bank (§6.3). Money may have moved when they are the answer to the
 * operation itself. Stored with it, once the terminal has had all its time, they are its end: what was charged is
 * stored as such.
 */
const FAILED = new Set([
    411, 430, 1016, 5000, 5004, 5005, 5006, 5007, 5008, 5009, 5010, 5011, 5012, 5021, 5024, 5028,
    5067, 5068,
]);
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

/**
 * `url` under a name that no request has gone to before; null where it is not on this computer.
 *
 * A browser sends a POST again by itself when a connection that has served another request ends without an answer. A
 * name of its own gets a connection of its own; every name below `localhost` is this computer.
 */
function freshUrl(url) {
    try {
        const address = new URL(url);
        if (
            address.protocol !== "http:" ||
            !["localhost", "127.0.0.1"].includes(address.hostname)
        ) {
            return null;
        }
        address.hostname = `${uuidv4().slice(-12)}.localhost`;
        return address.href.replace(/\/+$/, "");
    } catch {
        return null;
    }
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

    /**
     * Carry out `pay` under the id `transaction`, once: on a connection that no browser sends it again on, or, where
     * Device Manager does not take that, with a look at what is stored under the id. `twice` is what was charged
     * besides and could not be taken back.
     */
    async execute(transaction, pay) {
        const ways = await this._ways();
        if (!ways.length) {
            return outcome(
                "refused",
                _t("Device Manager does not answer. Start it, then try again.")
            );
        }
        const request = this.merchant ? { ...pay, merch: this.merchant } : pay;
        const fields = { transaction_id: transaction, pay: request };
        const said = this._read(await this._post(fields, LONGEST, ways[0]));
        return ways[0].fresh || pay.task === SETTLE ? said : this._once(transaction, pay, said);
    }

    /** The first way on which Device Manager answers, in an array that is empty where it does not. */
    async _ways() {
        const fields = { transaction_search: 1, pay: { task: LAST } };
        for (const fresh of freshUrl(this.url) ? [true, false] : [false]) {
            const asked = { transaction_id: newTransaction(), ...fields };
            const said = await this._post(asked, TIMEOUT, { fresh });
            if (typeof said?.res === "number") {
                return [{ fresh }];
            }
        }
        return [];
    }

    /** `said`, or what is stored under the id where the request was carried out before it was answered. */
    async _once(transaction, pay, said) {
        const stored = await this.ask(transaction, pay.task);
        if (stored.kind !== "done") {
            return said;
        }
        const number = said.info.cancelid;
        if (said.kind === "done" && pay.task !== CANCEL && number !== stored.info.cancelid) {
            const undone = await this.execute(newTransaction(), { task: CANCEL, cancelid: number });
            return undone.kind === "done" ? stored : { ...stored, twice: said.info };
        }
        return stored;
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
        const over = isOfThisComputer(transaction) && age(transaction) >= LONGEST;
        return outcome(over && FAILED.has(said?.res) ? "refused" : "open", said?.errortxt);
    }

    /** @param {{fresh: boolean}} way on a connection of its own; `text/plain` needs no question (CORS) before it */
    async _post(fields, seconds, { fresh } = { fresh: false }) {
        try {
            const response = await browser.fetch(
                `${fresh ? freshUrl(this.url) : this.url}/dm/execute`,
                {
                    method: "POST",
                    headers: { "Content-Type": fresh ? "text/plain" : "application/json" },
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
                }
            );
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
