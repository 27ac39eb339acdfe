import { expect, mockDate, test } from "@odoo/hoot";
import { patchWithCleanup } from "@web/../tests/web_test_helpers";
import { browser } from "@web/core/browser/browser";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import OrderPaymentValidation from "@point_of_sale/app/utils/order_payment_validation";
import { PaymentScreen } from "@point_of_sale/app/screens/payment_screen/payment_screen";
import { PaymentVchasno, isOpen } from "@fiscal_vchasno/app/utils/payment/payment_vchasno";
import { Terminal, age, newTransaction } from "@fiscal_vchasno/app/utils/payment/terminal";
import { newOrder, setupFiscalEnv } from "@fiscal_base/../tests/unit/utils";

definePosModels();

const INFO = {
    refundid: "000019148585",
    cancelid: "000001",
    payid: "123456",
    cardmask: "5168****1234",
    paysys: "VISA",
    bankname: "Bank",
    term_id: "S1A1",
    restxt: "OK",
    receipt: "SLIP",
};

const LAST = 17; // whether Device Manager answers is asked by it

/**
 * Device Manager, played by the test: what it is sent, and what it says in turn; a function throws or waits. Whether it
 * answers at all, it says by itself: `sent.way` is how it wants to be asked.
 */
function playDeviceManager(...answers) {
    const sent = [];
    sent.way = ["text/plain", "application/json"];
    patchWithCleanup(browser, {
        fetch: async (url, options) => {
            const type = options.headers["Content-Type"];
            const fields = JSON.parse(options.body);
            if (fields.pay.task === LAST) {
                return { ok: sent.way.includes(type), json: async () => refused(5013) };
            }
            sent.push({ url, contentType: type, ...fields });
            const answer = answers.shift();
            const said = typeof answer === "function" ? await answer() : answer;
            return { ok: true, json: async () => said };
        },
    });
    return sent;
}

const done = (info = {}) => ({ res: 0, info: { ...INFO, ...info } });
const refused = (res, errortxt = "no") => ({ res, errortxt, info: {} });
const broken = () => Promise.reject(new TypeError("Failed to fetch"));

/** A till with a terminal and an order that is being paid on it. */
async function setupTerminal() {
    const { store } = await setupFiscalEnv();
    const method = store.models["pos.payment.method"].get(2);
    Object.assign(method, {
        use_payment_terminal: "vchasno",
        vchasno_terminal: "Terminal 1",
        vchasno_terminal_url: "http://localhost:3939/",
        vchasno_merchant: "1",
    });
    const payment = (method.payment_terminal = new PaymentVchasno(store, method));
    const alerts = [];
    payment._alert = (body) => alerts.push(body);
    payment._ask = async (body) => {
        alerts.push(body);
        return false;
    };
    const order = await newOrder(store);
    const { data: line } = order.addPaymentline(method);
    return { store, payment, order, line, alerts };
}

/** What a promise has come to, “open” while it has not. */
const state = (promise) =>
    Promise.race([promise, new Promise((resolve) => setTimeout(resolve, 0, "open"))]);

test("an id of an operation tells when it began", () => {
    const id = newTransaction(1700000000000);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/);
    expect(age(id, 1700000310000)).toBe(310);
    expect(newTransaction(1700000000000)).not.toBe(id);
});

test("a payment goes to the terminal, and what the bank says stays with the line", async () => {
    const { payment, line } = await setupTerminal();
    const sent = playDeviceManager(done({ sum: Math.abs(line.amount) }));
    expect(await payment.sendPaymentRequest(line.uuid)).toBe(true);
    expect(sent).toHaveLength(1);
    const [{ url, contentType, device, type, ver, transaction_id, pay }] = sent;
    expect(url).toMatch(/^http:\/\/[0-9a-f]{12}\.localhost:3939\/dm\/execute$/);
    expect({ contentType, device, type, ver }).toEqual({
        contentType: "text/plain",
        device: "Terminal 1",
        type: 3,
        ver: 6,
    });
    expect(pay).toEqual({ task: 1, sum: line.amount, merch: "1" });
    expect(line.transaction_id).toBe(transaction_id);
    expect(line.card_no).toBe("5168****1234");
    expect(line.payment_ref_no).toBe("000019148585");
    expect(line.payment_method_authcode).toBe("123456");
    expect(line.vchasno_terminal_number).toBe("S1A1");
    expect(line.ticket).toBe("SLIP");
});

