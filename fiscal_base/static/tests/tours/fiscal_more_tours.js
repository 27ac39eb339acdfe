import * as Chrome from "@point_of_sale/../tests/pos/tours/utils/chrome_util";
import * as Dialog from "@point_of_sale/../tests/generic_helpers/dialog_util";
import * as FeedbackScreen from "@point_of_sale/../tests/pos/tours/utils/feedback_screen_util";
import * as Notification from "@point_of_sale/../tests/generic_helpers/notification_util";
import * as OfflineUtil from "@point_of_sale/../tests/generic_helpers/offline_util";
import * as PaymentScreen from "@point_of_sale/../tests/pos/tours/utils/payment_screen_util";
import * as PosHr from "@pos_hr/../tests/tours/utils/pos_hr_helpers";
import * as ProductScreen from "@point_of_sale/../tests/pos/tours/utils/product_screen_util";
import * as ReceiptScreen from "@point_of_sale/../tests/pos/tours/utils/receipt_screen_util";
import * as SelectionPopup from "@point_of_sale/../tests/generic_helpers/selection_popup_util";
import { refresh } from "@point_of_sale/../tests/generic_helpers/utils";
import { registry } from "@web/core/registry";
import * as Fiscal from "@fiscal_base/../tests/tours/utils/fiscal_util";
import { refundOneBread, sellTwoProducts } from "@fiscal_base/../tests/tours/fiscal_tours";

function addTour(name, steps) {
    registry.category("web_tour.tours").add(name, { steps: () => steps().flat(Infinity) });
}

const open = () => [Chrome.startPoS(), Dialog.confirm("Open Register")];

/** Coffee, paid by card. */
const sellCoffee = () => [
    ProductScreen.clickDisplayedProduct("Кофе"),
    ProductScreen.clickPayButton(),
    PaymentScreen.clickPaymentMethod("Карта"),
    PaymentScreen.clickValidate(),
];

addTour("fiscal_two_cashiers", () => [
    Chrome.clickBtn("Open Register"),
    PosHr.loginScreenIsShown(),
    PosHr.login("Анна Смирнова", "1111"),
    Dialog.confirm("Open Register"),
    sellCoffee(),
    Fiscal.receiptIsRegistered({ test: true }),
    ReceiptScreen.clickNextOrder(),
    PosHr.clickCashierName(),
    SelectionPopup.has("Пётр Иванов", { run: "click" }),
    PosHr.enterPin("2222"),
    ProductScreen.isShown(),
    sellCoffee(),
    Dialog.is({ title: "No receipt can be made" }),
    Dialog.bodyIs("Пётр Иванов may not work with the cash register"),
    Dialog.confirm(),
    PaymentScreen.isShown(),
    Chrome.endTour(),
]);

addTour("fiscal_discounts", () => [
    open(),
    ProductScreen.clickDisplayedProduct("Бородинский"),
    ProductScreen.clickDisplayedProduct("Бородинский"),
    ProductScreen.clickDisplayedProduct("Бородинский"),
    ProductScreen.addDiscount("10"),
    { trigger: ".orderline.selected:contains(10%)" },
    ProductScreen.clickDisplayedProduct("Кофе"),
    ProductScreen.clickDisplayedProduct("Доставка"),
    ProductScreen.clickPayButton(),
    PaymentScreen.clickPaymentMethod("Карта"),
    PaymentScreen.remainingIs("0.0"),
    PaymentScreen.clickValidate(),
    ReceiptScreen.isShown(),
    Fiscal.receiptIsRegistered({ test: true }),
    Chrome.endTour(),
]);

addTour("fiscal_cash_rounding", () => [
    open(),
    ProductScreen.clickDisplayedProduct("Кофе"),
    ProductScreen.clickPayButton(),
    PaymentScreen.clickPaymentMethod("Наличные"),
    PaymentScreen.clickValidate(),
    ReceiptScreen.isShown(),
    ReceiptScreen.receiptRoundingAmountIs("-0.90"),
    Fiscal.receiptIsRegistered({ test: true }),
    Chrome.endTour(),
]);

addTour("fiscal_invoice", () => [
    open(),
    ProductScreen.clickDisplayedProduct("Кофе"),
    ProductScreen.clickPartnerButton(),
    ProductScreen.clickCustomer("Ольга Кузнецова"),
    ProductScreen.clickPayButton(),
    PaymentScreen.clickInvoiceButton(),
    PaymentScreen.clickPaymentMethod("Карта"),
    PaymentScreen.clickValidate(),
    // the invoice is made in the request of the sale
    { trigger: ".receipt-screen", timeout: 60000 },
    Fiscal.receiptIsRegistered({ test: true }),
    Chrome.endTour(),
]);

addTour("fiscal_sale_to_be_refunded_elsewhere", () => [
    open(),
    sellTwoProducts(),
    Fiscal.receiptIsRegistered({ test: true }),
    ReceiptScreen.clickNextOrder(),
    Chrome.endTour(),
]);

addTour("fiscal_refund_on_another_till", () => [
    open(),
    refundOneBread("613.90"),
    Fiscal.receiptIsOfReturn(),
    Fiscal.receiptIsRegistered({ test: true }),
    Chrome.endTour(),
]);

addTour("fiscal_offline", () => [
    open(),
    ProductScreen.isShown(),
    OfflineUtil.setOfflineMode(),
    sellCoffee(),
    ReceiptScreen.isShown(),
    Fiscal.receiptIsPending(),
    Dialog.confirm("Continue with limited functionality"),
    Fiscal.receiptIsPending(),
    OfflineUtil.setOnlineMode(),
    Fiscal.receiptIsRegistered({ test: true }),
    Fiscal.registerIs("ready"),
    ReceiptScreen.clickNextOrder(),
    Chrome.isSyncStatusConnected(),
    Chrome.endTour(),
]);

