import * as Chrome from "@point_of_sale/../tests/pos/tours/utils/chrome_util";
import * as Dialog from "@point_of_sale/../tests/generic_helpers/dialog_util";
import * as PaymentScreen from "@point_of_sale/../tests/pos/tours/utils/payment_screen_util";
import * as ProductScreen from "@point_of_sale/../tests/pos/tours/utils/product_screen_util";
import * as TicketScreen from "@point_of_sale/../tests/pos/tours/utils/ticket_screen_util";
import * as Numpad from "@point_of_sale/../tests/generic_helpers/numpad_util";
import * as Order from "@point_of_sale/../tests/generic_helpers/order_widget_util";
import { inLeftSide } from "@point_of_sale/../tests/pos/tours/utils/common";
import * as ReceiptScreen from "@point_of_sale/../tests/pos/tours/utils/receipt_screen_util";
import { registry } from "@web/core/registry";
import * as Fiscal from "@fiscal_base/../tests/tours/utils/fiscal_util";

/** Coffee and bread for 222.40: 222.50 in cash of a step of 0.50, 77.50 back from 300. */
registry.category("web_tour.tours").add("fiscal_vchasno_rounding_and_change", {
    steps: () =>
        [
            Chrome.startPoS(),
            Dialog.confirm("Open Register"),
            ProductScreen.clickDisplayedProduct("Кава"),
            ProductScreen.clickDisplayedProduct("Хліб"),
            ProductScreen.clickPayButton(),
            PaymentScreen.clickPaymentMethod("Готівка"),
            PaymentScreen.enterPaymentLineAmount("Готівка", "300"),
            PaymentScreen.changeIs("77.5"),
            PaymentScreen.clickValidate(),
            Fiscal.receiptIsRegistered({ test: true, link: true }),
            ReceiptScreen.clickNextOrder(),
            Fiscal.registerIs("ready"),
            Chrome.endTour(),
        ].flat(Infinity),
});

registry.category("web_tour.tours").add("fiscal_vchasno_in_the_browser", {
    steps: () =>
        [
            Chrome.startPoS(),
            Dialog.confirm("Open Register"),
            ProductScreen.clickDisplayedProduct("Хліб"),
            ProductScreen.clickPayButton(),
            PaymentScreen.clickPaymentMethod("Готівка"),
            PaymentScreen.clickValidate(),
            Fiscal.receiptIsRegistered({ test: true, link: true }),
            ReceiptScreen.clickNextOrder(),
            Chrome.endTour(),
        ].flat(Infinity),
});

/** Core validates the order by itself when the terminal has said yes. */
registry.category("web_tour.tours").add("fiscal_vchasno_terminal", {
    steps: () =>
        [
            Chrome.startPoS(),
            Dialog.confirm("Open Register"),
            ProductScreen.clickDisplayedProduct("Кава"),
            ProductScreen.clickPayButton(),
            PaymentScreen.clickPaymentMethod("Картка"),
            Dialog.bodyIs("Недостатньо коштів"),
            Dialog.confirm(),
            { content: "once more", trigger: ".send_payment_request", run: "click" },
            Fiscal.receiptIsRegistered({ test: true, link: true }),
            { content: "the slip is printed", trigger: ".pos-receipt:contains(RRN 000019148585)" },
            ReceiptScreen.clickNextOrder(),
            ...ProductScreen.clickRefund(),
            TicketScreen.selectOrder("001"),
            inLeftSide([
                { trigger: ".orderline:contains(Кава)", run: "click" },
                ...Order.hasLine({ productName: "Кава", withClass: ".selected" }),
                Numpad.click("1"),
            ]),
            TicketScreen.toRefundTextContains("To Refund: 1"),
            TicketScreen.confirmRefund(),
            PaymentScreen.isShown(),
            PaymentScreen.clickPaymentMethod("Картка"),
            { content: "refund on the card", trigger: ".send_refund_request", run: "click" },
            Fiscal.receiptIsOfReturn(),
            Fiscal.receiptIsRegistered({ test: true, link: true }),
            ReceiptScreen.clickNextOrder(),
            Chrome.endTour(),
        ].flat(Infinity),
});

registry.category("web_tour.tours").add("fiscal_vchasno_invoice_without_a_phone", {
    steps: () => [
        {
            content: "pay",
            trigger: "button[name=action_register_payment]:not(:hidden)",
            run: "click",
        },
        {
            content: "create the payment",
            trigger: ".modal button[name=action_create_payments]:not(:hidden)",
            run: "click",
        },
        {
            content: "the phone is missing",
            trigger: ".modal .o_field_widget[name=phone] input",
            run: "edit 067 123 45 67",
        },
        { content: "send", trigger: ".modal button[name=action_send]", run: "click" },
        {
            content: "it is registered",
            trigger: ".o_notification.o_fiscal_done:contains(Registered)",
        },
    ],
});
