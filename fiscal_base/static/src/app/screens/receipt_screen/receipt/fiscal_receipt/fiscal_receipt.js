import { Component } from "@odoo/owl";
import { generateQRCodeDataUrl } from "@point_of_sale/utils";

/** The fiscal part of a receipt: what the register printed, or that it is still to come. */
export class FiscalReceipt extends Component {
    static template = "fiscal_base.FiscalReceipt";
    static props = { receipt: Object };

    get receipt() {
        return this.props.receipt;
    }

    get isPending() {
        return !["done", "rejected", "cancelled"].includes(this.receipt.state);
    }

    get qrCode() {
        return this.receipt.qr && generateQRCodeDataUrl(this.receipt.qr);
    }
}
