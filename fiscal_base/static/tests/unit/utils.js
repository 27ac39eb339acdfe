import { onRpc, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { animationFrame, tick } from "@odoo/hoot-dom";
import { setupPosEnv } from "@point_of_sale/../tests/unit/utils";
import { PosConfig } from "@point_of_sale/../tests/unit/data/pos_config.data";
import { PosOrder } from "@point_of_sale/../tests/unit/data/pos_order.data";
import { PosPayment } from "@point_of_sale/../tests/unit/data/pos_payment.data";

/** The register of the till, as `fiscal.register._till_status` describes it. */
export const REGISTER = {
    id: 1,
    name: "Register 1",
    health: "ready",
    message: "",
    shift: 7,
    shift_open: true,
    shift_since: "21.11.2026 09:00",
    unsent: 0,
    errors: 0,
    wait: 5,
    test: false,
};

const DONE = {
    number: "123",
    sign: "2728726415",
    storage: "9999078902004339",
    register_number: "0000000400054952",
    shift: 7,
    receipt: 12,
    date: "21.11.2026 22:15",
    qr: "t=20261121T2215&s=62.00&fn=9999078902004339&i=123&fp=2728726415&n=1",
};

/** A receipt, as `fiscal.document._till_receipt` describes it. */
export function receiptOf(state, values = {}) {
    return {
        id: 1,
        operation: "sale",
        state,
        register: "Register 1",
        number: "",
        sign: "",
        storage: "",
        register_number: "",
        shift: 0,
        receipt: 0,
        date: false,
        qr: "",
        url: "",
        test: false,
        problem: state === "rejected" ? "The tax number is wrong." : "",
        ...(state === "done" ? DONE : {}),
        ...values,
    };
}

/**
 * A till whose server is played by the test.
 *
 * @param {Object} [options]
 * @param {Object|false} [options.register] differences to `REGISTER`; false for a till without a register
 * @param {Object} [options.unmapped] tax id → sentence
 * @returns `{store, server}`. `server.calls` are the questions so far, `server.moments` when they
 *     were put; `server.receipts` the answers by uuid, queued
 *     where there is none, left out where they are "unknown"; `server.loaded` the receipts that come with a synced order; `server.problem` is thrown
 *     instead of an answer, and `server.wait` is awaited before one. `server.checked` are the orders that
 *     were asked about before their payment, `server.check` is the answer.
 */
export async function setupFiscalEnv({ register = {}, unmapped = {} } = {}) {
    const server = {
        calls: [],
        moments: [],
        checked: [],
        check: { problems: [], warnings: [] },
        receipts: {},
        register: register && { ...REGISTER, ...register },
        loaded: register ? [receiptOf("queued")] : [],
        problem: null,
        wait: null,
    };
    patchWithCleanup(PosConfig.prototype, {
        _load_pos_data_read() {
            const configs = super._load_pos_data_read(...arguments);
            configs[0]._fiscal_register = server.register;
            configs[0]._fiscal_unmapped_taxes = unmapped;
            return configs;
        },
    });
    patchWithCleanup(PosOrder.prototype, {
        read_pos_data() {
            const data = super.read_pos_data(...arguments);
            for (const order of data["pos.order"]) {
                order.fiscal_receipts = order.state === "draft" ? [] : server.loaded;
            }
            return data;
        },
    });
    // the mock of pos_hr adds a field to “all fields” and so leaves that one alone
    patchWithCleanup(PosPayment.prototype, {
        _load_pos_data_fields: () => [],
    });
    const answer = async ({ method, args: [, uuids] }) => {
        server.calls.push({ method, uuids });
        server.moments.push(Date.now());
        const receipts = { ...server.receipts };
        await server.wait;
        if (server.problem) {
            throw server.problem;
        }
        const known = uuids.filter((uuid) => receipts[uuid] !== "unknown");
        return {
            register: server.register,
            receipts: Object.fromEntries(
                known.map((uuid) => [uuid, receipts[uuid] || [receiptOf("queued")]])
            ),
        };
    };
    onRpc("pos.config", "fiscal_drive", answer);
    onRpc("pos.config", "fiscal_retry", answer);
    onRpc("pos.config", "fiscal_check", ({ args: [, order] }) => {
        server.checked.push(order);
        return server.check;
    });
    const store = await setupPosEnv();
    return { store, server };
}

/** An order of one product, not paid yet. */
export async function newOrder(store, { product = 5, qty = 1 } = {}) {
    const order = store.addNewOrder();
    await store.addLineToOrder(
        { product_tmpl_id: store.models["product.template"].get(product), qty },
        order
    );
    return order;
}

/** An order that has been paid and, unless `synced` is false, has reached the server. */
export async function paidOrder(store, { synced = true, ...values } = {}) {
    const order = await newOrder(store, values);
    order.addPaymentline(store.models["pos.payment.method"].get(2));
    order.state = "paid";
    if (synced) {
        store.addPendingOrder([order.id]);
        await store.syncAllOrders();
        await answered();
    }
    return order;
}

/** Let what has been asked be answered, and what was answered be shown. */
export async function answered() {
    for (let round = 0; round < 5; round++) {
        await tick();
    }
    await animationFrame();
}
