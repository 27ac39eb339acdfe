import { expect, test } from "@odoo/hoot";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { newOrder, paidOrder, receiptOf, setupFiscalEnv } from "@fiscal_base/../tests/unit/utils";

definePosModels();

test("payments of a fiscalized order are not edited", async () => {
    const { store, server } = await setupFiscalEnv();
    store.setCashier(store.models["hr.employee"].get(2));
    const order = await newOrder(store);
    order.nb_print = 0;
    expect(store.canEditPayment(order)).toBe(true);
    server.loaded = [receiptOf("rejected")];
    const paid = await paidOrder(store);
    paid.nb_print = 0;
    expect(store.canEditPayment(paid)).toBe(false);
});

test("the register listens to the bus", async () => {
    const { store } = await setupFiscalEnv();
    expect(store.data.channels.map(({ channel }) => channel)).toInclude("FISCAL");
});

test("a till without a register does not", async () => {
    const { store } = await setupFiscalEnv({ register: false });
    expect(store.data.channels.map(({ channel }) => channel)).not.toInclude("FISCAL");
});
