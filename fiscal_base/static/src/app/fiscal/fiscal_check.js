import { serializeError } from "./serialize_error";

/** Seconds for which a payment that is being validated waits for an answer that is under way. */
const PATIENCE = 2;
const NOTHING = { problems: [], warnings: [] };

/**
 * Asks the server, which will make the receipts of an order, what stands against them, while the order is being paid.
 * Nothing waits for the answer but the validation, and that for a bounded time: off line only the till's own checks
 * are made.
 */
export class FiscalCheck {
    constructor(pos) {
        this.pos = pos;
        /** the order that was asked about last, as text */
        this.question = "";
        /** what stands against it; as it was before the last change as long as there is no answer */
        this.answer = NOTHING;
        this.uuid = "";
        this.asking = null;
    }

    /** Ask about `order` as it is now, once. Never throws. */
    ask(order) {
        const values = valuesOf(order);
        const question = JSON.stringify(values);
        if (order.uuid !== this.uuid) {
            this.uuid = order.uuid;
            this.answer = NOTHING;
        }
        if (question !== this.question) {
            this.question = question;
            this.asking = this.put(question, values);
        }
        return this.asking;
    }

    /** What the server has told of `order` so far. */
    answerFor(order) {
        return order && order.uuid === this.uuid ? this.answer : NOTHING;
    }

    async put(question, values) {
        let answer = NOTHING;
        try {
            const args = [[this.pos.config.id], values];
            answer = await this.pos.env.services.orm.silent.call(
                "pos.config",
                "fiscal_check",
                args
            );
        } catch (error) {
            console.info("The order was not checked:", serializeError(error));
            if (question === this.question) {
                this.question = "";
            }
        }
        if (question === this.question || !this.question) {
            this.answer = answer;
        }
        return answer;
    }

    /** What stands against `order`; nothing where the server does not answer in time. */
    async problems(order) {
        let timer;
        const limit = new Promise((resolve) => {
            timer = setTimeout(() => resolve(NOTHING), 1000 * PATIENCE);
        });
        const { problems } = await Promise.race([this.ask(order), limit]);
        clearTimeout(timer);
        return problems;
    }
}

/** What the server has to know of an order to compose its receipts. */
function valuesOf(order) {
    return {
        uuid: order.uuid,
        amount_total: order.currency.round(order.priceIncl),
        amount_return: order.change,
        partner_id: order.partner_id?.id || false,
        fiscal_position_id: order.fiscal_position_id?.id || false,
        employee_id: order.employee_id?.id || false,
        user_id: order.user_id?.id || false,
        is_refund: order.isRefund,
        lines: order.lines.map((line) => ({
            uuid: line.uuid,
            product_id: line.product_id.id,
            full_product_name: line.getFullProductName(),
            qty: line.qty,
            price_unit: line.price_unit,
            discount: line.discount,
            tax_ids: line.tax_ids.map((tax) => tax.id),
            price_subtotal: line.priceExcl,
            price_subtotal_incl: line.priceIncl,
            refunded_orderline_id: line.refunded_orderline_id?.id || false,
            fiscal_marking_code: line.fiscal_marking_code || false,
            is_reward_line: line.is_reward_line || false,
            reward_id: line.reward_id?.id || false,
            sale_order_origin_id: line.sale_order_origin_id?.id || false,
        })),
        payments: order.payment_ids
            .filter((payment) => payment.amount)
            .map((payment) => ({
                payment_method_id: payment.payment_method_id.id,
                amount: payment.amount,
            })),
    };
}
