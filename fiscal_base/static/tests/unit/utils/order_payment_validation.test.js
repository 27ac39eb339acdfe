import { advanceTime, expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { mountWithCleanup, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { MainComponentsContainer } from "@web/core/main_components_container";
import { ConnectionLostError } from "@web/core/network/rpc";
import OrderPaymentValidation from "@point_of_sale/app/utils/order_payment_validation";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { answered, newOrder, receiptOf, setupFiscalEnv } from "@fiscal_base/../tests/unit/utils";

definePosModels();

/** An order that is about to be paid, its validation, and a printer that tells when it prints what. */
async function payment({ printed = true, auto = true, ...options } = {}) {
    const { store, server } = await setupFiscalEnv(options);
    store.config.iface_print_auto = auto;
    store.config.iface_print_skip_screen = false;
    patchWithCleanup(store.printer, {
        async print(component, { order }) {
            expect.step(`print ${order.fiscalReceipts.map((receipt) => receipt.state)}`);
            return printed;
        },
    });
    const order = await newOrder(store);
    const validation = new OrderPaymentValidation({
        pos: store,
        orderUuid: order.uuid,
        fastPaymentMethod: store.models["pos.payment.method"].get(1),
    });
    return { store, server, order, validation };
}

/** Let seconds pass, with everything that happens in them. */
async function pass(seconds) {
    for (let quarter = 0; quarter < 4 * seconds; quarter++) {
        await advanceTime(250);
        await answered();
    }
}

test("what the register would refuse is refused before the payment", async () => {
    const { store, server, order, validation } = await payment();
    await mountWithCleanup(MainComponentsContainer);
    store.getCashier()._fiscal_problem = "Anna has no tax number.";
    await validation.validateOrder(false);
    await answered();
    expect(queryAllTexts(".modal-title")).toEqual(["No receipt can be made"]);
    expect(queryAllTexts(".modal-body")[0]).toInclude("Anna has no tax number.");
    expect(order.state).toBe("draft");
    expect(await validation.isOrderValid(false)).toBe(false);
    store.getCashier()._fiscal_problem = false;
    expect(await validation.isOrderValid(false)).toBe(true);
    expect(server.calls).toEqual([]);
});

test("what the server finds wrong with the order is refused before the payment", async () => {
    const { server, order, validation } = await payment();
    await mountWithCleanup(MainComponentsContainer);
    server.check = { problems: ["Change is given from cash only."], warnings: [] };
    await validation.validateOrder(false);
    await answered();
    expect(queryAllTexts(".modal-body")[0]).toInclude("Change is given from cash only.");
    expect(order.state).toBe("draft");
    expect(server.checked[0].lines).toHaveLength(1);
    expect(server.checked[0].payments).toHaveLength(1);
});

test("without a register everything is as it was", async () => {
    const { server, order, validation } = await payment({ register: false });
    await validation.validateOrder(false);
    expect(order.state).toBe("paid");
    expect.verifySteps(["print "]);
    expect(server.calls).toEqual([]);
});

test("the receipt is printed once, behind the screen, when the register has answered", async () => {
    const { server, order, validation } = await payment();
    await validation.validateOrder(false);
    expect(order.state).toBe("paid");
    expect.verifySteps([]);
    await advanceTime(500);
    expect.verifySteps([]);
    server.receipts[order.uuid] = [receiptOf("done")];
    await pass(2);
    expect.verifySteps(["print done"]);
    expect(order.nb_print).toBe(1);
    await advanceTime(20000);
    expect.verifySteps([]);
});

test("the receipt is printed as pending when the till has waited long enough", async () => {
    const { validation } = await payment({ register: { wait: 2 } });
    await validation.validateOrder(false);
    await advanceTime(1500);
    await answered();
    expect.verifySteps([]);
    await advanceTime(800);
    await answered();
    expect.verifySteps(["print queued"]);
    await advanceTime(20000);
    expect.verifySteps([]);
});

test("a receipt that the cashier prints meanwhile is not printed again", async () => {
    const { store, server, order, validation } = await payment();
    await validation.validateOrder(false);
    await store.printReceipt({ order });
    expect.verifySteps(["print queued"]);
    server.receipts[order.uuid] = [receiptOf("done")];
    await pass(3);
    expect.verifySteps([]);
});

test("a printer that fails in the background disturbs nobody", async () => {
    const { store, server, order, validation } = await payment();
    patchWithCleanup(store.printer, {
        async print() {
            expect.step("print");
            throw new Error("no paper");
        },
    });
    await validation.validateOrder(false);
    server.receipts[order.uuid] = [receiptOf("done")];
    await pass(2);
    expect.verifySteps(["print"]);
});

test("nothing waits where nothing is printed by itself", async () => {
    const { server, order, validation } = await payment({ auto: false });
    await validation.validateOrder(false);
    expect(order.state).toBe("paid");
    server.receipts[order.uuid] = [receiptOf("done")];
    await pass(2);
    expect.verifySteps([]);
});

test("only the printing waits: what else follows a payment happens at once", async () => {
    const { store, validation } = await payment();
    patchWithCleanup(store, {
        checkPreparationStateAndSentOrderInPreparation() {
            expect.step("kitchen");
        },
    });
    await validation.validateOrder(false);
    expect.verifySteps(["kitchen"]);
});

test("the value of the core's method is handed on", async () => {
    const { store, order, validation } = await payment();
    expect(await store.fiscal.holdPrinting(order, async () => "value")).toBe("value");
    patchWithCleanup(store.fiscal, {
        async holdPrinting(of, work) {
            expect.step(of.uuid);
            await work();
            return "value";
        },
    });
    expect(await validation.afterOrderValidation()).toBe("value");
    expect.verifySteps([order.uuid, "print "]);
});

test("a lost connection prints at once, without fiscal data, and the order waits", async () => {
    const { store, server, order, validation } = await payment();
    patchWithCleanup(store.data, {
        async call(model, method) {
            if (method === "sync_from_ui") {
                throw new ConnectionLostError("/");
            }
            return super.call(...arguments);
        },
    });
    patchWithCleanup(store.data, { checkConnectivity: () => expect.step("probe") });
    expect.errors(1);
    await validation.validateOrder(false);
    await answered();
    expect.verifySteps(["print queued", "probe"]);
    expect.verifyErrors([/ConnectionLostError|Connection/]);
    expect(order.state).toBe("paid");
    expect(order.isSynced).toBe(false);
    expect(store.fiscal.isPending(order)).toBe(false);
    expect(server.calls).toEqual([]);
});