test("the id of an operation is stored before anything is sent", async () => {
    const { store, payment, line } = await setupTerminal();
    const sent = playDeviceManager(done(), done());
    const stored = [];
    patchWithCleanup(store.data, {
        async synchronizeLocalDataInIndexedDB() {
            stored.push([sent.length, line.transaction_id, line.vchasno_reversal || ""]);
            throw new Error("the disk is full");
        },
    });
    await payment.sendPaymentRequest(line.uuid);
    expect(stored).toEqual([[0, sent[0].transaction_id, ""]]);
    await payment.sendPaymentReversal(line.uuid);
    expect(stored[1]).toEqual([1, sent[0].transaction_id, sent[1].transaction_id]);
});

test("a refusal is told, and the next try is an operation of its own", async () => {
    const { payment, line, alerts } = await setupTerminal();
    const sent = playDeviceManager(refused(5018, "No funds"), done());
    expect(await payment.sendPaymentRequest(line.uuid)).toBe(false);
    expect(alerts[0]).toMatch(/refused.*No funds/);
    expect(await payment.sendPaymentRequest(line.uuid)).toBe(true);
    expect(sent[1].transaction_id).not.toBe(sent[0].transaction_id);
    expect(sent[1].transaction_search).toBe(undefined);
});

test("a lost answer is asked for and never charged again", async () => {
    const { payment, line, alerts } = await setupTerminal();
    const sent = playDeviceManager(broken, done({ sum: line.amount }));
    expect(await state(payment.sendPaymentRequest(line.uuid))).toBe("open");
    expect(alerts[0]).toMatch(/Nobody has said/);
    expect(line.getPaymentStatus()).toBe("waitingCard");
    expect(await payment.sendPaymentRequest(line.uuid)).toBe(true);
    expect(sent[1].transaction_id).toBe(sent[0].transaction_id);
    expect(sent[1].transaction_search).toBe(1);
});

test("as long as it may be under way, not found proves nothing", async () => {
    const { payment, line } = await setupTerminal();
    const sent = playDeviceManager(broken, refused(5013), refused(5013), done());
    expect(await state(payment.sendPaymentRequest(line.uuid))).toBe("open");
    expect(await state(payment.sendPaymentRequest(line.uuid))).toBe("open");
    mockDate(new Date(Date.now() + 311000).toISOString().replace("T", " ").slice(0, 19), 0);
    expect(await payment.sendPaymentRequest(line.uuid)).toBe(true);
    expect(sent).toHaveLength(4);
    expect(sent[3].transaction_id).not.toBe(sent[0].transaction_id);
});

test("a time-out of the terminal leaves it open", async () => {
    for (const code of [411, 1016, 5000, 5004, 5028]) {
        const said = await new Terminal("", "T")._read(refused(code));
        expect(said.kind).toBe("open", { message: `${code}` });
    }
    for (const code of [303, 51, 5001, 5015]) {
        const said = await new Terminal("", "T")._read(refused(code));
        expect(said.kind).toBe("refused", { message: `${code}` });
    }
    for (const strange of [null, {}, { res: "0" }, { res: 0 }]) {
        expect((await new Terminal("", "T")._read(strange)).kind).toBe("open");
    }
});

