import { expect, test } from "@odoo/hoot";
import { animationFrame, click, queryAllTexts, queryFirst } from "@odoo/hoot-dom";
import { mountWithCleanup } from "@web/../tests/web_test_helpers";
import { MainComponentsContainer } from "@web/core/main_components_container";
import { Navbar } from "@point_of_sale/app/components/navbar/navbar";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { FiscalLight } from "@fiscal_base/app/components/navbar/fiscal_light/fiscal_light";
import { REGISTER, answered, paidOrder, setupFiscalEnv } from "@fiscal_base/../tests/unit/utils";

definePosModels();

async function light(register) {
    const env = await setupFiscalEnv({ register });
    await mountWithCleanup(MainComponentsContainer);
    await mountWithCleanup(FiscalLight);
    return env;
}

const cases = [
    [{}, "text-success", "fa-check-circle", "Shift 7 is open since 21.11.2026 09:00."],
    [{ shift_open: false, shift: 0 }, "text-success", "fa-check-circle", "The shift is closed."],
    [{ health: "new" }, "text-success", "fa-check-circle", "Register 1"],
    [{ unsent: 3 }, "text-warning", "fa-clock-o", "Receipts in the queue: 3"],
    [{ health: "off" }, "text-warning", "fa-power-off", "switched off. Go on selling"],
    [
        { health: "offline" },
        "text-danger",
        "fa-exclamation-circle",
        "does not answer. Go on selling",
    ],
    [
        { health: "problem", message: "No paper." },
        "text-danger",
        "fa-exclamation-circle",
        "No paper.",
    ],
    [{ errors: 2 }, "text-danger", "fa-exclamation-circle", "Receipts with an error: 2."],
];
for (const [register, color, icon, words] of cases) {
    test(`the light of ${JSON.stringify(register)}`, async () => {
        await light(register);
        expect(`.fiscal-light i.${color}.${icon}`).toHaveCount(1);
        expect(queryFirst(".fiscal-light").title).toInclude(words);
        expect(queryFirst(".fiscal-light").dataset.health).toBe(register.health || "ready");
        expect(queryAllTexts(".fiscal-unsent")).toEqual(register.unsent ? ["3"] : []);
    });
}

test("a test register is marked", async () => {
    await light({ test: true });
    expect(".fiscal-light .badge").toHaveText("TEST");
    expect(queryFirst(".fiscal-light").title).toInclude("TEST, not fiscal");
});

test("the top bar has a light with a register, and none without", async () => {
    await setupFiscalEnv();
    await mountWithCleanup(Navbar);
    expect(".pos-topheader .fiscal-light").toHaveCount(1);
});

test("the top bar has no light without a register", async () => {
    await setupFiscalEnv({ register: false });
    await mountWithCleanup(Navbar);
    expect(".pos-topheader").toHaveCount(1);
    expect(".fiscal-light").toHaveCount(0);
});

test("the light follows the register", async () => {
    const { store } = await light({});
    await store.fiscal.onNews({ register: { ...REGISTER, health: "offline" }, order: false });
    await animationFrame();
    expect(".fiscal-light i.text-danger").toHaveCount(1);
});

test("a click on a green light tells how it is and asks anew", async () => {
    const { server } = await light({});
    server.register = { ...REGISTER, unsent: 4 };
    await click(".fiscal-light");
    await answered();
    expect(".modal-body").toHaveText(/Shift 7 is open/);
    expect(queryAllTexts(".modal-footer button")).toEqual(["Ok"]);
    expect(server.calls).toEqual([{ method: "fiscal_drive", uuids: [] }]);
    expect(".fiscal-unsent").toHaveText("4");
});

test("a click on a red light offers to try again", async () => {
    const { store, server } = await light({ health: "problem", message: "No paper.", unsent: 1 });
    const order = await paidOrder(store);
    server.calls.length = 0;
    await click(".fiscal-light");
    await animationFrame();
    expect(".modal-body").toHaveText(/cannot work now. Go on selling[^]*No paper./);
    expect(queryAllTexts(".modal-footer button")).toEqual(["Try again", "Go on, later"]);
    server.register = { ...REGISTER };
    await click(".modal-footer button:contains(Try again)");
    await answered();
    expect(".modal").toHaveCount(0);
    expect(server.calls).toEqual([
        { method: "fiscal_retry", uuids: [order.uuid] },
        { method: "fiscal_drive", uuids: [order.uuid] },
    ]);
    expect(".fiscal-light i.text-success").toHaveCount(1);
});

test("“Go on, later” asks nothing", async () => {
    const { server } = await light({ health: "offline" });
    await click(".fiscal-light");
    await animationFrame();
    await click(".modal-footer button:contains(Go on, later)");
    await answered();
    expect(".modal").toHaveCount(0);
    expect(server.calls).toEqual([]);
});

test("a register that is off cannot be tried again from the till", async () => {
    await light({ health: "off", unsent: 5 });
    await click(".fiscal-light");
    await animationFrame();
    expect(queryAllTexts(".modal-footer button")).toEqual(["Ok"]);
});
