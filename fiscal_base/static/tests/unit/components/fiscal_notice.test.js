import { expect, test } from "@odoo/hoot";
import { animationFrame, click } from "@odoo/hoot-dom";
import { Deferred } from "@odoo/hoot-mock";
import { mountWithCleanup } from "@web/../tests/web_test_helpers";
import { ReceiptScreen } from "@point_of_sale/app/screens/receipt_screen/receipt_screen";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { answered, paidOrder, receiptOf, setupFiscalEnv } from "@fiscal_base/../tests/unit/utils";

definePosModels();

async function screen(receipts, options) {
    const env = await setupFiscalEnv(options);
    env.server.loaded = receipts;
    const order = await paidOrder(env.store);
    await mountWithCleanup(ReceiptScreen, { props: { orderUuid: order.uuid } });
    return { ...env, order };
}

test("a registered receipt is named", async () => {
    await screen([receiptOf("done")]);
    expect(".receipt-screen .fiscal-notice.alert-success").toHaveText(
        "Fiscal receipt No. 123 is registered."
    );
    expect(".fiscal-notice button").toHaveCount(0);
});

test("a pending receipt lets the cashier go on, and turns green by itself", async () => {
    const { store, server, order } = await screen([receiptOf("queued")]);
    expect(".fiscal-notice.alert-warning").toHaveText(/You can go on/);
    server.receipts[order.uuid] = [receiptOf("done")];
    await store.fiscal.drive();
    await answered();
    expect(".fiscal-notice.alert-success").toHaveCount(1);
});

test("a refused receipt says why, and is tried again", async () => {
    const { server, order } = await screen([receiptOf("rejected")]);
    expect(".fiscal-notice.alert-danger").toHaveText(/The tax number is wrong\./);
    const wait = new Deferred();
    server.wait = wait;
    await click(".fiscal-notice button:contains(Try again)");
    await animationFrame();
    expect(".fiscal-notice button").not.toBeEnabled();
    server.wait = null;
    server.receipts[order.uuid] = [receiptOf("done")];
    wait.resolve();
    await answered();
    await answered();
    expect(server.calls.map(({ method }) => method)).toEqual(["fiscal_retry", "fiscal_drive"]);
    expect(".fiscal-notice.alert-success").toHaveCount(1);
});

test("what could be registered does not hide what was refused", async () => {
    await screen([receiptOf("done"), receiptOf("rejected", { id: 2 })]);
    expect(".fiscal-notice.alert-danger").toHaveCount(1);
});

test("without a register there is no notice", async () => {
    await screen([], { register: false });
    expect(".receipt-screen").toHaveCount(1);
    expect(".fiscal-notice").toHaveCount(0);
});
