import { beforeEach, expect, test } from "@odoo/hoot";
import { click, edit, queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { withoutTill } from "@fiscal_base/../tests/unit/backend/utils";

class Operation extends models.Model {
    _name = "operation";
    total = fields.Float({ digits: [16, 2], onChange: settle });
    cash_amount = fields.Float({ string: "Cash", digits: [16, 2], onChange: settle });
    card_amount = fields.Float({ string: "Card", digits: [16, 2], onChange: settle });
    left_to_pay = fields.Float({ digits: [16, 2] });
    state = fields.Char();
    _records = [
        { id: 1, total: 613.9, left_to_pay: 613.9, state: "draft" },
        { id: 2, total: 10, cash_amount: 10, left_to_pay: 0, state: "done" },
    ];
}

/** What the server computes. */
function settle(record) {
    const left = record.total - (record.cash_amount || 0) - (record.card_amount || 0);
    record.left_to_pay = Math.max(0, Math.round(100 * left) / 100);
}

defineMailModels();
defineModels([Operation]);
beforeEach(withoutTill);

function form(resId = 1) {
    return mountView({
        type: "form",
        resModel: "operation",
        resId,
        arch: `<form>
            <field name="state" invisible="1"/>
            <field name="total"/>
            <field name="left_to_pay"/>
            <field name="cash_amount" widget="fiscal_fill" readonly="state != 'draft'"
                options="{'left': 'left_to_pay', 'icon': 'fa-money'}"/>
            <field name="card_amount" widget="fiscal_fill" readonly="state != 'draft'"
                options="{'left': 'left_to_pay', 'icon': 'fa-credit-card'}"/>
        </form>`,
    });
}

const input = (name) => `[name="${name}"] input`;

test("a click fills in what is left to pay", async () => {
    await form();
    expect(queryAllTexts(".fiscal-fill button")).toEqual(["Cash", "Card"]);
    await contains("button:contains(Card)").click();
    expect(input("card_amount")).toHaveValue("613.90");
    expect(input("left_to_pay")).toHaveValue("0.00");
});

test("a part by cash, the rest by card", async () => {
    await form();
    await contains(input("cash_amount")).edit("100.1");
    await contains("button:contains(Card)").click();
    expect(input("card_amount")).toHaveValue("513.80");
    expect(input("cash_amount")).toHaveValue("100.10");
    expect(input("left_to_pay")).toHaveValue("0.00");
});

test("what is just being typed counts", async () => {
    await form();
    await click(input("cash_amount"));
    await edit("13.90", { confirm: false });
    await click("button:contains(Card)");
    await animationFrame();
    await animationFrame();
    expect(input("card_amount")).toHaveValue("600.00");
});

test("a second click adds nothing, and a larger total is filled up", async () => {
    await form();
    await contains("button:contains(Cash)").click();
    await contains("button:contains(Cash)").click();
    expect(input("cash_amount")).toHaveValue("613.90");
    await contains(input("total")).edit("700");
    await contains("button:contains(Cash)").click();
    expect(input("cash_amount")).toHaveValue("700.00");
});

test("it is saved as it is seen", async () => {
    onRpc("operation", "web_save", ({ args }) => {
        expect.step(args[1]);
    });
    await form();
    await contains("button:contains(Cash)").click();
    await contains(".o_form_button_save").click();
    expect.verifySteps([{ cash_amount: 613.9, left_to_pay: 0 }]);
});

test("a posted operation only tells", async () => {
    await form(2);
    expect(".fiscal-fill button").toHaveCount(0);
    expect(queryAllTexts(".fiscal-fill-name")).toEqual(["Cash", "Card"]);
    expect("[name='cash_amount']").toHaveText(/10.00/);
});
