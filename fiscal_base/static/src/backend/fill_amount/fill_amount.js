import { registry } from "@web/core/registry";
import { _t } from "@web/core/l10n/translation";
import { MonetaryField, monetaryField } from "@web/views/fields/monetary/monetary_field";

/**
 * A paid sum with its label as a button: a click adds what is left to pay, by the field that the option `left` names.
 */
export class FillAmount extends MonetaryField {
    static template = "fiscal_base.FillAmount";
    static props = { ...MonetaryField.props, left: String, icon: { type: String, optional: true } };

    get label() {
        return this.props.record.fields[this.props.name].string;
    }

    async fill() {
        const { record, name, left } = this.props;
        // include what is being typed elsewhere in the form
        await record.getChanges();
        const sum = (record.data[name] || 0) + (record.data[left] || 0);
        await record.update({ [name]: Number(sum.toFixed(2)) });
    }
}

registry.category("fields").add("fiscal_fill", {
    ...monetaryField,
    component: FillAmount,
    displayName: _t("Sum that a click fills in"),
    extractProps: (field) => ({
        ...monetaryField.extractProps(field),
        left: field.options.left,
        icon: field.options.icon,
    }),
});
