import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { uuidv4 } from "@point_of_sale/utils";

/** `pay.task` (§8.5) */
export const PAY = 1;
export const REFUND = 2;
export const CANCEL = 3;
export const SETTLE = 11;
const LAST = 17; // moves no money

/** Longest time in seconds of an operation on the terminal (§6.4). */
export const LONGEST = 310;
const TIMEOUT = 10; // of a question, in seconds
const NOT_FOUND = 5013;
const TERMINAL = 3; // `type` (§8.3)

/**
 * Codes that prove that no money has moved (§6.3): the terminal or the task is unknown, the customer or the bank
 * refused. So do the bank's own codes (up to 999), except for two of Device Manager among them.
 */
const REFUSED = new Set([
    1126, 5001, 5002, 5003, 5014, 5015, 5016, 5017, 5018, 5019, 5020, 5022, 5023, 5025, 5026, 5027,
    5029,
]);
const OPEN_BELOW_1000 = new Set([411, 430]);
/** Those of them that can only be results of the operation itself, not of a question about it. */
const DECLINED = new Set([5001, 5002, 5015, 5017, 5018, 5019, 5020, 5023]);
/**
 * Codes of a failure of the device, the line or the bank (§6.3). As an answer to the operation itself they leave open
 * whether money has moved. As the stored result, once the longest time is over, they are final: a charge would be
 * stored as done.
 */
const FAILED = new Set([
    411, 430, 1016, 5000, 5004, 5005, 5006, 5007, 5008, 5009, 5010, 5011, 5012, 5021, 5024, 5028,
    5067, 5068,
]);
const COMPUTER = "fiscal_vchasno.computer";

/**
 * The outcome of a task:
 *
 * - `done`: with `info`
 * - `refused`: no money has moved; `words` of the bank
 * - `never`: Device Manager has never finished such an operation, and none can be in progress any more. Only the
 *   computer that started it can tell: on another one `localhost` is another Device Manager
 * - `open`: not known
 */
const outcome = (kind, words = "", info = {}) => ({ kind, words, info });

/** Twelve hexadecimal digits that identify this browser. */
function computer() {
    let digits = browser.localStorage.getItem(COMPUTER);
    if (!/^[0-9a-f]{12}$/.test(digits)) {
        digits = uuidv4().slice(-12);
        browser.localStorage.setItem(COMPUTER, digits);
    }
    return digits;
}

/** A new id of an operation: a UUID version 7, which holds its start time, with the id of this browser at the end. */
export function newTransaction(now = Date.now()) {
    const time = now.toString(16).padStart(12, "0");
    return `${time.slice(0, 8)}-${time.slice(8)}-7${uuidv4().slice(15, 24)}${computer()}`;
}

/** Seconds since the operation with this id was started. */
export function age(transaction, now = Date.now()) {
    const begun = parseInt(transaction.replace("-", "").slice(0, 12), 16);
    return (now - begun) / 1000;
}

/**
 * `url` with a host name that was never used before; null if it is not on this computer.
 *
 * A browser repeats a POST on its own if a kept connection ends without an answer. A new host name gets a new
 * connection; every name below `localhost` is this computer.
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

/** A bank terminal behind a Device Manager that this browser reaches. Moves money at most once for one id. */
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
     * Carry out `pay` with the id `transaction` once: on a new connection, on which no browser repeats it, or, if
     * Device Manager does not accept that, by comparing the answer with the stored result. `twice` is a second charge
     * that could not be reversed.
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

    /** The first way by which Device Manager answers, in an array; empty if it does not answer. */
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

    /** `said`, or the stored result if the request had been carried out before the one that was answered. */
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

    /** The outcome of the operation `transaction`. Moves no money. */
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

    /** @param {{fresh: boolean}} way whether on a new connection; `text/plain` needs no CORS preflight */
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
            return null; // it may have been sent: a browser does not tell whether the connection was refused
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