test("a failure that is stored ends a payment when the terminal has had all its time", async () => {
    for (const code of [411, 430, 1016, 5004, 5006, 5021, 5028]) {
        const terminal = new Terminal("http://localhost:3939", "T");
        playDeviceManager(refused(code), refused(code), done());
        expect((await terminal.ask(newTransaction())).kind).toBe("open", { message: `${code}` });
        const old = newTransaction(Date.now() - 311000);
        expect((await terminal.ask(old)).kind).toBe("refused", { message: `${code}` });
        expect((await terminal.ask(old)).kind).toBe("done", { message: "charged all the same" });
    }
});

test("a payment that failed can be paid again after a while", async () => {
    const { payment, line, alerts } = await setupTerminal();
    playDeviceManager(refused(5004), refused(5004), refused(5004, "No bank"), done());
    expect(await state(payment.sendPaymentRequest(line.uuid))).toBe("open");
    expect(await state(payment.sendPaymentRequest(line.uuid))).toBe("open");
    mockDate(new Date(Date.now() + 311000).toISOString().replace("T", " ").slice(0, 19), 0);
    expect(await payment.sendPaymentRequest(line.uuid)).toBe(false);
    expect(alerts.at(-1)).toMatch(/refused the payment.*No bank/);
    expect(await payment.sendPaymentRequest(line.uuid)).toBe(true);
});

test("a person who has looked at the terminal ends a payment of which nobody knows", async () => {
    const { payment, order, line } = await setupTerminal();
    const sent = playDeviceManager(refused(5028), refused(5028), refused(5028));
    await state(payment.sendPaymentRequest(line.uuid));
    expect(await payment.sendPaymentCancel(order, line.uuid)).toBe(false);
    expect(isOpen(line)).toBe(true);
    payment._ask = async () => true;
    expect(await payment.sendPaymentCancel(order, line.uuid)).toBe(true);
    expect([line.transaction_id, isOpen(line), sent.length]).toEqual(["", false, 3]);
});

test("what was charged is taken back, whatever a person would say", async () => {
    const { payment, order, line } = await setupTerminal();
    const sent = playDeviceManager(refused(411), done(), done());
    payment._ask = async () => true;
    await state(payment.sendPaymentRequest(line.uuid));
    expect(await payment.sendPaymentCancel(order, line.uuid)).toBe(true);
    expect(sent[2].pay.task).toBe(3);
});

test("without Device Manager nothing is begun", async () => {
    const { payment, line, alerts } = await setupTerminal();
    const sent = playDeviceManager();
    sent.way = [];
    expect(await payment.sendPaymentRequest(line.uuid)).toBe(false);
    expect(alerts[0]).toMatch(/does not answer/);
    expect([sent.length, line.transaction_id, isOpen(line)]).toEqual([0, "", false]);
});

test("each operation has a connection of its own where the computer is this one", async () => {
    const { payment, line } = await setupTerminal();
    const sent = playDeviceManager(done(), done());
    await payment.sendPaymentRequest(line.uuid);
    await payment.sendPaymentReversal(line.uuid);
    expect(sent[0].url).not.toBe(sent[1].url);
});

test("elsewhere, a payment that was carried out twice is taken back once", async () => {
    const { payment, line, alerts } = await setupTerminal();
    line.payment_method_id.vchasno_terminal_url = "http://192.168.1.5:3939";
    const second = done({ refundid: "000019148586", cancelid: "000002" });
    const sent = playDeviceManager(second, done(), done(), done(), second, done(), refused(5027));
    expect(await payment.sendPaymentRequest(line.uuid)).toBe(true);
    expect(sent.map((each) => each.url)).toEqual(
        Array(4).fill("http://192.168.1.5:3939/dm/execute")
    );
    expect([sent[1].transaction_search, sent[1].transaction_id]).toEqual([
        1,
        sent[0].transaction_id,
    ]);
    expect(sent[2].pay).toEqual({ task: 3, cancelid: "000002", merch: "1" });
    expect(line.payment_ref_no).toBe("000019148585");
    expect(alerts).toHaveLength(0);
});

