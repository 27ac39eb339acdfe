import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";

const opened = [];

/** From here on new windows are written down instead of opened. */
function watchWindows() {
    return {
        content: "watch the windows that are opened",
        trigger: "body",
        run: () => {
            opened.length = 0;
            browser.open = (url) => opened.push(url);
        },
    };
}

function click(content, trigger) {
    return { content, trigger, run: "click" };
}

function sees(content, trigger) {
    return { content, trigger };
}

function receiptOpened() {
    return {
        content: "the receipt has opened in a new window",
        trigger: ".o_notification.o_fiscal_done",
        run: () => {
            if (!opened.some((url) => /^\/fiscal\/receipt\/\d+$/.test(url))) {
                throw new Error(`no receipt was opened: ${opened}`);
            }
        },
    };
}

const pay = () => [
    click("pay", "button[name=action_register_payment]:not(:hidden)"),
    sees("the receipt's part of the dialog", ".modal .o_field_widget[name=fiscal_print]"),
];

registry.category("web_tour.tours").add("fiscal_invoice_is_fiscalized", {
    steps: () => [
        watchWindows(),
        ...pay(),
        click("print no receipt yet", ".modal .o_field_widget[name=fiscal_print] input"),
        sees(
            "no cashier is asked for",
            ".modal:not(:has(.o_field_widget[name=fiscal_employee_id]))"
        ),
        click("create the payment", ".modal button[name=action_create_payments]:not(:hidden)"),
        click("fiscalize", "button[name=action_fiscalize]:not(:hidden)"),
        sees(
            "what will be printed",
            ".modal .o_data_row:contains(English, twice a week: 2 × 500.00 = 1000.00)"
        ),
        sees("it is ready", ".modal .o_data_row .badge:contains(Ready)"),
        click("confirm", ".modal button[name=action_confirm]"),
        sees("it is registered", ".o_notification.o_fiscal_done:contains(Registered)"),
        receiptOpened(),
        sees(
            "the invoice shows it without a reload",
            "button[name=action_fiscal_documents]:contains(Registered)"
        ),
        click("open the document", "button[name=action_fiscal_documents]"),
        sees(
            "the fiscal number",
            ".o_form_view .o_field_widget[name=fiscal_number]:contains(TEST-)"
        ),
        sees("the receipt can be opened and sent", "button[name=action_open_receipt]:not(:hidden)"),
        click("send it again", "button[name=action_send_receipt]"),
        click("to the address that is known", ".modal button[name=action_send]"),
        sees("it was sent", ".o_notification.o_fiscal_sent:contains(olga@example.com)"),
    ],
});

registry.category("web_tour.tours").add("fiscal_invoice_is_refunded", {
    steps: () => [
        click("credit note", "button[name=action_reverse]:not(:hidden)"),
        click("reverse", ".modal button[name=refund_moves]:not(:hidden)"),
        click("confirm the credit note", "button[name=action_post]:not(:hidden)"),
        ...pay(),
        click("pay the money back", ".modal button[name=action_create_payments]:not(:hidden)"),
        sees("the return is registered", ".o_notification.o_fiscal_done:contains(Sale return)"),
    ],
});

registry.category("web_tour.tours").add("fiscal_batch_with_bad_ones", {
    steps: () => [
        sees("fifty payments", ".o_data_row:nth-child(50)"),
        click("choose all", "thead .o_list_record_selector input"),
        click("open the actions", ".o_cp_action_menus .dropdown-toggle:contains(Actions)"),
        click("fiscalize", ".o-dropdown--menu .o_menu_item:contains(/^Fiscalize$/)"),
        sees("three cannot be printed", ".modal .alert:contains(cannot be printed: 3)"),
        sees("and why", ".modal .o_data_row:contains(does not know the tax of “Odd”)"),
        click("print the others", ".modal button[name=action_confirm]"),
        {
            // fifty receipts are made and registered meanwhile, beside other tests
            ...sees(
                "three clear errors",
                ".o_notification.o_fiscal_failed:contains(Not registered: 3)"
            ),
            timeout: 60000,
        },
        sees(
            "each with its reason",
            ".o_notification.o_fiscal_failed:contains(does not know the tax of “Odd”)"
        ),
        {
            ...sees("the others are registered", ".o_notification.o_fiscal_done:contains(47)"),
            timeout: 60000,
        },
        {
            content: "the list shows it without a reload",
            trigger: ".o_data_row .o_field_widget[name=fiscal_state]:contains(Error)",
            run: async () => {
                const states = () =>
                    [...document.querySelectorAll(".o_data_row td[name=fiscal_state]")].map(
                        (cell) => cell.textContent
                    );
                const count = (word) => states().filter((text) => text.includes(word)).length;
                for (let round = 0; round < 600 && count("Registered") < 47; round++) {
                    await new Promise((resolve) => setTimeout(resolve, 100));
                }
                if (count("Registered") !== 47 || count("Error") !== 3) {
                    throw new Error(`the list shows ${states()}`);
                }
            },
        },
    ],
});

registry.category("web_tour.tours").add("fiscal_missing_address", {
    steps: () => [
        ...pay(),
        click("create the payment", ".modal button[name=action_create_payments]:not(:hidden)"),
        sees(
            "the address is missing",
            ".modal:contains(the customer's address or consent is missing)"
        ),
        {
            content: "an address that is none",
            trigger: ".modal .o_field_widget[name=email] input",
            run: "edit nonsense",
        },
        click("send", ".modal button[name=action_send]"),
        sees("it is not taken", ".modal:contains(is not an e-mail address)"),
        click("close the message", ".modal:contains(is not an e-mail address) footer button"),
        {
            content: "the address",
            trigger: ".modal .o_field_widget[name=email] input",
            run: "edit anna@example.com",
        },
        click("send", ".modal button[name=action_send]"),
        sees("it is registered", ".o_notification.o_fiscal_done:contains(Registered)"),
    ],
});
