import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { generateQRCodeDataUrl } from "@point_of_sale/utils";

/** The fiscal part of a receipt: what the register printed, or that it is still to come. */
export class FiscalReceipt extends Component {
    static template = "fiscal_base.FiscalReceipt";
    static props = { receipt: Object };

    get receipt() {
        return this.props.receipt;
    }

    get isDone() {
        return this.receipt.state === "done";
    }

    get isPending() {
        return !["done", "rejected", "cancelled"].includes(this.receipt.state);
    }

    /** Only a registered receipt is called fiscal. */
    get title() {
        const isReturn = this.receipt.operation === "sale_return";
        if (this.isDone) {
            return isReturn ? _t("FISCAL RECEIPT · SALE RETURN") : _t("FISCAL RECEIPT · SALE");
        }
        return isReturn ? _t("SALE RETURN") : _t("SALE");
    }

    /** The QR code as a picture; false if there is none or its text is too long. */
    get qrCode() {
        try {
            return (
                Boolean(this.receipt.qr) && withCrispEdges(generateQRCodeDataUrl(this.receipt.qr))
            );
        } catch {
            return false;
        }
    }
}

/** Let the squares of a QR code touch at every size, as scanners need. */
function withCrispEdges(url) {
    const [type, picture] = url.split(",");
    const svg = window.atob(picture).replace("<svg ", '<svg shape-rendering="crispEdges" ');
    return `${type},${window.btoa(svg)}`;
}