test("a second payment that cannot be taken back is told", async () => {
    const { payment, line, alerts } = await setupTerminal();
    line.payment_method_id.vchasno_terminal_url = "http://192.168.1.5:3939";
    const second = done({ refundid: "000019148586", cancelid: "000002" });
    playDeviceManager(second, done(), refused(5027), refused(5013));
    expect(await payment.sendPaymentRequest(line.uuid)).toBe(true);
    expect(line.payment_ref_no).toBe("000019148585");
    expect(alerts[0]).toMatch(/twice.*000002/);
});

test("elsewhere, a refusal of the second run does not hide the payment of the first", async () => {
    const { payment, line } = await setupTerminal();
    line.payment_method_id.vchasno_terminal_url = "http://192.168.1.5:3939";
    playDeviceManager(refused(5001), done());
    expect(await payment.sendPaymentRequest(line.uuid)).toBe(true);
    expect(line.payment_ref_no).toBe("000019148585");
});

test("what was paid under an interrupted request counts, with the sum of the bank", async () => {
    const { payment, line } = await setupTerminal();
    playDeviceManager(broken, done({ sum: 1.5 }));
    await state(payment.sendPaymentRequest(line.uuid));
    expect(await payment.sendPaymentRequest(line.uuid)).toBe(true);
    expect(line.amount).toBe(1.5);
});

test("cancelling while the customer is at the terminal is done there", async () => {
    const { payment, order, line, alerts } = await setupTerminal();
    playDeviceManager(() => new Promise(() => {}));
    payment.sendPaymentRequest(line.uuid);
    expect(await payment.sendPaymentCancel(order, line.uuid)).toBe(false);
    expect(alerts[0]).toMatch(/red button/);
});

test("cancelling an interrupted payment takes back what was paid", async () => {
    const { payment, order, line } = await setupTerminal();
    const sent = playDeviceManager(broken, done(), done());
    await state(payment.sendPaymentRequest(line.uuid));
    expect(await payment.sendPaymentCancel(order, line.uuid)).toBe(true);
    expect(sent[2].pay).toEqual({ task: 3, cancelid: "000001", merch: "1" });
    expect(line.transaction_id).toBe("");
});

test("an interrupted payment of which nobody knows cannot be cancelled away", async () => {
    const { payment, order, line, alerts } = await setupTerminal();
    playDeviceManager(broken, broken, done(), refused(5027));
    await state(payment.sendPaymentRequest(line.uuid));
    expect(await payment.sendPaymentCancel(order, line.uuid)).toBe(false);
    expect(await payment.sendPaymentCancel(order, line.uuid)).toBe(false);
    expect(alerts.at(-1)).toMatch(/could not be taken back/);
    expect(line.transaction_id).not.toBe("");
});

test("a payment is reversed by its number on the terminal", async () => {
    const { payment, line } = await setupTerminal();
    const sent = playDeviceManager(done(), done(), refused(5027));
    await payment.sendPaymentRequest(line.uuid);
    expect(payment.supports_reversals).toBe(true);
    expect(await payment.sendPaymentReversal(line.uuid)).toBe(true);
    expect(sent[1].pay.cancelid).toBe("000001");
    expect(await payment.sendPaymentReversal(line.uuid)).toBe(false);
});

test("a reversal whose answer is lost is asked for", async () => {
    const { payment, line, alerts } = await setupTerminal();
    const sent = playDeviceManager(done(), broken, done(), broken, refused(5013));
    await payment.sendPaymentRequest(line.uuid);
    expect(await payment.sendPaymentReversal(line.uuid)).toBe(true);
    expect(sent[2].transaction_id).toBe(sent[1].transaction_id);
    expect(sent[2].transaction_search).toBe(1);
    expect(await payment.sendPaymentReversal(line.uuid)).toBe(false);
    expect(alerts.at(-1)).toMatch(/Nobody has said whether the payment was taken back/);
});

