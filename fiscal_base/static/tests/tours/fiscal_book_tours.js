import { queryFirst } from "@odoo/hoot-dom";
import { registry } from "@web/core/registry";

function click(content, trigger) {
    return { content, trigger, run: "click" };
}

function sees(content, trigger) {
    return { content, trigger };
}

function type(content, trigger, text) {
    return { content, trigger, run: `edit ${text}` };
}

const field = (name) => `.o_field_widget[name="${name}"]`;

/** A new operation of the kind whose name is like `pattern`. */
function operation(pattern) {
    return [
        click("a new operation", ".o_list_button_add, .o_form_button_create"),
        sees("a draft", `${field("stage")} .o_arrow_button_current:contains(Draft)`),
        click("what it is", `${field("operation")} .o_select_menu_toggler`),
        click(pattern, `.o_select_menu_item:contains(/${pattern}/)`),
        sees("chosen", `${field("operation")} input:value(/${pattern}/)`),
    ];
}

/** Hand it to the register, and see what became of it without a reload. */
function post() {
    return [
        click("post", "button[name=action_post_operation]"),
        sees("told", ".o_notification.o_fiscal_done:contains(Registered)"),
        sees("registered", `${field("stage")} .o_arrow_button_current:contains(Registered)`),
        sees("with its number", `${field("fiscal_number")}:contains(TEST-)`),
        click("close what was told", ".o_notification.o_fiscal_done .o_notification_close"),
    ];
}

/** A line of `price` that names no product. */
function line(name, price) {
    return [
        click("a line", ".o_field_x2many_list_row_add button, .o_field_x2many_list_row_add a"),
        type("its name", `.o_selected_row ${field("name")} input`, name),
        type("its price", `.o_selected_row ${field("price")} input`, price),
        click("leave the line", ".o_form_sheet"),
    ];
}

function customer(name) {
    return [
        type("the customer", `${field("partner_id")} input`, name),
        click("is proposed", `.o-autocomplete--dropdown-item:contains(${name})`),
        sees("chosen", `${field("partner_id")} input:value(${name})`),
    ];
}

/** Choose what an input that searches proposes first. The list closes when the page scrolls, even by itself. */
function latest(content, trigger) {
    const item = ".o-autocomplete--dropdown-item";
    const proposed = `${item}:not(:contains(Loading)) a`;
    return [
        {
            content,
            trigger,
            timeout: 60000,
            async run({ anchor }) {
                while (!queryFirst(proposed)) {
                    if (!queryFirst(item)) {
                        anchor.click();
                    }
                    await new Promise((resolve) => setTimeout(resolve, 500));
                }
            },
        },
        click("the latest", proposed),
    ];
}

registry.category("web_tour.tours").add("fiscal_operations_book", {
    steps: () => [
        ...operation("^Opening of a shift$"),
        sees(
            "no sum is asked for",
            `.o_form_view:not(:has(${field("total")} input)):not(:has(.fiscal-fill))`
        ),
        ...post(),
        ...operation("^Cash in$"),
        type("only a sum", `${field("total")} input`, "500"),
        ...post(),
        ...operation("^Sale$"),
        ...customer("Ольга Кузнецова"),
        ...line("Занятие", "700"),
        sees("to pay", `${field("total")}:contains(700.00)`),
        type("some of it by card", `${field("card_amount")} input`, "250"),
        click("the rest by cash", ".fiscal-fill button:contains(Cash)"),
        sees("filled in", `${field("cash_amount")} input:value(450.00)`),
        type(
            "but the customer hands over more",
            `${field("cash_amount")} input`,
            "500 && click .o_form_sheet"
        ),
        sees("change", `${field("change_due")}:contains(50.00)`),
        ...post(),
        sees("the customer's payments", "button[name=action_operation_payments]"),
        click("take it back", "button[name=action_return]"),
        sees("a draft of the return", ".o_form_view .o_arrow_button_current:contains(Draft)"),
        click("to the book", ".breadcrumb-item a:contains(Operations)"),
        sees("the book", ".o_list_view .o_data_row"),
        ...operation("^Cash out$"),
        type("without a sum", `${field("name")} input`, "В банк"),
        click("post", "button[name=action_post_operation]"),
        sees("what is missing is told", ".modal .modal-body:contains(Enter the sum of cash.)"),
        click("understood", ".modal footer button"),
        sees(
            "and it is still a draft",
            `${field("stage")} .o_arrow_button_current:contains(Draft)`
        ),
        type("the sum", `${field("total")} input`, "200"),
        ...post(),
        ...operation("^X report$"),
        ...post(),
        ...operation("^Closing"),
        ...post(),
        click("to the book", ".breadcrumb-item a:contains(Operations)"),
        sees("the book", ".o_list_view .o_data_row"),
        sees("all of it is in the book", ".o_data_row:nth-child(6)"),
    ],
});

