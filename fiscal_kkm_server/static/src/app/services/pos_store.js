import { _t } from "@web/core/l10n/translation";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { patch } from "@web/core/utils/patch";
import { PosStore, register_payment_method } from "@point_of_sale/app/services/pos_store";
import { carry } from "@fiscal_base/relay/carry";
import { PaymentKkmServer } from "@fiscal_kkm_server/app/utils/payment/payment_kkm_server";

register_payment_method("kkm_server", PaymentKkmServer);

patch(PosStore.prototype, {
    /** A piece whose marking code has just been scanned is asked about, behind the screen. */
    onMarkingCodeScanned(line) {
        if (this.config._kkm_server_marking) {
            this.checkMarkingCode(line).catch((error) =>
                console.info("The marking code is checked with the receipt:", error?.message)
            );
        }
    },
    /** Show the cashier the result for the code of `line`; a code that may not be sold is removed from the line. */
    async checkMarkingCode(line) {
        const code = line.fiscal_marking_code;
        const name = line.getFullProductName();
        const ask = (...args) =>
            this.env.services.orm.silent.call("pos.config", "kkm_server_check_marking", [
                [this.config.id],
                name,
                code,
                ...args,
            ]);
        let said = await ask();
        if (said.call) {
            said = await ask(await carry(said.call));
        }
        if (!said.allowed) {
            if (line.fiscal_marking_code === code) {
                line.fiscal_marking_code = "";
            }
            this.dialog.add(ConfirmationDialog, {
                title: _t("“%s” must not be sold", name),
                body: said.message,
                confirmLabel: _t("Scan another piece"),
                confirm: () => {
                    if (line.fiscalAwaitsMarkingCode) {
                        this.scanMarkingCode(line);
                    }
                },
                cancelLabel: _t("Later"),
                cancel: () => {},
            });
        } else if (said.certain) {
            this.notification.add(said.message || _t("The marking code is good."), {
                type: "success",
            });
        } else if (said.message) {
            this.notification.add(said.message, { type: "warning" });
        }
    },
});
