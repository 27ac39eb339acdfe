import { Component, onMounted, useRef, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { Scan, normalizeMarkingCode } from "@fiscal_base/app/utils/marking_code";

/**
 * Asks for the marking code of the piece that is sold, from a scanner or from the keyboard.
 *
 * A scanner types faster than anything is rendered, so the field itself holds the code and no state does.
 */
export class MarkingCodePopup extends Component {
    static template = "fiscal_base.MarkingCodePopup";
    static components = { Dialog };
    static props = {
        product: String,
        /** code → why it cannot be taken, in words, or "" */
        refuse: Function,
        getPayload: Function,
        close: Function,
    };

    setup() {
        this.scan = new Scan();
        this.state = useState({ isFilled: false, refusal: "" });
        this.input = useRef("input");
        onMounted(() => this.input.el.focus());
    }

    onKeydown(event) {
        if (event.key === "Enter") {
            event.preventDefault();
            this.confirm();
        } else {
            this.type(event, this.scan.press(event));
        }
    }

    onKeyup(event) {
        this.type(event, this.scan.release(event));
    }

    /** Put `text` where the caret is, instead of what the browser would. */
    type(event, text) {
        if (text) {
            event.preventDefault();
            const { el } = this.input;
            el.setRangeText(text, el.selectionStart, el.selectionEnd, "end");
            this.onInput();
        }
    }

    onInput() {
        this.state.isFilled = Boolean(this.input.el.value);
    }

    confirm() {
        const { el } = this.input;
        const code = normalizeMarkingCode(this.scan.read(el.value));
        if (!code) {
            return;
        }
        this.state.refusal = this.props.refuse(code);
        if (!this.state.refusal) {
            this.props.getPayload(code);
            this.props.close();
            return;
        }
        // the next scan takes the place of this one
        this.scan = new Scan();
        el.focus();
        el.select();
    }
}
