import { expect, test } from "@odoo/hoot";
import { queryAllTexts, queryFirst } from "@odoo/hoot-dom";
import { mountWithCleanup } from "@web/../tests/web_test_helpers";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { OrderReceipt } from "@point_of_sale/app/screens/receipt_screen/receipt/order_receipt";
import { FiscalReceipt } from "@fiscal_base/app/screens/receipt_screen/receipt/fiscal_receipt/fiscal_receipt";
import { paidOrder, receiptOf, setupFiscalEnv } from "@fiscal_base/../tests/unit/utils";

definePosModels();

async function show(receipt) {
    await setupFiscalEnv();
    await mountWithCleanup(FiscalReceipt, { props: { receipt } });
    return queryFirst(".fiscal-receipt").innerText;
}

test("a registered receipt has everything that the law wants, and a QR code", async () => {
    const text = await show(receiptOf("done", { url: "https://example.com/r/1" }));
    expect(text).toInclude("FISCAL RECEIPT · SALE");
    expect(".fiscal-number").toHaveText("123");
    expect(".fiscal-sign").toHaveText("2728726415");
    expect(".fiscal-shift").toHaveText("7 · 12");
    for (const fact of ["9999078902004339", "0000000400054952", "21.11.2026 22:15"]) {
        expect(text).toInclude(fact);
    }
    expect("img.fiscal-qr").toHaveAttribute("src", /^data:image/);
    expect(".fiscal-url").toHaveText("https://example.com/r/1");
    expect(".fiscal-test").toHaveCount(0);
});

test("what a service does not say leaves no empty line", async () => {
    await show(receiptOf("done", { sign: "", storage: "", register_number: "", shift: 0, qr: "" }));
    expect(queryAllTexts(".fiscal-fact span:first-child")).toEqual(["Document No.", "Date"]);
    expect("img").toHaveCount(0);
    expect(".fiscal-url").toHaveCount(0);
});

test("a QR code that is too long for a picture does not break the receipt", async () => {
    await show(receiptOf("done", { qr: "x".repeat(5000) }));
    expect(".fiscal-number").toHaveText("123");
    expect("img").toHaveCount(0);
});

test("a return is called one", async () => {
    const text = await show(receiptOf("done", { operation: "sale_return" }));
    expect(text).toInclude("FISCAL RECEIPT · SALE RETURN");
});

test("a test is marked in every state", async () => {
    for (const state of ["done", "queued", "rejected"]) {
        await mountWithCleanup(FiscalReceipt, {
            props: { receipt: receiptOf(state, { test: true }) },
        });
    }
    expect(queryAllTexts(".fiscal-test")).toEqual(Array(3).fill("TEST, not fiscal"));
});

for (const state of ["queued", "sending", "waiting", "unknown"]) {
    test(`a receipt that is ${state} is pending and not called fiscal`, async () => {
        const text = await show(receiptOf(state, { number: "5", qr: "q" }));
        expect(".fiscal-pending").toHaveCount(1);
        expect(text).not.toInclude("FISCAL RECEIPT");
        expect(".fiscal-number, img").toHaveCount(0);
    });
}

test("a refused receipt says so, and nothing of the reason to the customer", async () => {
    const text = await show(receiptOf("rejected"));
    expect(".fiscal-rejected").toHaveCount(1);
    expect(text).not.toInclude("The tax number is wrong.");
    expect(text).not.toInclude("FISCAL RECEIPT");
});

test("the receipt of an order has its fiscal part, except the one without prices", async () => {
    const { store, server } = await setupFiscalEnv();
    server.loaded = [receiptOf("done"), receiptOf("done", { id: 2, number: "124" })];
    const order = await paidOrder(store);
    await mountWithCleanup(OrderReceipt, { props: { order } });
    expect(queryAllTexts(".pos-receipt .fiscal-number")).toEqual(["123", "124"]);
    await mountWithCleanup(OrderReceipt, { props: { order, basic_receipt: true } });
    expect(".pos-receipt").toHaveCount(2);
    expect(".fiscal-receipt").toHaveCount(2);
});
