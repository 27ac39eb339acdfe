import { _t } from "@web/core/l10n/translation";
import { faultOf, pieceOf } from "@fiscal_base/app/utils/marking_code";

/**
 * Why `code` cannot be that of the piece on `line`, and what the cashier does now; "" where it can.
 *
 * @param {String} code normalized
 * @param line the line of the order; its own code does not count
 * @param orders those of the till
 */
export function refusalOf(code, line, orders) {
    const { company } = line.order_id;
    switch (faultOf(code, company.account_fiscal_country_id?.code)) {
        case "barcode":
            return _t(
                "This is the barcode of the article, the same on every piece. Scan the small square code beside it."
            );
        case "letters":
            return _t(
                "This code has letters that no marking code has. Switch the keyboard to English and scan it again."
            );
        case "separator":
            return _t(
                "The scanner leaves out the separators (GS). Set it up to send them, or use another one, and scan again."
            );
        case "other":
            return _t(
                "This is no whole marking code. Scan the small square code on the piece again, not a QR code with a link."
            );
    }
    const piece = pieceOf(code);
    for (const order of orders.filter((order) => !order.finalized)) {
        for (const other of order.lines) {
            const isSold = other.uuid !== line.uuid && !other.refunded_orderline_id;
            if (isSold && pieceOf(other.fiscal_marking_code || "") === piece) {
                return order.uuid === line.order_id.uuid
                    ? _t("This piece is already in this order. Scan the code on the next piece.")
                    : _t(
                          "This piece is already in the open order %s. Scan another piece, or take it off that order first.",
                          order.getName()
                      );
            }
        }
    }
    return "";
}
