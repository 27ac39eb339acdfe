import * as Chrome from "@point_of_sale/../tests/pos/tours/utils/chrome_util";
import * as Dialog from "@point_of_sale/../tests/generic_helpers/dialog_util";
import * as PaymentScreen from "@point_of_sale/../tests/pos/tours/utils/payment_screen_util";
import * as ProductScreen from "@point_of_sale/../tests/pos/tours/utils/product_screen_util";
import * as ReceiptScreen from "@point_of_sale/../tests/pos/tours/utils/receipt_screen_util";
import { registry } from "@web/core/registry";
import * as Fiscal from "@fiscal_base/../tests/tours/utils/fiscal_util";

/** Bread and apples for 72.40 (one of each), paid with a note of 100: rounded to 72.50 or so, change on the receipt. */
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
