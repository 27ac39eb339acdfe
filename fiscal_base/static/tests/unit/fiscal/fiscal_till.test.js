import { advanceTime, expect, mockDate, test } from "@odoo/hoot";
import { animationFrame, click, queryAllTexts, tick } from "@odoo/hoot-dom";
import { Deferred } from "@odoo/hoot-mock";
import {
    makeServerError,
    mountWithCleanup,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { MainComponentsContainer } from "@web/core/main_components_container";
import { ConnectionLostError } from "@web/core/network/rpc";
import { setupPosEnv } from "@point_of_sale/../tests/unit/utils";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import {
    answered,
    newOrder,
    paidOrder,
    receiptOf,
    setupFiscalEnv,
} from "@fiscal_base/../tests/unit/utils";

definePosModels();

const notices = () => queryAllTexts(".o_notification_content");

test("a till without a register asks nothing and has no problems", async () => {
    const { store, server } = await setupFiscalEnv({ register: false });
    const order = await paidOrder(store);
    expect(store.fiscal.enabled).toBe(false);
    expect(store.fiscal.problems(order)).toEqual([]);
    expect(order.fiscalReceipts).toEqual([]);
    await advanceTime(60000);
    expect(server.calls).toEqual([]);
});

test("a server that knows nothing of registers is a till without one", async () => {
    const store = await setupPosEnv();
    expect(store.fiscal.enabled).toBe(false);
});

test("nothing is asked when the till opens and nothing is pending", async () => {
    const { store, server } = await setupFiscalEnv();
    await newOrder(store);
    await advanceTime(60000);
    expect(store.fiscal.enabled).toBe(true);
    expect(server.calls).toEqual([]);
});

// === Before the payment ===

test("a cashier who may not is a problem, with the way out of it", async () => {
    const { store } = await setupFiscalEnv();
    const order = await newOrder(store);
    expect(store.fiscal.problems(order)).toEqual([]);
    store.getCashier()._fiscal_problem = "Anna has no tax number.";
    const problems = store.fiscal.problems(order);
    expect(problems[0]).toBe("Anna has no tax number.");
    expect(problems[1]).toMatch(/reload this page/);
    expect(problems).toHaveLength(2);
});

test("an order that another device has paid is not paid again", async () => {
    const { store } = await setupFiscalEnv();
    const order = await newOrder(store);
    expect(store.fiscal.problems(order)).toEqual([]);
    await store.fiscal.onNews({ register: store.fiscal.register, order: order.uuid });
    expect(store.fiscal.problems(order)).toHaveLength(1);
    expect(store.fiscal.problems(order)[0]).toMatch(/paid on another device/);
    await mountWithCleanup(MainComponentsContainer);
    await store.pay();
    await animationFrame();
    expect(queryAllTexts(".modal-body")[0]).toMatch(/Take no payment/);
});

test("an order that the server has sent with a receipt is not paid again", async () => {
    const { store } = await setupFiscalEnv();
    const order = await newOrder(store);
    order.noteFiscalReceipts([receiptOf("queued")]);
    expect(store.fiscal.problems(order)[0]).toMatch(/paid on another device/);
    const paid = await paidOrder(store);
    expect(store.fiscal.madeElsewhere(paid)).toBe("");
});

test("a tax that the register does not know is a problem, told once", async () => {
    const { store } = await setupFiscalEnv({ unmapped: { 1: "The tax is not known." } });
    const order = await newOrder(store, { product: 5 });
    await store.addLineToOrder(
        { product_tmpl_id: store.models["product.template"].get(5), qty: 1, price_unit: 3 },
        order
    );
    expect(order.lines).toHaveLength(2);
    expect(store.fiscal.problems(order)[0]).toBe("The tax is not known.");
    expect(store.fiscal.problems(order)).toHaveLength(2);
});

test("other taxes of the company are no problem", async () => {
    const { store } = await setupFiscalEnv({ unmapped: { 2: "The tax is not known." } });
    const order = await newOrder(store, { product: 5 });
    expect(order.lines[0].tax_ids.map((tax) => tax.id)).toEqual([1]);
    expect(store.fiscal.problems(order)).toEqual([]);
});

test("one order may both sell and take back: that is two receipts", async () => {
    const { store, server } = await setupFiscalEnv();
    server.loaded = [receiptOf("done")];
    const sale = await paidOrder(store);
    const order = await newOrder(store);
    const back = await store.addLineToOrder(
        { product_tmpl_id: store.models["product.template"].get(6), qty: -1 },
        order
    );
    expect(store.fiscal.problems(order)).toEqual([]);
    back.refunded_orderline_id = sale.lines[0];
    expect(store.fiscal.problems(order)).toEqual([]);
});

test("a discount beside goods that are taken back is no sale", async () => {
    const { store, server } = await setupFiscalEnv();
    server.loaded = [receiptOf("done")];
    const sale = await paidOrder(store);
    const order = await newOrder(store, { qty: -1 });
    order.lines[0].refunded_orderline_id = sale.lines[0];
    await store.addLineToOrder(
        { product_tmpl_id: store.models["product.template"].get(1), qty: 1, price_unit: -5 },
        order
    );
    expect(store.fiscal.problems(order)).toEqual([]);
});

// === After the sync ===

test("an order that was synced is driven and registered", async () => {
    const { store, server } = await setupFiscalEnv();
    const order = await paidOrder(store, { synced: false });
    server.receipts[order.uuid] = [receiptOf("done")];
    store.addPendingOrder([order.id]);
    await store.syncAllOrders();
    expect(store.fiscal.isPending(order)).toBe(true);
    await answered();
    expect(server.calls).toEqual([{ method: "fiscal_drive", uuids: [order.uuid] }]);
    expect(store.fiscal.isPending(order)).toBe(false);
    expect(order.fiscalReceipts[0].number).toBe("123");
    await advanceTime(120000);
    expect(server.calls).toHaveLength(1);
});

test("an order in the making is not driven", async () => {
    const { store, server } = await setupFiscalEnv();
    const order = await newOrder(store);
    store.addPendingOrder([order.id]);
    await store.syncAllOrders();
    await answered();
    expect(order.isSynced).toBe(true);
    expect(server.calls).toEqual([]);
});

test("it asks again with growing pauses until there is a result", async () => {
    const { store, server } = await setupFiscalEnv();
    const order = await paidOrder(store);
    for (let second = 0; second < 75; second++) {
        await advanceTime(1000);
        await tick();
    }
    const pauses = server.moments.slice(1).map((at, call) => at - server.moments[call]);
    expect(pauses.length).toBeGreaterThan(5);
    for (const [call, seconds] of [1, 2, 3, 5, 10, 20].entries()) {
        expect(pauses[call]).toBeWithin(seconds * 1000 - 10, seconds * 1000 + 1900);
    }
    server.receipts[order.uuid] = [receiptOf("done")];
    await advanceTime(30000);
    await answered();
    expect(order.fiscalReceipts[0].state).toBe("done");
    const asked = server.calls.length;
    await advanceTime(120000);
    expect(server.calls).toHaveLength(asked);
});

test("a new sale is asked about at once, whatever the pause of an old one is", async () => {
    const { store, server } = await setupFiscalEnv();
    const first = await paidOrder(store);
    await advanceTime(1000);
    await advanceTime(2000);
    await advanceTime(3000);
    await answered();
    const asked = server.calls.length;
    const second = await paidOrder(store);
    expect(server.calls).toHaveLength(asked + 1);
    expect(server.calls.at(-1).uuids).toEqual([first.uuid, second.uuid]);
    await advanceTime(1000);
    await answered();
    expect(server.calls).toHaveLength(asked + 2);
});

test("a lost connection or an error of the server throws nothing, and is asked again", async () => {
    const { store, server } = await setupFiscalEnv();
    const order = await paidOrder(store, { synced: false });
    const register = store.fiscal.register;
    for (const problem of [new ConnectionLostError("/"), makeServerError(), new Error("odd")]) {
        server.problem = problem;
        store.fiscal.pending[order.uuid] = 0;
        await store.fiscal.drive();
        expect(store.fiscal.isPending(order)).toBe(true);
        expect(store.fiscal.timer).not.toBe(null);
        expect(store.fiscal.register).toEqual(register);
    }
    server.problem = null;
    server.receipts[order.uuid] = [receiptOf("done")];
    await advanceTime(1000);
    await answered();
    expect(store.fiscal.isPending(order)).toBe(false);
});

test("an answer that never comes counts as lost", async () => {
    const { store, server } = await setupFiscalEnv();
    server.wait = new Deferred();
    const order = await paidOrder(store);
    expect(server.calls).toHaveLength(1);
    await advanceTime(24000);
    await answered();
    expect(server.calls).toHaveLength(1);
    server.wait = null;
    server.receipts[order.uuid] = [receiptOf("done")];
    await advanceTime(2000);
    await answered();
    await advanceTime(1500);
    await answered();
    expect(server.calls).toHaveLength(2);
    expect(store.fiscal.isPending(order)).toBe(false);
});

test("an answer that a later one has overtaken is dropped", async () => {
    const { store, server } = await setupFiscalEnv();
    const slow = new Deferred();
    server.wait = slow;
    const order = await paidOrder(store);
    server.wait = null;
    server.receipts[order.uuid] = [receiptOf("done")];
    await store.fiscal.drive();
    expect(order.fiscalReceipts[0].state).toBe("done");
    slow.resolve();
    await answered();
    expect(order.fiscalReceipts[0].state).toBe("done");
    expect(store.fiscal.isPending(order)).toBe(false);
});

test("what an earlier page left open is followed when the till opens", async () => {
    const { store, server } = await setupFiscalEnv();
    const order = await paidOrder(store);
    const refused = await paidOrder(store);
    refused.noteFiscalReceipts([receiptOf("rejected")]);
    store.fiscal.pending = {};
    await mountWithCleanup(MainComponentsContainer);
    const asked = server.calls.length;
    await store.fiscal.resume(store.models["pos.order"].getAll());
    expect(server.calls.slice(asked)).toEqual([{ method: "fiscal_drive", uuids: [order.uuid] }]);
    await answered();
    expect(notices()).toEqual([]);
});

test("an order that is loaded later is followed when its receipt is open", async () => {
    const { store, server } = await setupFiscalEnv();
    await mountWithCleanup(MainComponentsContainer);
    const load = async (id, receipts) => {
        const uuid = `00000000-0000-0000-0000-00000000000${id}`;
        const vals = { id, uuid, state: "paid", lines: [], payment_ids: [], config_id: 1 };
        store.models.loadConnectedData({ "pos.order": [{ ...vals, fiscal_receipts: receipts }] });
        await answered();
        return uuid;
    };
    await load(1, [receiptOf("done")]);
    await load(2, [receiptOf("rejected")]);
    await load(3, []);
    expect(server.calls).toEqual([]);
    expect(notices()).toEqual([]);
    const uuid = await load(4, [receiptOf("waiting")]);
    expect(server.calls).toEqual([{ method: "fiscal_drive", uuids: [uuid] }]);
});

test("an order that the server does not answer for is not asked about again", async () => {
    const { store, server } = await setupFiscalEnv();
    const order = await paidOrder(store);
    server.receipts[order.uuid] = "unknown";
    await store.fiscal.drive();
    expect(store.fiscal.isPending(order)).toBe(false);
    const asked = server.calls.length;
    await advanceTime(60000);
    expect(server.calls).toHaveLength(asked);
});

test("an order whose receipts were all cancelled is not asked about again", async () => {
    const { store, server } = await setupFiscalEnv();
    const order = await paidOrder(store);
    server.receipts[order.uuid] = [];
    await store.fiscal.drive();
    expect(store.fiscal.isPending(order)).toBe(false);
});

// === What the cashier is told ===

test("a refused receipt is told once, with its reason", async () => {
    const { store, server } = await setupFiscalEnv();
    await mountWithCleanup(MainComponentsContainer);
    patchWithCleanup(store.notification, {
        add() {
            expect.step("told");
            return super.add(...arguments);
        },
    });
    const order = await paidOrder(store);
    server.receipts[order.uuid] = [receiptOf("rejected")];
    await store.fiscal.drive();
    await answered();
    expect(notices()).toHaveLength(1);
    expect(notices()[0]).toInclude("The tax number is wrong.");
    expect(notices()[0]).toInclude(order.pos_reference);
    expect.verifySteps(["told"]);
    store.fiscal.note(order.uuid, [receiptOf("rejected")]);
    await store.fiscal.onNews({ register: false, order: order.uuid });
    await answered();
    expect(notices()).toHaveLength(1);
    expect.verifySteps([]);
    expect(store.fiscal.isPending(order)).toBe(false);
});

test("a receipt that the server refused at once is told too", async () => {
    const { store, server } = await setupFiscalEnv();
    await mountWithCleanup(MainComponentsContainer);
    server.loaded = [receiptOf("rejected")];
    await paidOrder(store);
    expect(notices()).toHaveLength(1);
    expect(server.calls).toEqual([]);
});

test("“Try again” takes the refused receipt up, and tells of success", async () => {
    const { store, server } = await setupFiscalEnv();
    await mountWithCleanup(MainComponentsContainer);
    server.loaded = [receiptOf("rejected")];
    const order = await paidOrder(store);
    const drive = new Deferred();
    patchWithCleanup(store.fiscal, {
        async drive() {
            await drive;
            server.receipts[order.uuid] = [receiptOf("done")];
            return super.drive();
        },
    });
    await click(".fiscal-refused button:contains(Try again)");
    await answered();
    expect(server.calls).toEqual([{ method: "fiscal_retry", uuids: [order.uuid] }]);
    expect(notices()).toEqual([]);
    expect(order.fiscalReceipts[0].state).toBe("queued");
    drive.resolve();
    await answered();
    expect(server.calls[1]).toEqual({ method: "fiscal_drive", uuids: [order.uuid] });
    expect(order.fiscalReceipts[0].state).toBe("done");
    expect(notices()).toHaveLength(1);
    expect(notices()[0]).toInclude("is registered");
});

test("“Try again” in vain is told again, with the reason of now", async () => {
    const { store, server } = await setupFiscalEnv();
    await mountWithCleanup(MainComponentsContainer);
    server.loaded = [receiptOf("rejected")];
    const order = await paidOrder(store);
    server.receipts[order.uuid] = [receiptOf("rejected", { problem: "No such tax." })];
    await click(".fiscal-refused button:contains(Try again)");
    await answered();
    expect(notices()).toHaveLength(1);
    expect(notices()[0]).toInclude("No such tax.");
});

test("“Try again” without a connection keeps what was told", async () => {
    const { store, server } = await setupFiscalEnv();
    await mountWithCleanup(MainComponentsContainer);
    server.loaded = [receiptOf("rejected")];
    await paidOrder(store);
    server.problem = new ConnectionLostError("/");
    await click(".fiscal-refused button:contains(Try again)");
    await answered();
    expect(notices()).toHaveLength(2);
    expect(notices().join()).toInclude("The server does not answer.");
    expect(".fiscal-refused").toHaveCount(1);
});

test("“Go on, later” only takes the notice away", async () => {
    const { store, server } = await setupFiscalEnv();
    await mountWithCleanup(MainComponentsContainer);
    server.loaded = [receiptOf("rejected")];
    await paidOrder(store);
    await click(".fiscal-refused button:contains(Go on, later)");
    await answered();
    expect(notices()).toEqual([]);
    expect(server.calls).toEqual([]);
});

// === The bus ===

test("news over the bus: the register light, and the receipt that it names", async () => {
    const { store, server } = await setupFiscalEnv();
    const order = await paidOrder(store);
    const asked = server.calls.length;
    server.receipts[order.uuid] = [receiptOf("done")];
    server.register = { ...server.register, unsent: 0, shift: 8 };
    const channel = store.data.channels.find(({ channel }) => channel === "FISCAL");
    await channel.method({ register: server.register, order: order.uuid });
    expect(server.calls).toHaveLength(asked + 1);
    expect(order.fiscalReceipts[0].state).toBe("done");
    expect(store.fiscal.register.shift).toBe(8);
});

test("news of orders of other tills change the light and ask nothing", async () => {
    const { store, server } = await setupFiscalEnv();
    await store.fiscal.onNews({
        register: { ...server.register, health: "offline" },
        order: "another",
    });
    await store.fiscal.onNews({ register: { ...server.register, health: "off" }, order: false });
    expect(store.fiscal.register.health).toBe("off");
    expect(server.calls).toEqual([]);
});

test("a refused receipt that the accountant has sent again is followed", async () => {
    const { store, server } = await setupFiscalEnv();
    await mountWithCleanup(MainComponentsContainer);
    server.loaded = [receiptOf("rejected")];
    const order = await paidOrder(store);
    server.receipts[order.uuid] = [receiptOf("done")];
    await store.fiscal.onNews({ register: server.register, order: order.uuid });
    await answered();
    expect(order.fiscalReceipts[0].state).toBe("done");
    expect(notices()).toEqual([]);
    await store.fiscal.onNews({ register: server.register, order: order.uuid });
    expect(server.calls).toHaveLength(1);
});

// === Waiting ===

test("settled() ends with the result", async () => {
    const { store, server } = await setupFiscalEnv();
    const order = await paidOrder(store);
    store.fiscal.settled(order).then(() => expect.step("settled"));
    await advanceTime(500);
    expect.verifySteps([]);
    server.receipts[order.uuid] = [receiptOf("done")];
    await store.fiscal.drive();
    await advanceTime(200);
    expect.verifySteps(["settled"]);
});

test("settled() ends when the till has waited as long as it should", async () => {
    mockDate("2026-11-21 22:00:00");
    const { store } = await setupFiscalEnv({ register: { wait: 3 } });
    const order = await paidOrder(store);
    store.fiscal.settled(order).then(() => expect.step("settled"));
    await advanceTime(2800);
    expect.verifySteps([]);
    await advanceTime(400);
    expect.verifySteps(["settled"]);
    expect(store.fiscal.isPending(order)).toBe(true);
});

test("settled() of an order that is not pending ends at once", async () => {
    const { store } = await setupFiscalEnv();
    const order = await newOrder(store);
    await store.fiscal.settled(order);
    expect(store.fiscal.isPending(order)).toBe(false);
});