addTour("fiscal_answer_comes_later", () => [
    open(),
    sellCoffee(),
    ReceiptScreen.isShown(),
    Fiscal.receiptIsPending(),
    Fiscal.registerIs("offline"),
    Fiscal.receiptIsRegistered({ test: true }),
    Fiscal.registerIs("ready"),
    Chrome.endTour(),
]);

addTour("fiscal_refresh_while_pending", () => [
    open(),
    sellCoffee(),
    ReceiptScreen.isShown(),
    Fiscal.receiptIsPending(),
    refresh(),
    ReceiptScreen.isShown(),
    Fiscal.receiptIsRegistered({ test: true }),
    ReceiptScreen.clickNextOrder(),
    Chrome.endTour(),
]);

addTour("fiscal_automatic_printing", () => [
    open(),
    ProductScreen.isShown(),
    Fiscal.watchPrinter(),
    sellCoffee(),
    ReceiptScreen.isShown(),
    Fiscal.receiptIsPending(),
    // the next customer does not wait
    ReceiptScreen.clickNextOrder(),
    ProductScreen.isShown(),
    Fiscal.printed("done"),
    Chrome.endTour(),
]);

addTour("fiscal_automatic_printing_skips_the_screen", () => [
    open(),
    ProductScreen.isShown(),
    Fiscal.watchPrinter(),
    sellCoffee(),
    FeedbackScreen.isShown(),
    FeedbackScreen.clickScreen(),
    ProductScreen.isShown(),
    Fiscal.printed("done"),
    Chrome.endTour(),
]);

addTour("fiscal_register_off", () => [
    open(),
    Fiscal.registerIs("off"),
    sellCoffee(),
    ReceiptScreen.isShown(),
    Fiscal.receiptIsPending(),
    Fiscal.clickLight(),
    Dialog.is({ title: "Cash register" }),
    Dialog.bodyIs("The register is switched off. Go on selling"),
    Dialog.confirm(),
    ReceiptScreen.clickNextOrder(),
    sellCoffee(),
    ReceiptScreen.isShown(),
    Fiscal.receiptIsPending(),
    ReceiptScreen.clickNextOrder(),
    ProductScreen.isShown(),
    Chrome.endTour(),
]);

addTour("fiscal_refused_receipt", () => [
    open(),
    sellCoffee(),
    ReceiptScreen.isShown(),
    Fiscal.refusalIsTold("Wrong tax rate"),
    Fiscal.receiptIsRefused(),
    Fiscal.tryAgain(),
    Fiscal.receiptIsRegistered({ test: true }),
    Notification.has("is registered", "success"),
    ReceiptScreen.clickNextOrder(),
    Chrome.endTour(),
]);

addTour("fiscal_blocked_register", () => [
    open(),
    sellCoffee(),
    ReceiptScreen.isShown(),
    Fiscal.receiptIsPending(),
    Fiscal.registerIs("problem"),
    Fiscal.receiptsWait(1),
    Fiscal.clickLight(),
    Dialog.bodyIs("The register cannot work now. Go on selling"),
    Dialog.bodyIs("There is no paper."),
    Dialog.confirm("Try again"),
    Fiscal.receiptIsRegistered({ test: true }),
    Fiscal.registerIs("ready"),
    Chrome.endTour(),
]);

addTour("fiscal_opening_asks_nothing", () => [
    open(),
    ProductScreen.isShown(),
    Fiscal.registerIs("new"),
    Fiscal.pause(2),
    Chrome.endTour(),
]);

addTour("fiscal_answer_at_once", () => [
    Chrome.startPoS(),
    sellCoffee(),
    Fiscal.receiptIsRegistered({ test: true }),
    Fiscal.pause(2),
    Chrome.endTour(),
]);

addTour("fiscal_small_screen", () => [
    open(),
    Fiscal.lightIsOnTheScreen(),
    sellCoffee(),
    ReceiptScreen.isShown(),
    Fiscal.lightIsOnTheScreen(),
    Fiscal.registerIs("ready"),
    ReceiptScreen.clickNextOrder(),
    ProductScreen.isShown(),
    Fiscal.lightIsOnTheScreen(),
    Chrome.endTour(),
]);

/** Open the register light of one who may decide, and choose the receipt of the sale. */
const decide = () => [
    Fiscal.clickLight(),
    { trigger: ".fiscal-open-documents li:contains(Sale) button:contains(Decide)", run: "click" },
];

addTour("fiscal_decision_at_the_till", () => [
    open(),
    sellCoffee(),
    Fiscal.receiptsWait(1),
    decide(),
    { trigger: ".fiscal-decision .registered:disabled" },
    { trigger: ".fiscal-decision input[name=number]", run: "edit 4711" },
    { trigger: ".fiscal-decision input[name=sign]", run: "edit 12345" },
    { trigger: ".fiscal-decision input[name=reason]", run: "edit On the paper" },
    { trigger: ".fiscal-decision .registered:enabled", run: "click" },
    { trigger: "body:not(:has(.modal))" },
    {
        trigger: `.receipt-screen .fiscal-receipt[data-state="done"] .fiscal-number:contains(4711)`,
    },
    Chrome.endTour(),
]);

addTour("fiscal_backup_at_the_till", () => [
    open(),
    sellCoffee(),
    Fiscal.receiptsWait(1),
    decide(),
    { trigger: ".fiscal-decision p:contains(Second drawer)" },
    { trigger: ".fiscal-decision .backup", run: "click" },
    { trigger: "body:not(:has(.modal))" },
    { trigger: ".fiscal-light:not(:has(.fiscal-unsent))" },
    Chrome.endTour(),
]);
