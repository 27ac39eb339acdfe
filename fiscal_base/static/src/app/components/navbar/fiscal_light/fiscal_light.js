import { Component } from "@odoo/owl";
import { AlertDialog, ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { usePos } from "@point_of_sale/app/hooks/pos_hook";
import { DecisionPopup } from "@fiscal_base/app/components/popups/decision_popup/decision_popup";

/** The register light in the top bar: green if all is well, a number if receipts wait, red with the reason. */
export class FiscalLight extends Component {
    static template = "fiscal_base.FiscalLight";
    static props = {};

    setup() {
        this.pos = usePos();
        this.dialog = useService("dialog");
        this.ui = useService("ui");
    }

    get register() {
        return this.pos.fiscal.register;
    }

    get inTrouble() {
        const { health, errors } = this.register;
        return ["problem", "offline"].includes(health) || errors > 0;
    }

    get color() {
        const { health, unsent } = this.register;
        if (this.inTrouble) {
            return "text-danger";
        }
        return health === "off" || unsent ? "text-warning" : "text-success";
    }

    /** A separate sign for each colour, for those who see no colours. */
    get icon() {
        const { health, unsent } = this.register;
        if (this.inTrouble) {
            return "fa-exclamation-circle";
        }
        if (health === "off") {
            return "fa-power-off";
        }
        return unsent ? "fa-clock-o" : "fa-check-circle";
    }

    get words() {
        const { name, health, message, shift, shift_open, shift_since, unsent, errors, test } =
            this.register;
        const words = [name];
        if (test) {
            words.push(_t("TEST, not fiscal"));
        }
        if (health === "off") {
            words.push(
                _t("The register is switched off. Go on selling: the receipts wait in the queue.")
            );
        } else if (health === "offline") {
            words.push(_t("The register does not answer. Go on selling: the receipts come later."));
        } else if (health === "problem") {
            words.push(_t("The register cannot work now. Go on selling: the receipts come later."));
        }
        if (message) {
            words.push(message);
        }
        words.push(
            shift_open
                ? _t("Shift %(number)s is open since %(since)s.", {
                      number: shift,
                      since: shift_since,
                  })
                : _t("The shift is closed.")
        );
        if (unsent) {
            words.push(_t("Receipts in the queue: %s", unsent));
        }
        if (errors) {
            words.push(_t("Receipts with an error: %s. The accountant has been told.", errors));
        }
        return words;
    }

    explain() {
        const { health, unsent } = this.register;
        const { fiscal } = this.pos;
        const dialog = { title: _t("Cash register"), body: this.words.join("\n") };
        if (unsent && health !== "off" && this.pos.config._fiscal_may_decide) {
            this.dialog.add(DecisionPopup, { body: dialog.body });
            return;
        }
        if (health !== "off" && (this.inTrouble || unsent)) {
            this.dialog.add(ConfirmationDialog, {
                ...dialog,
                confirmLabel: _t("Try again"),
                // the dialog does not wait for the register
                confirm: () => void fiscal.retry(),
                cancelLabel: _t("Go on, later"),
                cancel: () => {},
            });
        } else {
            this.dialog.add(AlertDialog, dialog);
            fiscal.drive();
        }
    }
}
