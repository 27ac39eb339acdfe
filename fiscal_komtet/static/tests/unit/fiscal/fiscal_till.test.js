import { expect, test } from "@odoo/hoot";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { newOrder, setupFiscalEnv } from "@fiscal_base/../tests/unit/utils";

definePosModels();

const ASKED = /choose a customer/;

async function problemsWith(partner, register = { needs_contact: true }) {
    const { store } = await setupFiscalEnv({ register });
    const order = await newOrder(store);
    if (partner) {
        const record = store.models["res.partner"].getFirst();
        Object.assign(record, { email: false, phone: false, ...partner });
        order.setPartner(record);
    }
    return store.fiscal.problems(order);
}

test("the customer's contact is asked for before the payment", async () => {
    const problems = await problemsWith(null);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(ASKED);
});

test("a customer whom nothing can be sent to is not enough", async () => {
    expect((await problemsWith({ email: "olga", phone: "+380 67 123 45 67" }))[0]).toMatch(ASKED);
});

test("an e-mail address is enough", async () => {
    expect(await problemsWith({ email: "olga@example.com" })).toEqual([]);
});

test("a Russian phone number is enough", async () => {
    expect(await problemsWith({ phone: "8 (912) 345-67-89" })).toEqual([]);
});

test("other registers need no contact", async () => {
    expect(await problemsWith(null, { needs_contact: false })).toEqual([]);
});

test("a server that knows nothing of contacts needs none", async () => {
    expect(await problemsWith(null, {})).toEqual([]);
});

test("a till without a register has no problems", async () => {
    expect(await problemsWith(null, false)).toEqual([]);
});