registry.category("web_tour.tours").add("fiscal_operation_with_an_error", {
    steps: () => [
        ...operation("^Cash in$"),
        type("a sum", `${field("total")} input`, "500"),
        click("post", "button[name=action_post_operation]"),
        sees("not registered", ".o_notification.o_fiscal_failed:contains(The paper has run out.)"),
        sees("an error", `${field("stage")} .o_arrow_button_current:contains(Error)`),
        sees("the register's words", ".alert-danger:contains(The paper has run out.)"),
        click("send it again", "button[name=action_retry]"),
        sees(
            "in hand or registered",
            `${field("stage")} .o_arrow_button_current:contains(/Processing|Registered/)`
        ),
    ],
});

registry.category("web_tour.tours").add("fiscal_operation_pays_an_invoice", {
    steps: () => [
        ...operation("^Sale$"),
        ...customer("Ольга Кузнецова"),
        click("open invoices", `${field("move_ids")} input`),
        click("the invoice", ".o-autocomplete--dropdown-item:contains(INV)"),
        sees("its line", ".o_field_x2many .o_data_row:contains(Занятие)"),
        sees("what is owed", `${field("total")}:contains(1,000.00)`),
        click("by card", ".fiscal-fill button:contains(Card)"),
        sees("filled in", `${field("card_amount")} input:value(1,000.00)`),
        ...post(),
        click("its payment", "button[name=action_operation_payments]"),
        sees("has this receipt", "button[name=action_fiscal_documents]:contains(Registered)"),
    ],
});

registry.category("web_tour.tours").add("fiscal_template_editor", {
    steps: () => [
        click("the register", ".o_kanban_record:contains(Касса 1)"),
        click("the text of receipts", ".o_notebook .nav-link[name=details]"),
        sees("the default as a hint", ".fiscal-details textarea[placeholder='Аванс']"),
        sees("with examples", ".fiscal-details-text:contains(/^Аванс$/)"),
        ...latest("a payment", ".fiscal-details .o_record_selector input"),
        sees("of a payment that nothing is known of", ".fiscal-details-text:contains(/^Аванс$/)"),
        type("a text of one's own", ".fiscal-details textarea", "Урок:"),
        click("a tag by a click", ".fiscal-details-tags button[data-tag='{customer}']"),
        sees("in the text", ".fiscal-details textarea:value(Урок: {customer})"),
        sees(
            "and in what it says",
            ".fiscal-details-text:contains(/^Урок: Иванов Антон Петрович$/)"
        ),
        type("a typo", ".fiscal-details textarea", "Урок: {costumer}"),
        sees(
            "is told while one types",
            ".fiscal-details-problem:contains(Did you mean “{customer}”?)"
        ),
        click("save it all the same", ".o_form_button_save"),
        sees(
            "it is refused with a suggestion",
            ".modal .modal-body:contains(Did you mean “{customer}”?)"
        ),
        click("understood", ".modal footer button"),
        type("put right", ".fiscal-details textarea", "Урок: {customer} - {note}"),
        sees("no problem is left", ".fiscal-details:not(:has(.fiscal-details-problem))"),
        click("save", ".o_form_button_save"),
        sees("saved", ".o_form_saved"),
        sees(
            "what it says",
            ".fiscal-details-text:contains(/^Урок: Иванов Антон Петрович - за октябрь$/)"
        ),
    ],
});
