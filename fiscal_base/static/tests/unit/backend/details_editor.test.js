import { beforeEach, expect, test } from "@odoo/hoot";
import { click, edit, queryAllTexts, queryFirst, queryOne } from "@odoo/hoot-dom";
import { advanceTime, animationFrame, Deferred } from "@odoo/hoot-mock";
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

class Register extends models.Model {
    _name = "fiscal.register";
    template = fields.Char();
    company_id = fields.Many2one({ relation: "res.company" });
    _records = [
        { id: 1, template: "{note}", company_id: 1 },
        { id: 2, template: false, company_id: 1 },
    ];
}

class Journal extends models.Model {
    _name = "account.journal";
    template = fields.Char();
    fiscal_register_id = fields.Many2one({ relation: "fiscal.register" });
    _records = [{ id: 5, template: "{note}", fiscal_register_id: 2 }];
}

class Payment extends models.Model {
    _name = "account.payment";
    name = fields.Char();
    partner_type = fields.Char();
    company_id = fields.Many2one({ relation: "res.company" });
    journal_id = fields.Many2one({ relation: "account.journal" });
    _records = [
        { id: 7, name: "PAY7", partner_type: "customer", company_id: 1, journal_id: 5 },
        { id: 8, name: "PAY8", partner_type: "supplier", company_id: 1, journal_id: 5 },
    ];
}

defineMailModels();
defineModels([Register, Journal, Payment]);

const HELP = {
    tags: [
        { tag: "{note}", meaning: "Memo of the payment", example: "for October" },
        { tag: "{customer}", meaning: "The person served", example: "Anthony Smith" },
    ],
    default: "{customer} - {note}",
    payments: true,
};

/** What the server was asked to preview, `[ids of registers, template, payment]`. */
let asked;
/** The same for the list of tags, `[ids of registers, company]`. */
let helped;
let answer;

beforeEach(() => {
    withoutTill();
    asked = [];
    helped = [];
    answer = (template) => ({ text: `On paper: ${template}`, whole: "", problems: [] });
    onRpc("fiscal.register", "details_help", ({ args }) => {
        helped.push(args);
        return HELP;
    });
    onRpc("fiscal.register", "details_preview", ({ args }) => {
        asked.push(args);
        return answer(args[1] || HELP.default);
    });
});

async function editor(resId = 1, resModel = "fiscal.register", arch = "") {
    const extra = resModel === "fiscal.register" ? "company_id" : "fiscal_register_id";
    await mountView({
        type: "form",
        resModel,
        resId,
        arch:
            arch ||
            `<form><field name="${extra}" invisible="1"/><field name="template" widget="fiscal_details"/></form>`,
    });
    await animationFrame();
}

/** Type, and wait until the server has been asked. */
async function type(text) {
    await click("textarea");
    await edit(text, { confirm: false });
    await advanceTime(200);
    await animationFrame();
}

test("the tags with their examples, and what the template says", async () => {
    await editor();
    expect(helped).toEqual([[[1], 1]]);
    expect("textarea").toHaveValue("{note}");
    expect(queryAllTexts(".fiscal-details-tags button")).toEqual([
        "{note} Memo of the payment\nfor October",
        "{customer} The person served\nAnthony Smith",
    ]);
    expect(".fiscal-details-text").toHaveText("On paper: {note}");
    expect(".fiscal-details-preview").toHaveText(/16 \/ 128/);
    expect(asked).toEqual([[[1], "{note}", false]]);
});

test("an empty template shows and tries the one in force", async () => {
    await editor(2);
    expect("textarea").toHaveValue("");
    expect(queryFirst("textarea").placeholder).toBe("{customer} - {note}");
    expect(".fiscal-details-text").toHaveText("On paper: {customer} - {note}");
    await contains("button:contains(Change it)").click();
    expect("textarea").toHaveValue("{customer} - {note}");
    await advanceTime(200);
    await animationFrame();
    expect("button:contains(Change it)").toHaveCount(0);
});

