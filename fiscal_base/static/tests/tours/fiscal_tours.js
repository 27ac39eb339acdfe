import * as Chrome from "@point_of_sale/../tests/pos/tours/utils/chrome_util";
import * as Dialog from "@point_of_sale/../tests/generic_helpers/dialog_util";
import * as PaymentScreen from "@point_of_sale/../tests/pos/tours/utils/payment_screen_util";
import * as ProductScreen from "@point_of_sale/../tests/pos/tours/utils/product_screen_util";
import * as ReceiptScreen from "@point_of_sale/../tests/pos/tours/utils/receipt_screen_util";
import * as TicketScreen from "@point_of_sale/../tests/pos/tours/utils/ticket_screen_util";
import * as Numpad from "@point_of_sale/../tests/generic_helpers/numpad_util";
import * as Order from "@point_of_sale/../tests/generic_helpers/order_widget_util";
import { inLeftSide } from "@point_of_sale/../tests/pos/tours/utils/common";
import { refresh } from "@point_of_sale/../tests/generic_helpers/utils";
import { registry } from "@web/core/registry";
import * as Fiscal from "@fiscal_base/../tests/tours/utils/fiscal_util";

/** Bread twice and coffee once, 100.00 in cash and the rest by card. */
export function sellTwoProducts() {
    return [
        ProductScreen.clickDisplayedProduct("Бородинский"),
        ProductScreen.clickDisplayedProduct("Бородинский"),
        ProductScreen.clickDisplayedProduct("Кофе"),
        ProductScreen.clickPayButton(),
        PaymentScreen.clickPaymentMethod("Наличные"),
        PaymentScreen.enterPaymentLineAmount("Наличные", "100"),
        PaymentScreen.clickPaymentMethod("Карта"),
        PaymentScreen.remainingIs("0.0"),
        PaymentScreen.clickValidate(),
        ReceiptScreen.isShown(),
    ];
}

/** Take back one bread of the order, in cash. */
export function refundOneBread(order = "001") {
    return [
        ...ProductScreen.clickRefund(),
        TicketScreen.selectOrder(order),
        inLeftSide([
            { trigger: ".orderline:contains(Бородинский)", run: "click" },
            ...Order.hasLine({ productName: "Бородинский", withClass: ".selected" }),
            Numpad.click("1"),
        ]),
        TicketScreen.toRefundTextContains("To Refund: 1"),
        TicketScreen.confirmRefund(),
        PaymentScreen.isShown(),
        PaymentScreen.clickPaymentMethod("Наличные"),
        PaymentScreen.clickValidate(),
        ReceiptScreen.isShown(),
    ];
}

export function closeRegister() {
    return [
        Chrome.clickMenuOption("Close Register"),
        {
            content: "close with the counted cash",
            trigger: ".close-pos-popup, .modal:contains(Closing Register)",
        },
        {
            trigger: ".modal .btn-primary:contains(Close Register)",
            run: "click",
        },
        {
            content: "a difference of cash is all right here",
            trigger: ".modal .btn-primary:contains(Proceed Anyway)",
            run: "click",
        },
        {
            content: "the Z report is shown before the page is left",
            trigger: `.fiscal-shift-report[data-state="done"]:contains("613.90")`,
        },
        {
            trigger: ".modal:has(.fiscal-shift-report) .btn-primary:contains(Close)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "button:contains(backend)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "body",
            expectUnloadPage: true,
        },
    ];
}

const day = (options) =>
    [
        Chrome.startPoS(),
        Dialog.confirm("Open Register"),
        sellTwoProducts(),
        Fiscal.receiptIsRegistered(options),
        ReceiptScreen.clickNextOrder(),
        refundOneBread(),
        Fiscal.receiptIsOfReturn(),
        Fiscal.receiptIsRegistered(options),
        ReceiptScreen.clickNextOrder(),
        Chrome.doCashMove("30", "bank"),
        Fiscal.registerIs("ready"),
        closeRegister(),
    ].flat(Infinity);

registry.category("web_tour.tours").add("fiscal_day_at_the_till", {
    steps: () => day({ test: true }),
});

registry.category("web_tour.tours").add("fiscal_day_at_the_till_with_a_service", {
    steps: () => day({ link: true }),
});

registry.category("web_tour.tours").add("fiscal_sale_while_the_service_is_down", {
    steps: () =>
        [
            Chrome.startPoS(),
            Dialog.confirm("Open Register"),
            sellTwoProducts(),
            Fiscal.receiptIsPending(),
            Fiscal.registerIs("offline"),
            Fiscal.receiptIsRegistered({ link: true }),
            Fiscal.registerIs("ready"),
            ReceiptScreen.clickNextOrder(),
            Chrome.endTour(),
        ].flat(Infinity),
});

registry.category("web_tour.tours").add("fiscal_cashier_without_tax_number", {
    steps: () =>
        [
            Chrome.startPoS(),
            Dialog.confirm("Open Register"),
            ProductScreen.clickDisplayedProduct("Кофе"),
            ProductScreen.clickPayButton(),
            PaymentScreen.clickPaymentMethod("Карта"),
            PaymentScreen.clickValidate(),
            Dialog.is({ title: "No receipt can be made" }),
            Dialog.bodyIs("has no tax number"),
            Dialog.confirm(),
            PaymentScreen.isShown(),
            Chrome.endTour(),
        ].flat(Infinity),
});

registry.category("web_tour.tours").add("fiscal_tax_without_a_code", {
    steps: () =>
        [
            Chrome.startPoS(),
            Dialog.confirm("Open Register"),
            ProductScreen.clickDisplayedProduct("Кофе"),
            ProductScreen.clickPayButton(),
            PaymentScreen.clickPaymentMethod("Карта"),
            PaymentScreen.clickValidate(),
            Dialog.is({ title: "No receipt can be made" }),
            Dialog.bodyIs("НДС 22%"),
            Dialog.confirm(),
            PaymentScreen.isShown(),
            Chrome.endTour(),
        ].flat(Infinity),
});

registry.category("web_tour.tours").add("fiscal_refresh_after_the_sale", {
    steps: () =>
        [
            Chrome.startPoS(),
            Dialog.confirm("Open Register"),
            sellTwoProducts(),
            Fiscal.receiptIsRegistered({ test: true }),
            refresh(),
            ReceiptScreen.isShown(),
            Fiscal.receiptIsRegistered({ test: true }),
            ReceiptScreen.clickNextOrder(),
            Chrome.endTour(),
        ].flat(Infinity),
});
