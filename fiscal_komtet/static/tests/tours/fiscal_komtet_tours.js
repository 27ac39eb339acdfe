import * as Chrome from "@point_of_sale/../tests/pos/tours/utils/chrome_util";
import * as Dialog from "@point_of_sale/../tests/generic_helpers/dialog_util";
import * as PaymentScreen from "@point_of_sale/../tests/pos/tours/utils/payment_screen_util";
import * as ProductScreen from "@point_of_sale/../tests/pos/tours/utils/product_screen_util";
import * as ReceiptScreen from "@point_of_sale/../tests/pos/tours/utils/receipt_screen_util";
import * as Fiscal from "@fiscal_base/../tests/tours/utils/fiscal_util";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";

const opened = [];

function click(content, trigger) {
    return { content, trigger, run: "click" };
}

function sees(content, trigger) {
    return { content, trigger };
}

/** Open the invoice of `amount` in the list and pay it by `journal`. */
const pay = (amount, journal) => [
    click(`the invoice of ${amount}`, `.o_data_row:contains(${amount}) td[name=name]`),
    click("pay", "button[name=action_register_payment]:not(:hidden)"),
    {
        content: "the journal",
        trigger: ".modal .o_field_widget[name=journal_id] input",
        run: `edit ${journal}`,
    },
    click(journal, `.o-autocomplete--dropdown-item:contains(${journal})`),
    sees("a receipt will be printed", ".modal .o_field_widget[name=fiscal_print] input:checked"),
    click("create the payment", ".modal button[name=action_create_payments]:not(:hidden)"),
    sees(
        "it is in the queue of the service",
        "button[name=action_fiscal_documents]:contains(/In queue|Sent/)"
    ),
];

const back = () => click("back to the list", ".o_breadcrumb .o_back_button, .breadcrumb-item a");

registry.category("web_tour.tours").add("fiscal_komtet_invoices", {
    steps: () => [
        {
            content: "watch the windows that are opened",
            trigger: ".o_list_view",
            run: () => {
                opened.length = 0;
                browser.open = (url) => opened.push(url);
            },
        },
        ...pay("124.00", "Наличные 1"),
        back(),
        ...pay("489.90", "Bank"),
        back(),
        sees(
            "the list has it in the queue",
            ".o_data_row:contains(489.90) [name=fiscal_state]:contains(/In queue|Sent/)"
        ),
        sees(
            "the first is registered, without a reload",
            ".o_data_row:contains(124.00) [name=fiscal_state]:contains(Registered)"
        ),
        sees(
            "and the second",
            ".o_data_row:contains(489.90) [name=fiscal_state]:contains(Registered)"
        ),
        click("open it", ".o_data_row:contains(489.90) td[name=name]"),
        click("its receipt", "button[name=action_fiscal_documents]"),
        sees("its number", ".o_form_view .o_field_widget[name=fiscal_number]:contains(2)"),
        sees("its page", ".o_form_view .o_field_widget[name=receipt_url] a[href*='/receipt/']"),
        click("open the receipt", "button[name=action_open_receipt]:not(:hidden)"),
        {
            content: "it has opened",
            trigger: "body",
            run: async () => {
                for (let round = 0; round < 50 && !opened.length; round++) {
                    await new Promise((resolve) => setTimeout(resolve, 100));
                }
                if (!opened.some((url) => /\/fiscal\/receipt\/\d+$/.test(url))) {
                    throw new Error(`opened: ${opened}`);
                }
            },
        },
    ],
});

registry.category("web_tour.tours").add("fiscal_komtet_till", {
    steps: () =>
        [
            Chrome.startPoS(),
            Dialog.confirm("Open Register"),
            ProductScreen.clickDisplayedProduct("Кофе"),
            ProductScreen.clickPayButton(),
            PaymentScreen.clickPaymentMethod("Карта"),
            PaymentScreen.clickValidate(),
            ReceiptScreen.isShown(),
            Fiscal.receiptIsPending(),
            Fiscal.receiptIsRegistered({ test: true, link: true }),
            Chrome.endTour(),
        ].flat(Infinity),
});
