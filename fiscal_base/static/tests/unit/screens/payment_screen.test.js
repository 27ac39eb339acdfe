import { expect, test } from "@odoo/hoot";
import { Deferred } from "@odoo/hoot-mock";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { PaymentScreen } from "@point_of_sale/app/screens/payment_screen/payment_screen";
import { newOrder, setupFiscalEnv } from "@fiscal_base/../tests/unit/utils";

definePosModels();

/** As much of a payment screen as a terminal's payment needs, with a terminal that tells when it charges. */
async function screenOf(store) {
    const line = {
        payment_method_id: {},
        pos_order_id: await newOrder(store),
        pay: async () => expect.step("charged"),
    };
    const screen = Object.create(PaymentScreen.prototype, {
        paymentLines: { value: [line] },
    });
    return Object.assign(screen, { pos: store, numberBuffer: { capture() {} }, line });
}

test("a terminal charges nothing while no receipt can be made", async () => {
    const { store, server } = await setupFiscalEnv();
    const screen = await screenOf(store);
    server.check = { problems: ["Change is given from cash only."], warnings: [] };
    await screen.sendPaymentRequest(screen.line);
    expect.verifySteps([]);
    server.check = { problems: [], warnings: [] };
    store.fiscal.check.question = "";
    await screen.sendPaymentRequest(screen.line);
    expect.verifySteps(["charged"]);
});

test("a terminal that is pressed twice while the server is asked charges once", async () => {
    const { store } = await setupFiscalEnv();
    const screen = await screenOf(store);
    const asked = new Deferred();
    store.fiscal.check.problems = () => asked;
    const first = screen.sendPaymentRequest(screen.line);
    const second = screen.sendPaymentRequest(screen.line);
    asked.resolve([]);
    await Promise.all([first, second]);
    expect.verifySteps(["charged"]);
});

test("what stands against one order is not shown at another", async () => {
    const { store, server } = await setupFiscalEnv();
    const order = await newOrder(store);
    server.check = { problems: ["Change is given from cash only."], warnings: [] };
    await store.fiscal.check.ask(order);
    expect(store.fiscal.check.answerFor(order).problems).toHaveLength(1);
    const other = await newOrder(store);
    expect(store.fiscal.check.answerFor(other).problems).toHaveLength(0);
});
