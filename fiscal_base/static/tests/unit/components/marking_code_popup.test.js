import { expect, test } from "@odoo/hoot";
import { animationFrame, queryFirst, waitFor } from "@odoo/hoot-dom";
import { mountWithCleanup } from "@web/../tests/web_test_helpers";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { MarkingCodePopup } from "@fiscal_base/app/components/popups/marking_code_popup/marking_code_popup";
import { refusalOf } from "@fiscal_base/app/fiscal/marking_refusal";
import { keysOf, press } from "@fiscal_base/../tests/scanner";
import { newOrder, setupFiscalEnv } from "@fiscal_base/../tests/unit/utils";

definePosModels();

const ENTER = { code: "Enter", key: "Enter" };
const codeOf = (serial, tail = "") => `010460708021818721${serial}\u001d91EE06\u001d92${tail}`;

/** The popup in a page, and what it gave: `{input, taken}` */
async function popup(refuse = () => "") {
    const taken = [];
    await setupFiscalEnv();
    await mountWithCleanup(MarkingCodePopup, {
        props: {
            product: "Shoes",
            refuse,
            getPayload: (code) => taken.push(code),
            close: () => {},
        },
    });
    return { input: queryFirst(".marking-code-input"), taken };
}

const scan = (input, code, options) =>
    [...keysOf(code, options), ENTER].forEach((key) => press(input, key));

test("a hundred codes whose keys leave no time to render", async () => {
    const { input, taken } = await popup();
    const codes = Array.from({ length: 100 }, (_, index) =>
        codeOf(`5mZQ;eqA0W${100 + index}`, "Zm9vYmFyYmF6cXV4")
    );
    codes.forEach((code, index) => {
        input.select();
        scan(input, code, {
            layout: ["us", "ru", "ua"][index % 3],
            separator: ["ctrl", "f8", "alt"][((index / 3) % 3) | 0],
        });
    });
    expect(taken).toEqual(codes);
});

test("what is refused is said, and the next scan takes its place", async () => {
    const { input, taken } = await popup((code) => (code.startsWith("4") ? "Not that one." : ""));
    scan(input, "4607080218187");
    await waitFor(".marking-code-refusal:contains(Not that one.)");
    expect(taken).toEqual([]);
    scan(input, codeOf("5abcd"));
    await animationFrame();
    expect(taken).toEqual([codeOf("5abcd")]);
    expect(".marking-code-refusal").toHaveCount(0);
});

test("Done waits for something to be there", async () => {
    const { input } = await popup();
    expect(".btn-primary").not.toBeEnabled();
    press(input, { code: "KeyA", key: "ф" });
    await animationFrame();
    expect(".btn-primary").toBeEnabled();
    expect(input).toHaveValue("a");
});

test("a piece is sold once by the orders that are open", async () => {
    const { store } = await setupFiscalEnv();
    const [first, second] = [await newOrder(store), await newOrder(store)];
    const [sold, line] = [first.lines[0], second.lines[0]];
    const refusal = () => refusalOf(codeOf("5abcd"), line, store.models["pos.order"].getAll());
    expect(refusal()).toBe("");
    line.fiscal_marking_code = codeOf("5abcd");
    expect(refusal()).toBe("");
    sold.fiscal_marking_code = codeOf("5abcd", "another check code");
    expect(refusal()).toInclude("already in the open order");
    expect(refusal()).toInclude(first.getName());
    sold.fiscal_marking_code = codeOf("5abcde");
    expect(refusal()).toBe("");
    sold.fiscal_marking_code = codeOf("5abcd");
    first.state = "paid";
    expect(refusal()).toBe("");
    await store.addLineToOrder(
        { product_tmpl_id: store.models["product.template"].get(6), qty: 1 },
        second
    );
    second.lines[1].fiscal_marking_code = codeOf("5abcd");
    expect(refusal()).toInclude("already in this order");
});

test("what is no code is refused with the way out", async () => {
    const { store } = await setupFiscalEnv();
    const { lines } = await newOrder(store);
    const refusal = (code) => refusalOf(code, lines[0], []);
    expect(refusal("4607080218187")).toInclude("small square code");
    expect(refusal("https://example.com/a/b")).toInclude("a QR code with a link");
    expect(refusal(codeOf("Яabcd"))).toInclude("Switch the keyboard");
    expect(refusal(codeOf("5abcd").replaceAll("\u001d", "") + "x".repeat(44))).toInclude("GS");
});
