import { Component, onMounted, useRef, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";

/** Separates the groups of a marking code; scanners type it as Ctrl+] */
export const GROUP_SEPARATOR = "\u001d";

/** What was scanned or typed, as the register needs it: visible substitutes become the separator. */
export function cleanMarkingCode(text) {
    return (text || "").replaceAll("␝", GROUP_SEPARATOR).replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");
}

/** Asks for the marking code of the piece being sold, from a scanner or the keyboard. */
export class MarkingCodePopup extends Component {
    static template = "fiscal_base.MarkingCodePopup";
    static components = { Dialog };
    static props = { product: String, getPayload: Function, close: Function };

    setup() {
        this.state = useState({ code: "" });
        this.input = useRef("input");
        onMounted(() => this.input.el.focus());
    }

    onKeydown(event) {
        if (event.ctrlKey && event.key === "]") {
            event.preventDefault();
            this.state.code += "␝";
        } else if (event.key === "Enter") {
            event.preventDefault();
            this.confirm();
        }
    }

    confirm() {
        const code = cleanMarkingCode(this.state.code);
        if (code) {
            this.props.getPayload(code);
            this.props.close();
        }
    }
}
