import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Dialog } from "@web/core/dialog/dialog";
import { useService } from "@web/core/utils/hooks";
import { usePos } from "@point_of_sale/app/hooks/pos_hook";

/**
 * The register's queue, for users who may decide: try again, say what became of a receipt whose outcome only a person
 * can find out, or give one that was never sent to the backup register.
 */
export class DecisionPopup extends Component {
    static template = "fiscal_base.DecisionPopup";
    static components = { Dialog };
    static props = { body: String, close: Function };

    setup() {
        this.pos = usePos();
        this.orm = useService("orm");
        this.state = useState({
            documents: [],
            chosen: null,
            number: "",
            sign: "",
            reason: "",
            problem: "",
            busy: false,
        });
        onWillStart(() => this.load());
    }

    async load() {
        try {
            this.state.documents = await this.call("fiscal_open_documents");
        } catch {
            this.state.problem = _t(
                "The server does not answer. Go on selling, and try again in a moment."
            );
        }
    }

    call(method, ...args) {
        return this.orm.silent.call("pos.config", method, [[this.pos.config.id], ...args]);
    }

    choose(document) {
        Object.assign(this.state, {
            chosen: document,
            number: "",
            sign: "",
            reason: "",
            problem: "",
        });
    }

    async decide(decision) {
        const { chosen, reason, number, sign } = this.state;
        this.state.busy = true;
        this.state.problem = "";
        try {
            await this.call("fiscal_decide", chosen.id, decision, reason, number, sign);
            this.state.chosen = null;
            await this.load();
            this.pos.fiscal.drive();
        } catch (error) {
            this.state.problem =
                error.data?.message ||
                _t("The server does not answer. Go on selling, and try again in a moment.");
        } finally {
            this.state.busy = false;
        }
        if (!this.state.documents.length && !this.state.problem) {
            this.props.close();
        }
    }

    tryAgain() {
        this.pos.fiscal.retry();
        this.props.close();
    }

    total(document) {
        return this.env.utils.formatCurrency(document.total);
    }

    /** A decision needs a reason, and a registered receipt its number. */
    get mayRegister() {
        return this.mayDecide && this.state.number.trim();
    }

    get mayDecide() {
        return !this.state.busy && this.state.reason.trim();
    }
}
