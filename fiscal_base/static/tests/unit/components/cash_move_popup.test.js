import { expect, test } from "@odoo/hoot";
import { mountWithCleanup, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { CashMovePopup } from "@point_of_sale/app/components/popups/cash_move_popup/cash_move_popup";
import { answered, setupFiscalEnv } from "@fiscal_base/../tests/unit/utils";

definePosModels();

async function popup() {
    const component = await mountWithCleanup(CashMovePopup, { props: { close: () => {} } });
    component.state.amount = "30";
    component.state.reason = "bank";
    return component;
}

/** Play the server; `problem` is thrown by the next move of cash. */
async function till(options) {
    const env = await setupFiscalEnv(options);
    env.moves = [];
    patchWithCleanup(env.store.data, {
        async call(model, method, args) {
            if (method === "try_cash_in_out") {
                env.moves.push(args.at(-1).fiscal_key);
                if (env.problem) {
                    throw env.problem;
                }
                return true;
            }
            return true;
        },
    });
    patchWithCleanup(env.store, { logEmployeeMessage: async () => {} });
    patchWithCleanup(env.store.printer, { print: async () => true });
    return env;
}

test("a confirmation that is repeated has the same key, and another popup another one", async () => {
    const env = await till();
    const first = await popup();
    env.problem = new Error("no answer");
    await expect(first.confirm()).rejects.toThrow("no answer");
    env.problem = null;
    await first.confirm();
    await (await popup()).confirm();
    expect(env.moves).toHaveLength(3);
    expect(env.moves[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(env.moves[1]).toBe(env.moves[0]);
    expect(env.moves[2]).not.toBe(env.moves[0]);
});

test("what others put beside the key stays there", async () => {
    await setupFiscalEnv();
    const component = await popup();
    const extras = component._prepareTryCashInOutPayload("in", 1, "r", 2, { one: 1 }).at(-1);
    expect(extras.one).toBe(1);
    expect(extras.fiscal_key).toBe(component.fiscalKey);
});

test("the register is driven after a move of cash", async () => {
    const env = await till();
    await (await popup()).confirm();
    await answered();
    expect(env.server.calls).toEqual([{ method: "fiscal_drive", uuids: [] }]);
});

test("nothing is driven without a register", async () => {
    const env = await till({ register: false });
    await (await popup()).confirm();
    await answered();
    expect(env.moves).toHaveLength(1);
    expect(env.server.calls).toEqual([]);
});
