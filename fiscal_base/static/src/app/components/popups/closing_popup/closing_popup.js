import { patch } from "@web/core/utils/patch";
import { makeAwaitable } from "@point_of_sale/app/utils/make_awaitable_dialog";
import { ClosePosPopup } from "@point_of_sale/app/components/popups/closing_popup/closing_popup";
import { ShiftReportPopup } from "@fiscal_base/app/components/popups/shift_report_popup/shift_report_popup";

patch(ClosePosPopup.prototype, {
    /** Core leaves the page as soon as the session is closed; first show the cashier the Z report. */
    async closeSession() {
        const { router, fiscal, session } = this.pos;
        if (!fiscal.enabled) {
            return super.closeSession(...arguments);
        }
        router.close = async () => {
            delete router.close;
            const report = session.state === "closed" && (await fiscal.shiftReport(session.id));
            if (report && report.state !== "none") {
                await makeAwaitable(this.dialog, ShiftReportPopup, { report });
            }
            router.close();
        };
        return super.closeSession(...arguments);
    },
});
