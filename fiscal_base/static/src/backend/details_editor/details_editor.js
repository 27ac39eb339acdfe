import { Component, onWillStart, useEffect, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { RecordSelector } from "@web/core/record_selectors/record_selector";
import { registry } from "@web/core/registry";
import { useAutoresize } from "@web/core/utils/autoresize";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { useInputField } from "@web/views/fields/input_field_hook";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** The end of a text to which a tag is added without a blank. */
const OPEN_END = /[\s([«„“"/-]$/;

/**
 * Editor of a details template: the text with its tags, a preview for a payment while one types, and the tags with
 * examples, which a click inserts. The server renders everything; there is no second engine here.
 */
export class DetailsEditor extends Component {
    static template = "fiscal_base.DetailsEditor";
    static components = { RecordSelector };
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.textarea = useRef("textarea");
        this.state = useState({
            help: { tags: [], default: "", payments: false },
            empty: true,
            payment: false,
            preview: { text: "", whole: "", problems: [] },
        });
        this.latest = new KeepLast();
        useInputField({
            getValue: () => this.value,
            parse: (value) => value.trim(),
            refName: "textarea",
            preventLineBreaks: true,
        });
        useAutoresize(this.textarea);
        this.previewSoon = useDebounced(this.preview, 200);
        onWillStart(async () => {
            this.state.help = await this.call("details_help", this.companyId);
        });
        useEffect(
            () => {
                this.preview();
            },
            () => [this.value, this.state.payment]
        );
    }

    get value() {
        return this.props.record.data[this.props.name] || "";
    }

    get companyId() {
        return this.props.record.data.company_id?.id || false;
    }

    /** The register that the text belongs to: the record itself, or that of a journal. */
    get registerIds() {
        const { resModel, resId, data } = this.props.record;
        const id = resModel === "fiscal.register" ? resId : data.fiscal_register_id?.id;
        return id ? [id] : [];
    }

    /** Payments for the preview: those of the journal, else all from customers. */
    get domain() {
        const { resModel, resId } = this.props.record;
        const domain = [["partner_type", "=", "customer"]];
        if (resModel === "account.journal" && resId) {
            domain.push(["journal_id", "=", resId]);
        } else if (this.companyId) {
            domain.push(["company_id", "=", this.companyId]);
        }
        return domain;
    }

    call(method, ...args) {
        return this.orm.silent.call("fiscal.register", method, [this.registerIds, ...args]);
    }

    async preview() {
        const text = (this.textarea.el ? this.textarea.el.value : this.value).trim();
        this.state.empty = !text;
        this.state.preview = await this.latest.add(
            this.call("details_preview", text, this.state.payment)
        );
    }

    choose(payment) {
        this.state.payment = payment;
    }

    /** Insert `text` at the cursor as if typed, with a blank before it after a word. */
    insert(text) {
        const { el } = this.textarea;
        const before = el.value.slice(0, el.selectionStart);
        const blank = !before || OPEN_END.test(before) ? "" : " ";
        el.setRangeText(blank + text, el.selectionStart, el.selectionEnd, "end");
        el.dispatchEvent(new InputEvent("input", { bubbles: true }));
        el.focus();
    }
}

export const detailsEditor = {
    component: DetailsEditor,
    displayName: _t("Text with tags"),
    supportedTypes: ["char"],
};

registry.category("fields").add("fiscal_details", detailsEditor);
