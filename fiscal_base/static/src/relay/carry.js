import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";

/**
 * How requests get from this browser to a register beside it, by provider: an async function that takes a call as the
 * server's `_relay_take` describes it and returns `{status, text}`. A provider adds one if a plain `fetch` will not do,
 * for example to sign in with a secret that only this browser has.
 */
export const carriers = registry.category("fiscal_carriers");

/** Options of `fetch` for a call: no cookies, and redirects are not followed. */
export function fetchOptions({ method, headers, body, timeout }) {
    return {
        method,
        headers,
        body: body || undefined,
        credentials: "omit",
        redirect: "error",
        signal: AbortSignal.timeout(1000 * timeout),
    };
}

async function fetchCarrier(call) {
    const response = await browser.fetch(call.url, fetchOptions(call));
    return { status: response.status, text: await response.text() };
}

/** What `ask` returns; the lease of its call runs from before Odoo was asked. */
export async function take(ask) {
    const since = Date.now();
    const result = await ask();
    if (result.call) {
        result.call.since = since;
    }
    return result;
}

/** Carry one request to the register. Never throws: a missing reply is returned with its reason. */
export async function carry(call) {
    if (call.lease && Date.now() - call.since > 1000 * call.lease) {
        // This computer was asleep: another one may have found out what became of the document.
        return { error: "the request came too late to be carried out" };
    }
    try {
        return await carriers.get(call.provider, fetchCarrier)(call);
    } catch (error) {
        return { error: `${error.name}: ${error.message}` };
    }
}

/**
 * Bring a reply with `bring`, again if Odoo cannot be reached: a lost reply holds up the register until its lease
 * expires. Bringing one twice does no harm.
 *
 * @returns what `bring` returns, as `take`
 */
export async function bringSurely(bring, pauses = [1, 3, 10]) {
    for (const pause of pauses) {
        try {
            return await take(bring);
        } catch (error) {
            if (error.exceptionName) {
                throw error; // Odoo was reached, and refuses
            }
            await new Promise((resolve) => browser.setTimeout(resolve, 1000 * pause));
        }
    }
    return take(bring);
}
