import { advanceTime, animationFrame, expect, test } from "@odoo/hoot";
import { onRpc, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { browser } from "@web/core/browser/browser";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { bringSurely, carriers, carry, take } from "@fiscal_base/relay/carry";
import { paidOrder, receiptOf, setupFiscalEnv } from "@fiscal_base/../tests/unit/utils";

definePosModels();

const CALL = {
    token: "t1",
    provider: "test",
    method: "POST",
    url: "http://localhost:5893/Execute",
    headers: { "Content-Type": "application/json" },
    body: "{}",
    timeout: 10,
};

test("a request goes to the register as it is, without cookies and redirects", async () => {
    patchWithCleanup(browser, {
        fetch: async (url, options) => {
            expect.step(`${options.method} ${url} ${options.body}`);
            expect(options.credentials).toBe("omit");
            expect(options.redirect).toBe("error");
            return { status: 401, text: async () => "no" };
        },
    });
    expect(await carry(CALL)).toEqual({ status: 401, text: "no" });
    expect.verifySteps(["POST http://localhost:5893/Execute {}"]);
});

test("a register that does not answer is a reply too", async () => {
    patchWithCleanup(browser, {
        fetch: () => Promise.reject(new TypeError("Failed to fetch")),
    });
    expect(await carry(CALL)).toEqual({ error: "TypeError: Failed to fetch" });
});

test("a provider may carry in its own way", async () => {
    carriers.add("test", async (call) => ({ status: 200, text: `own ${call.token}` }), {
        force: true,
    });
    expect(await carry(CALL)).toEqual({ status: 200, text: "own t1" });
    carriers.remove("test");
});

test("a computer that was asleep carries nothing out after the lease", async () => {
    patchWithCleanup(browser, {
        fetch: async () => {
            expect.step("fetch");
            return { status: 200, text: async () => "printed" };
        },
    });
    const call = { ...CALL, lease: 60 };
    const slow = async (seconds) => {
        const result = await take(async () => {
            await advanceTime(1000 * seconds);
            return { call: { ...call } };
        });
        return carry(result.call);
    };
    expect(await slow(59)).toEqual({ status: 200, text: "printed" });
    expect.verifySteps(["fetch"]);
    expect((await slow(61)).error).toInclude("too late");
    expect.verifySteps([]);
});

test("a reply is brought again while Odoo is away, and not when it refuses", async () => {
    let tries = 0;
    const brought = bringSurely(async () => {
        tries += 1;
        if (tries < 3) {
            throw new Error("away");
        }
        return "brought";
    });
    await advanceTime(10000);
    expect(await brought).toBe("brought");
    expect(tries).toBe(3);
    const refusal = Object.assign(new Error(), { exceptionName: "odoo.exceptions.AccessError" });
    await expect(bringSurely(() => Promise.reject(refusal))).rejects.toThrow();
});

test("the till carries every request that it gets, and shows the receipt", async () => {
    const { store, server } = await setupFiscalEnv();
    patchWithCleanup(browser, {
        fetch: async (url) => ({ status: 200, text: async () => `printed ${url}` }),
    });
    const order = await paidOrder(store);
    const calls = [{ ...CALL }, { ...CALL, token: "t2", url: "http://localhost:5893/Again" }];
    const answers = [];
    patchWithCleanup(store.fiscal, {
        async call(method, uuids, ...rest) {
            answers.push([method, ...rest]);
            const call = calls.shift();
            const receipt = receiptOf(call ? "sending" : "done");
            return { register: server.register, receipts: { [order.uuid]: [receipt] }, call };
        },
    });
    store.fiscal.pending[order.uuid] = 0;
    await store.fiscal.drive();
    await animationFrame();
    expect(answers).toEqual([
        ["fiscal_drive"],
        ["fiscal_relay", "t1", { status: 200, text: "printed http://localhost:5893/Execute" }],
        ["fiscal_relay", "t2", { status: 200, text: "printed http://localhost:5893/Again" }],
    ]);
    expect(order.fiscalReceipts[0].state).toBe("done");
    expect(store.fiscal.isPending(order)).toBe(false);
});

test("the closing is carried to the register before its Z report is asked for", async () => {
    const { store } = await setupFiscalEnv({ register: { relays: true } });
    patchWithCleanup(store.fiscal, {
        drive: async () => expect.step("drive"),
    });
    onRpc("pos.config", "fiscal_z_report", () => {
        expect.step("report");
        return { state: "done" };
    });
    expect(await store.fiscal.shiftReport(7)).toEqual({ state: "done" });
    expect.verifySteps(["drive", "report"]);
});

test("the till takes up the queue of others when it opens, and again while something waits", async () => {
    const { store, server } = await setupFiscalEnv({ register: { relays: true, unsent: 2 } });
    await animationFrame();
    expect(server.calls).toEqual([{ method: "fiscal_drive", uuids: [] }]);
    await advanceTime(900);
    expect(server.calls.length).toBe(1);
    await advanceTime(200);
    expect(server.calls.length).toBe(2);
    await advanceTime(1100);
    expect(server.calls.length).toBe(2, { message: "the pauses grow" });
    server.register = { ...server.register, unsent: 0 };
    await advanceTime(1000);
    expect(server.calls.length).toBe(3);
    await advanceTime(120000);
    expect(server.calls.length).toBe(3, { message: "nothing waits, nothing is asked" });
    server.register = { ...server.register, unsent: 1 };
    await store.fiscal.onNews({ register: server.register, order: false });
    expect(server.calls.length).toBe(4, { message: "a kiosk has queued a receipt" });
});

test("the queue of a register that Odoo itself reaches is not the till's", async () => {
    const { store, server } = await setupFiscalEnv({ register: { unsent: 2 } });
    await advanceTime(60000);
    await store.fiscal.onNews({ register: { ...server.register, unsent: 3 }, order: false });
    expect(server.calls).toEqual([]);
});