test("a click puts the tag where the cursor is, and it is saved", async () => {
    onRpc("fiscal.register", "web_save", ({ args }) => {
        expect.step(args[1].template);
    });
    await editor();
    await type("for , thank you");
    queryOne("textarea").setSelectionRange(4, 4);
    await click(`button[data-tag="{customer}"]`);
    await click(`button[data-tag="{note}"]`);
    expect("textarea").toHaveValue("for {customer} {note}, thank you");
    expect("textarea").toBeFocused();
    await advanceTime(200);
    await animationFrame();
    expect(".fiscal-details-text").toHaveText("On paper: for {customer} {note}, thank you");
    await contains(".o_form_button_save").click();
    expect.verifySteps(["for {customer} {note}, thank you"]);
});

test("a selected piece of the text is replaced by the tag", async () => {
    await editor();
    await type("for WHOM");
    queryOne("textarea").setSelectionRange(4, 8);
    await click(`button[data-tag="{customer}"]`);
    expect("textarea").toHaveValue("for {customer}");
});

test("it is asked once for what was typed in one go", async () => {
    await editor();
    asked.length = 0;
    await click("textarea");
    await edit("{customer}", { confirm: false });
    await animationFrame();
    expect(asked).toEqual([]);
    await advanceTime(200);
    expect(asked).toEqual([[[1], "{customer}", false]]);
});

test("an answer that comes late is not shown", async () => {
    await editor();
    const late = new Deferred();
    answer = () => late;
    await type("old");
    answer = (template) => ({ text: template, whole: "", problems: [] });
    await type("new");
    late.resolve({ text: "old", whole: "", problems: [] });
    await animationFrame();
    expect(".fiscal-details-text").toHaveText("new");
});

test("problems and what was shortened are told while one types", async () => {
    await editor();
    answer = () => ({
        text: "short",
        whole: "short and the rest",
        problems: ["“{nte}” is not a tag. Did you mean “{note}”?", "A brace has no partner."],
    });
    await type("{nte} }");
    expect(queryAllTexts(".fiscal-details-problem")).toEqual([
        "“{nte}” is not a tag. Did you mean “{note}”?",
        "A brace has no partner.",
    ]);
    expect(".fiscal-details-whole").toHaveText(/The document keeps all of it: short and the rest/);
});

test("what a value holds is text, not markup", async () => {
    answer = () => ({ text: "<b>x</b>", whole: "", problems: ["<i>y</i>"] });
    await editor();
    expect(".fiscal-details-text").toHaveText("<b>x</b>");
    expect(".fiscal-details-preview b, .fiscal-details-preview i").toHaveCount(0);
});

test("a payment of a customer can be chosen to try it on", async () => {
    await editor();
    await contains(".o_record_selector input").click();
    await animationFrame();
    expect(queryAllTexts(".o-autocomplete--dropdown-item")).toEqual(["PAY7"]);
    await contains(".o-autocomplete--dropdown-item:contains(PAY7)").click();
    await animationFrame();
    expect(asked.at(-1)).toEqual([[1], "{note}", 7]);
});

test("who may see no payments chooses none", async () => {
    onRpc("fiscal.register", "details_help", () => ({ ...HELP, payments: false }));
    await editor();
    expect(".o_record_selector").toHaveCount(0);
    expect(".fiscal-details-text").toHaveText("On paper: {note}");
});

test("the text of a journal is tried with its register", async () => {
    await editor(5, "account.journal");
    expect(helped).toEqual([[[2], false]]);
    expect(asked).toEqual([[[2], "{note}", false]]);
});

test("read only: the text in force and what it says", async () => {
    await editor(
        2,
        "fiscal.register",
        `<form edit="0"><field name="template" widget="fiscal_details"/></form>`
    );
    expect("textarea").toHaveCount(0);
    expect(".fiscal-details-tags").toHaveCount(0);
    expect(".fiscal-details > span").toHaveText("{customer} - {note}");
    expect(".fiscal-details-text").toHaveText("On paper: {customer} - {note}");
});