test("a reversal whose end is not known is asked for before anything else", async () => {
    const { payment, order, line, alerts } = await setupTerminal();
    const sent = playDeviceManager(broken, done(), broken, broken, broken, done());
    await state(payment.sendPaymentRequest(line.uuid));
    expect(await payment.sendPaymentCancel(order, line.uuid)).toBe(false);
    expect(alerts.at(-1)).toMatch(/Nobody has said whether the payment was taken back/);
    const reversal = sent[2].transaction_id;
    expect(line.vchasno_reversal).toBe(reversal);
    expect(await payment.sendPaymentCancel(order, line.uuid)).toBe(false);
    expect(await payment.sendPaymentCancel(order, line.uuid)).toBe(true);
    for (const asked of sent.slice(3)) {
        expect([asked.transaction_id, asked.transaction_search]).toEqual([reversal, 1]);
    }
    expect(sent).toHaveLength(6);
    expect([line.transaction_id, line.vchasno_reversal]).toEqual(["", ""]);
});

test("a payment that was taken back does not count when it is tried again", async () => {
    const { payment, order, line } = await setupTerminal();
    const sent = playDeviceManager(broken, done(), broken, broken, done(), done());
    await state(payment.sendPaymentRequest(line.uuid));
    await payment.sendPaymentCancel(order, line.uuid);
    expect(await payment.sendPaymentRequest(line.uuid)).toBe(true);
    expect([sent[4].pay.task, sent[4].transaction_search]).toEqual([3, 1]);
    expect([sent[5].pay.task, sent[5].transaction_search]).toEqual([1, undefined]);
    expect(sent[5].transaction_id).not.toBe(sent[0].transaction_id);
});

test("nothing is asked twice at once of one payment", async () => {
    const { payment, order, line, alerts } = await setupTerminal();
    let answer;
    const slow = () => new Promise((resolve) => (answer = resolve));
    const sent = playDeviceManager(broken, slow, done(), slow);
    await state(payment.sendPaymentRequest(line.uuid));
    const again = payment.sendPaymentRequest(line.uuid);
    expect(await payment.sendPaymentCancel(order, line.uuid)).toBe(false);
    expect(alerts.at(-1)).toMatch(/red button/);
    answer(refused(5013));
    expect(await state(again)).toBe("open");
    const cancelled = payment.sendPaymentCancel(order, line.uuid);
    expect(await state(cancelled)).toBe("open");
    expect(await payment.sendPaymentRequest(line.uuid)).toBe(false);
    expect(alerts.at(-1)).toMatch(/still at work/);
    expect(sent).toHaveLength(4);
    answer(done());
    expect(await cancelled).toBe(true);
});

test("a refusal whose answer was lost is told when it is asked for", async () => {
    const { payment, order, line, alerts } = await setupTerminal();
    playDeviceManager(broken, refused(5015), broken, refused(5022), refused(5001));
    await state(payment.sendPaymentRequest(line.uuid));
    expect(await payment.sendPaymentRequest(line.uuid)).toBe(false);
    expect(alerts.at(-1)).toMatch(/refused the payment/);
    expect(line.transaction_id).toBe("");
    await state(payment.sendPaymentRequest(line.uuid));
    expect(await payment.sendPaymentCancel(order, line.uuid)).toBe(false, {
        message: "busy: the question was refused",
    });
    expect(await payment.sendPaymentCancel(order, line.uuid)).toBe(true);
});

test("not found on another computer proves nothing", async () => {
    const { payment, order, line } = await setupTerminal();
    const sent = playDeviceManager(refused(5013), refused(5013));
    const other = newTransaction(Date.now() - 400000).slice(0, 24) + "0123456789ab";
    line.transaction_id = other;
    expect(await state(payment.sendPaymentRequest(line.uuid))).toBe("open");
    expect(await payment.sendPaymentCancel(order, line.uuid)).toBe(false);
    expect(line.transaction_id).toBe(other);
    expect(sent.every((asked) => asked.transaction_search === 1)).toBe(true);
});

