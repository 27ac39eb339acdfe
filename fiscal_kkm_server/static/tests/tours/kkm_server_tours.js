/* global posmodel */

import * as Chrome from "@point_of_sale/../tests/pos/tours/utils/chrome_util";
import * as Dialog from "@point_of_sale/../tests/generic_helpers/dialog_util";
import * as PaymentScreen from "@point_of_sale/../tests/pos/tours/utils/payment_screen_util";
import * as ProductScreen from "@point_of_sale/../tests/pos/tours/utils/product_screen_util";
import * as ReceiptScreen from "@point_of_sale/../tests/pos/tours/utils/receipt_screen_util";
import * as TicketScreen from "@point_of_sale/../tests/pos/tours/utils/ticket_screen_util";
import * as Numpad from "@point_of_sale/../tests/generic_helpers/numpad_util";
import * as Order from "@point_of_sale/../tests/generic_helpers/order_widget_util";
import { inLeftSide } from "@point_of_sale/../tests/pos/tours/utils/common";
import { registry } from "@web/core/registry";
import { closeRegister, sellTwoProducts } from "@fiscal_base/../tests/tours/fiscal_tours";
import * as Fiscal from "@fiscal_base/../tests/tours/utils/fiscal_util";

/** What the test says about itself: `origin` and `password` of KKM Server. */
function told() {
    const [, text] = document.cookie.match(/kkm_server=([^;]+)/);
    return JSON.parse(decodeURIComponent(text));
}

function keepPassword() {
    return {
        content: "login and password are kept in this browser",
        trigger: "body",
        run() {
            const { origin, password } = told();
            localStorage.setItem(
                `fiscal_kkm_server:${origin}`,
                JSON.stringify({ login: "User", password })
            );
        },
    };
}

registry.category("web_tour.tours").add("fiscal_kkm_server_browser", {
    steps: () =>
        [
            Chrome.startPoS(),
            Dialog.confirm("Open Register"),
            keepPassword(),
            ...sellTwoProducts(),
            Fiscal.receiptIsRegistered({ link: true }),
            ReceiptScreen.clickNextOrder(),
            ...closeRegister(),
        ].flat(Infinity),
});

/** KKM Server calls meanwhile; the receipt changes on the screen without a reload. */
registry.category("web_tour.tours").add("fiscal_kkm_server_callback", {
    steps: () =>
        [
            Chrome.startPoS(),
            Dialog.confirm("Open Register"),
            ...sellTwoProducts(),
            Fiscal.receiptIsRegistered({ link: true }),
        ].flat(Infinity),
});

registry.category("web_tour.tours").add("fiscal_kkm_server_setup", {
    steps: () => [
        {
            content: "test the connection",
            trigger: "button[name=action_test_connection]",
            run: "click",
        },
        {
            content: "nothing is chosen yet",
            trigger: ".modal:contains(Choose the register that stands at this till)",
        },
        {
            content: "the registers are listed with what does not fit",
            trigger: ".modal .o_data_row:contains(Касса 2):contains(have not reached)",
        },
        {
            content: "choose the first",
            trigger: ".modal .o_data_row:contains(Касса 1) button[name=action_choose]",
            run: "click",
        },
        {
            content: "what is chosen is said",
            trigger: ".o_notification:contains(is chosen)",
        },
        {
            content: "the dialog is gone",
            trigger: "body:not(:has(.modal))",
        },
        {
            content: "print a slip",
            trigger: "button[name=action_kkm_server_slip]",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(has printed a slip)",
        },
    ],
});

registry.category("web_tour.tours").add("fiscal_kkm_server_card", {
    steps: () =>
        [
            Chrome.startPoS(),
            Dialog.confirm("Open Register"),
            keepPassword(),
            ProductScreen.clickDisplayedProduct("Кофе"),
            ProductScreen.clickPayButton(),
            PaymentScreen.clickPaymentMethod("Карта"),
            Dialog.bodyIs("The terminal refused: nothing was taken and nothing was given back."),
            Dialog.confirm(),
            {
                content: "send it again",
                trigger: ".send_payment_request, .button.send_payment_request",
                run: "click",
            },
            // the order is paid in full, and goes on by itself
            ReceiptScreen.isShown(),
            Fiscal.receiptIsRegistered(),
            {
                content: "what the terminal said is kept for the return",
                trigger: "body",
                run() {
                    const [payment] = posmodel.getOrder().payment_ids;
                    if (!payment.transaction_id) {
                        throw new Error("no UniversalID");
                    }
                },
            },
        ].flat(Infinity),
});

/** Coffee on the card, and taken back to the card. */
registry.category("web_tour.tours").add("fiscal_kkm_server_card_and_return", {
    steps: () =>
        [
            Chrome.startPoS(),
            Dialog.confirm("Open Register"),
            keepPassword(),
            ProductScreen.clickDisplayedProduct("Кофе"),
            ProductScreen.clickPayButton(),
            PaymentScreen.clickPaymentMethod("Карта"),
            Fiscal.receiptIsRegistered(),
            ReceiptScreen.clickNextOrder(),
            ...ProductScreen.clickRefund(),
            TicketScreen.selectOrder("001"),
            inLeftSide([
                { trigger: ".orderline:contains(Кофе)", run: "click" },
                ...Order.hasLine({ productName: "Кофе", withClass: ".selected" }),
                Numpad.click("1"),
            ]),
            TicketScreen.toRefundTextContains("To Refund: 1"),
            TicketScreen.confirmRefund(),
            PaymentScreen.isShown(),
            PaymentScreen.clickPaymentMethod("Карта"),
            { content: "back to the card", trigger: ".send_refund_request", run: "click" },
            Fiscal.receiptIsRegistered(),
            Fiscal.receiptIsOfReturn(),
            ReceiptScreen.clickNextOrder(),
            Chrome.endTour(),
        ].flat(Infinity),
});

registry.category("web_tour.tours").add("fiscal_kkm_server_marking", {
    steps: () =>
        [
            Chrome.startPoS(),
            Dialog.confirm("Open Register"),
            ProductScreen.clickDisplayedProduct("Кофе"),
            {
                content: "scan a code that must not be sold",
                trigger: ".marking-code-input",
                run: "edit 010460708021818721badone␝91code",
            },
            { trigger: ".modal .btn-primary:contains(Done)", run: "click" },
            {
                content: "the cashier is told what KKM Server says",
                trigger: `.modal:contains("must not be sold"):contains("[М-]")`,
            },
            { trigger: ".modal button:contains(Scan another piece)", run: "click" },
            { trigger: ".modal button:contains(Without the code)", run: "click" },
            ProductScreen.clickPayButton(),
            PaymentScreen.clickPaymentMethod("Наличные"),
            PaymentScreen.clickValidate(),
            { trigger: ".modal button:contains(Without the code)", run: "click" },
            Dialog.bodyIs("needs its marking code"),
            Dialog.confirm(),
        ].flat(Infinity),
});
