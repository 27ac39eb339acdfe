import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { usePos } from "@point_of_sale/app/hooks/pos_hook";
import { areDone } from "@fiscal_base/app/fiscal/fiscal_till";

/** Beside the receipt, for the cashier: whether it is registered, and what can be done if not. */
export class FiscalNotice extends Component {
    static template = "fiscal_base.FiscalNotice";
    static props = { order: Object };

    setup() {
        this.pos = usePos();
        this.state = useState({ trying: false });
    }

    get receipts() {
        return this.props.order.fiscalReceipts;
    }

    get refused() {
        return this.receipts.filter((receipt) => receipt.state === "rejected");
    }

    /** How the registered receipt differs from what was sent, "" if it does not. */
    get warnings() {
        return this.receipts
            .map((receipt) => receipt.warning)
            .filter(Boolean)
            .join("\n");
    }

    get kind() {
        if (this.refused.length) {
            return "danger";
        }
        return areDone(this.receipts) && !this.warnings ? "success" : "warning";
    }

    get words() {
        if (this.refused.length) {
            const problem = this.refused.map((receipt) => receipt.problem).join("\n");
            return _t("The fiscal receipt was not registered: %s", problem);
        }
        if (areDone(this.receipts)) {
            const numbers = this.receipts.map((receipt) => receipt.number).join(", ");
            const registered = _t("Fiscal receipt No. %s is registered.", numbers);
            return [registered, this.warnings].filter(Boolean).join("\n");
        }
        return _t(
            "The cash register has not answered yet. You can go on: the fiscal receipt comes by itself."
        );
    }

    async tryAgain() {
        this.state.trying = true;
        await this.pos.fiscal.retry([this.props.order.uuid]);
        this.state.trying = false;
    }
}
