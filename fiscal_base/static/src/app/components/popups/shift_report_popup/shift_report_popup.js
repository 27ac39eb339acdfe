import { Component } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";

/** What became of the shift when the session was closed: the Z report, or that it is still to come. */
export class ShiftReportPopup extends Component {
    static template = "fiscal_base.ShiftReportPopup";
    static components = { Dialog };
    static props = {
        report: Object,
        getPayload: { type: Function, optional: true },
        close: Function,
    };

    print() {
        window.open(this.props.report.url, "_blank");
    }
}
