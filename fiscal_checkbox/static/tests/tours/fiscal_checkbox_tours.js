import * as Chrome from "@point_of_sale/../tests/pos/tours/utils/chrome_util";
import * as Dialog from "@point_of_sale/../tests/generic_helpers/dialog_util";
import * as Fiscal from "@fiscal_base/../tests/tours/utils/fiscal_util";
import * as PaymentScreen from "@point_of_sale/../tests/pos/tours/utils/payment_screen_util";
import * as PosHr from "@pos_hr/../tests/tours/utils/pos_hr_helpers";
import * as ProductScreen from "@point_of_sale/../tests/pos/tours/utils/product_screen_util";
import * as ReceiptScreen from "@point_of_sale/../tests/pos/tours/utils/receipt_screen_util";
import * as SelectionPopup from "@point_of_sale/../tests/generic_helpers/selection_popup_util";
import { registry } from "@web/core/registry";

function addTour(name, steps) {
    registry.category("web_tour.tours").add(name, { steps: () => steps().flat(Infinity) });
}

/** Bread, paid in cash, registered. */
const sellBread = () => [
    ProductScreen.clickDisplayedProduct("Український"),
    ProductScreen.clickPayButton(),
    PaymentScreen.clickPaymentMethod("Готівка"),
    PaymentScreen.clickValidate(),
    ReceiptScreen.isShown(),
    {
        content: "a shift that has to be closed and opened before takes its time",
        trigger: '.receipt-screen .fiscal-receipt[data-state="done"]',
        timeout: 60000,
    },
    Fiscal.receiptIsRegistered({ test: true, link: true }),
];

addTour("fiscal_checkbox_two_cashiers", () => [
    Chrome.clickBtn("Open Register"),
    PosHr.loginScreenIsShown(),
    PosHr.login("Оксана Шевченко", "1111"),
    Dialog.confirm("Open Register"),
    sellBread(),
    ReceiptScreen.clickNextOrder(),
    PosHr.clickCashierName(),
    SelectionPopup.has("Тарас Бондар", { run: "click" }),
    PosHr.enterPin("2222"),
    ProductScreen.isShown(),
    sellBread(),
    ReceiptScreen.clickNextOrder(),
    Chrome.endTour(),
]);

addTour("fiscal_checkbox_cashier_without_account", () => [
    Chrome.startPoS(),
    Dialog.confirm("Open Register"),
    ProductScreen.clickDisplayedProduct("Український"),
    ProductScreen.clickPayButton(),
    PaymentScreen.clickPaymentMethod("Готівка"),
    PaymentScreen.clickValidate(),
    Dialog.is({ title: "No receipt can be made" }),
    Dialog.bodyIs("has no account at Checkbox"),
    Dialog.confirm(),
    PaymentScreen.isShown(),
    Chrome.endTour(),
]);

addTour("fiscal_checkbox_sale", () => [
    Chrome.startPoS(),
    Dialog.confirm("Open Register"),
    sellBread(),
    ReceiptScreen.clickNextOrder(),
    Chrome.endTour(),
]);

function click(content, trigger) {
    return { content, trigger, run: "click" };
}

registry.category("web_tour.tours").add("fiscal_checkbox_invoice", {
    steps: () => [
        click("pay", "button[name=action_register_payment]:not(:hidden)"),
        click("print no receipt yet", ".modal .o_field_widget[name=fiscal_print] input"),
        click("create the payment", ".modal button[name=action_create_payments]:not(:hidden)"),
        click("fiscalize", "button[name=action_fiscalize]:not(:hidden)"),
        {
            content: "the register is that of Checkbox",
            trigger: ".modal .o_data_row .badge:contains(Ready)",
        },
        click("confirm", ".modal button[name=action_confirm]"),
        {
            content: "it is registered",
            trigger: ".o_notification.o_fiscal_done:contains(Registered)",
            timeout: 30000,
        },
        click("open the document", "button[name=action_fiscal_documents]"),
        {
            content: "the fiscal number",
            trigger: ".o_form_view .o_field_widget[name=fiscal_number]:contains(TEST-)",
        },
        {
            content: "its copies",
            trigger: ".o_form_view button[name=action_checkbox_open]:contains(QR)",
        },
    ],
});
