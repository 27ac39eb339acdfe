import { expect, test } from "@odoo/hoot";
import { patchWithCleanup } from "@web/../tests/web_test_helpers";
import { browser } from "@web/core/browser/browser";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { carry } from "@fiscal_base/relay/carry";
import { authorization, credentials, keepCredentials } from "@fiscal_kkm_server/relay/carrier";

definePosModels();

const CALL = {
    token: "t1",
    provider: "kkm_server",
    method: "POST",
    url: "http://localhost:5893/Execute",
    headers: { "Content-Type": "application/json" },
    body: "{}",
    timeout: 10,
};

/** A browser with a store of its own, and a KKM Server that notes what it gets. */
function beside() {
    const store = {};
    const got = [];
    patchWithCleanup(browser, {
        localStorage: {
            getItem: (key) => store[key] ?? null,
            setItem: (key, value) => (store[key] = value),
            removeItem: (key) => delete store[key],
        },
        fetch: async (url, options) => {
            got.push({ url, ...options });
            return { status: 200, text: async () => "{}" };
        },
    });
    return got;
}

test("login and password go to the KKM Server they were entered for, and nowhere else", async () => {
    const got = beside();
    keepCredentials(CALL.url, "User", "пароль");
    expect(await carry(CALL)).toEqual({ status: 200, text: "{}" });
    await carry({ ...CALL, url: "http://localhost:5894/Execute" });
    expect(atob(got[0].headers.Authorization.split(" ")[1])).toBe(
        String.fromCharCode(...new TextEncoder().encode("User:пароль"))
    );
    expect(got[0].headers["Content-Type"]).toBe("application/json");
    expect(got[0].credentials).toBe("omit");
    expect("Authorization" in got[1].headers).toBe(false);
    keepCredentials(CALL.url, "", "");
    expect(credentials(CALL.url)).toEqual({});
});

test("a new KKM Server asks for no password", async () => {
    expect(authorization({})).toEqual({});
    expect(authorization({ login: "Admin" })).toEqual({ Authorization: `Basic ${btoa("Admin:")}` });
});

test("only commands are carried", async () => {
    const got = beside();
    for (const change of [
        { url: "http://localhost:5893/Settings" },
        { url: "http://localhost:5893/Execute/../Settings" },
        { url: "file:///etc/passwd/Execute" },
        { url: "no address" },
        { method: "GET" },
    ]) {
        const reply = await carry({ ...CALL, ...change });
        expect("error" in reply).toBe(true);
    }
    expect(got).toEqual([]);
});

test("what is broken in the store is no login", () => {
    beside();
    browser.localStorage.setItem("fiscal_kkm_server:http://localhost:5893", "{");
    expect(credentials(CALL.url)).toEqual({});
});
