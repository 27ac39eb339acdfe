import { expect, test } from "@odoo/hoot";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { newOrder, paidOrder, receiptOf, setupFiscalEnv } from "@fiscal_base/../tests/unit/utils";

definePosModels();

const states = (order) => order.fiscalReceipts.map((receipt) => receipt.state);

test("an order in the making has no receipt", async () => {
    const { store } = await setupFiscalEnv();
    const order = await newOrder(store);
    expect(order.fiscalReceipts).toEqual([]);
});

test("a paid order that the server has not seen yet expects one", async () => {
    const { store } = await setupFiscalEnv({ register: { test: true } });
    const order = await paidOrder(store, { synced: false });
    expect(order.fiscalReceipts).toEqual([
        { state: "queued", operation: "sale", register: "Register 1", test: true },
    ]);
    order.state = "cancel";
    expect(order.fiscalReceipts).toEqual([]);
});

test("goods taken back expect a receipt of a return", async () => {
    const { store } = await setupFiscalEnv();
    const order = await paidOrder(store, { synced: false, qty: -1 });
    expect(order.fiscalReceipts[0].operation).toBe("sale_return");
});

test("no money, no receipt", async () => {
    const { store } = await setupFiscalEnv();
    const order = await newOrder(store);
    order.state = "paid";
    expect(order.fiscalReceipts).toEqual([]);
});

test("a synced order has what the server says, even when that is nothing", async () => {
    const { store, server } = await setupFiscalEnv();
    server.loaded = [];
    const without = await paidOrder(store);
    expect(without.fiscalReceipts).toEqual([]);
    server.loaded = [receiptOf("done")];
    const registered = await paidOrder(store);
    expect(states(registered)).toEqual(["done"]);
});

test("what the register told this till stands before what was loaded", async () => {
    const { store } = await setupFiscalEnv();
    const order = await paidOrder(store);
    for (const state of ["waiting", "unknown", "rejected", "queued", "done"]) {
        order.noteFiscalReceipts([receiptOf(state)]);
        expect(states(order)).toEqual([state]);
    }
});

test("what is loaded later stands before what was told earlier", async () => {
    const { store } = await setupFiscalEnv();
    const order = await paidOrder(store);
    order.noteFiscalReceipts([receiptOf("rejected")]);
    order.fiscal_receipts = [receiptOf("rejected", { id: 1 }), receiptOf("queued", { id: 2 })];
    expect(states(order)).toEqual(["rejected", "queued"]);
    order.noteFiscalReceipts([receiptOf("waiting", { id: 2 })]);
    order.fiscal_receipts = [receiptOf("done", { id: 2 })];
    expect(states(order)).toEqual(["done"]);
});

test("a registered receipt stays registered", async () => {
    const { store } = await setupFiscalEnv();
    const order = await paidOrder(store);
    order.noteFiscalReceipts([receiptOf("done")]);
    order.fiscal_receipts = [receiptOf("waiting")];
    expect(states(order)).toEqual(["done"]);
});