test("a payment without a number on the terminal is not taken back blindly", async () => {
    const { payment, line, alerts } = await setupTerminal();
    const sent = playDeviceManager(done({ cancelid: undefined }));
    await payment.sendPaymentRequest(line.uuid);
    expect(await payment.sendPaymentReversal(line.uuid)).toBe(false);
    expect(alerts.at(-1)).toMatch(/could not be taken back/);
    expect(sent).toHaveLength(1);
});

test("a line of which nobody knows is open until that is cleared up", async () => {
    const { payment, line } = await setupTerminal();
    playDeviceManager(broken, refused(5015));
    expect(isOpen(line)).toBe(false);
    await state(payment.sendPaymentRequest(line.uuid));
    line.setPaymentStatus("retry"); // “Force cancel”
    expect(isOpen(line)).toBe(true);
    await payment.sendPaymentRequest(line.uuid);
    expect(isOpen(line)).toBe(false);
});

test("an order whose card may have been charged is neither validated nor deleted", async () => {
    const { store, payment, order, line, alerts } = await setupTerminal();
    playDeviceManager(broken);
    await state(payment.sendPaymentRequest(line.uuid));
    const validation = new OrderPaymentValidation({ pos: store, orderUuid: order.uuid });
    expect(await validation.isOrderValid(false)).toBe(false);
    expect(await store._onBeforeDeleteOrder(order)).toBe(false);
    expect(alerts.at(-1)).toMatch(/Nobody has said whether the card was charged/);
    line.setPaymentStatus("done"); // “Force done”
    expect(await store._onBeforeDeleteOrder(order)).toBe(true);
});

test("a line whose card may have been charged is not deleted after “Force cancel”", async () => {
    const { payment, order, line, alerts } = await setupTerminal();
    playDeviceManager(broken);
    await state(payment.sendPaymentRequest(line.uuid));
    line.setPaymentStatus("retry");
    const screen = { paymentLines: order.payment_ids, currentOrder: order };
    PaymentScreen.prototype.deletePaymentLine.call(screen, line.uuid);
    expect(order.payment_ids.includes(line)).toBe(true);
    expect(line.getPaymentStatus()).toBe("waitingCard");
    expect(alerts).toHaveLength(2);
});

test("a refund names the payment of the order that is refunded", async () => {
    const { payment, order, line, alerts } = await setupTerminal();
    const sent = playDeviceManager(done(), done({ sum: 1 }));
    await payment.sendPaymentRequest(line.uuid);
    line.setPaymentStatus("done");
    const refund = {
        payment_method_id: line.payment_method_id,
        amount: -1,
        pos_order_id: { lines: [{ refunded_orderline_id: { order_id: order } }] },
    };
    expect(payment._paidBefore({ ...refund, amount: -line.amount - 0.01 })).toBe(undefined);
    expect(payment._paidBefore({ ...refund, amount: -line.amount }).uuid).toBe(line.uuid);
    const other = { ...refund, uuid: "other", isDone: () => true };
    const both = { ...refund.pos_order_id, payment_ids: [other] };
    expect(payment._paidBefore({ ...refund, amount: -line.amount, pos_order_id: both })).toBe(
        undefined
    );
    expect(payment._paidBefore(refund).payment_ref_no).toBe("000019148585");
    expect(payment._paidBefore({ ...refund, pos_order_id: { lines: [{}] } })).toBe(undefined);
    line.setAmount(-1);
    expect(await payment.sendPaymentRequest(line.uuid)).toBe(false);
    expect(alerts.at(-1)).toMatch(/Open the order that was paid/);
    expect(sent).toHaveLength(1);
});

test("terminals settle with the bank, and trouble there is told", async () => {
    const { payment } = await setupTerminal();
    const sent = playDeviceManager(done({ receipt: "BATCH" }), refused(5004));
    expect(await payment.settle()).toBe(true);
    expect(sent[0].pay.task).toBe(11);
    expect(await payment.settle()).toBe(false);
});
