import { browser } from "@web/core/browser/browser";
import { carriers, fetchOptions } from "@fiscal_base/relay/carry";

/** Key in the local storage of this browser for login and password of the KKM Server at `url`; stored nowhere else. */
const storeKey = (url) => `fiscal_kkm_server:${new URL(url).origin}`;

/** Login and password of the KKM Server at `url` as they were entered in this browser. */
export function credentials(url) {
    try {
        return JSON.parse(browser.localStorage.getItem(storeKey(url))) || {};
    } catch {
        return {};
    }
}

/** Store login and password in this browser; without a login they are removed. */
export function keepCredentials(url, login, password) {
    if (login) {
        browser.localStorage.setItem(storeKey(url), JSON.stringify({ login, password }));
    } else {
        browser.localStorage.removeItem(storeKey(url));
    }
}

/** `Authorization` of HTTP Basic in UTF-8; none without a login: a new KKM Server asks for no password. */
export function authorization({ login, password }) {
    if (!login) {
        return {};
    }
    const bytes = new TextEncoder().encode(`${login}:${password || ""}`);
    return { Authorization: `Basic ${btoa(String.fromCharCode(...bytes))}` };
}

/** Carry a call to the command page of the KKM Server on this computer, and to no other address. */
export async function carryToKkmServer(call) {
    const { pathname, protocol } = new URL(call.url);
    if (!/^https?:$/.test(protocol) || !/\/Execute$/i.test(pathname) || call.method !== "POST") {
        throw new Error("This is no request to KKM Server");
    }
    const headers = { ...call.headers, ...authorization(credentials(call.url)) };
    const response = await browser.fetch(call.url, fetchOptions({ ...call, headers }));
    return { status: response.status, text: await response.text() };
}

carriers.add("kkm_server", carryToKkmServer);
