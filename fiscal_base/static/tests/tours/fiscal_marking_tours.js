/* global posmodel */

import * as Chrome from "@point_of_sale/../tests/pos/tours/utils/chrome_util";
import * as Dialog from "@point_of_sale/../tests/generic_helpers/dialog_util";
import * as PaymentScreen from "@point_of_sale/../tests/pos/tours/utils/payment_screen_util";
import * as ProductScreen from "@point_of_sale/../tests/pos/tours/utils/product_screen_util";
import * as ReceiptScreen from "@point_of_sale/../tests/pos/tours/utils/receipt_screen_util";
import { registry } from "@web/core/registry";
import * as Fiscal from "@fiscal_base/../tests/tours/utils/fiscal_util";
import { scan } from "@fiscal_base/../tests/scanner";

const FIRST = "010460708021818721abc\u001d91test";
const SECOND = "010460708021818721abd\u001d91test";

function scans(code, options) {
    return [
        {
            content: `scan ${code}`,
            trigger: ".marking-code-input",
            run: ({ anchor }) => scan(anchor, code, options),
        },
    ];
}

function isRefused(words) {
    return [{ content: words, trigger: `.marking-code-refusal:contains("${words}")` }];
}

function withoutTheCode() {
    return [{ trigger: ".modal button:contains(Without the code)", run: "click" }];
}

registry.category("web_tour.tours").add("fiscal_marked_goods", {
    steps: () =>
        [
            Chrome.startPoS(),
            Dialog.confirm("Open Register"),
            ProductScreen.clickDisplayedProduct("Кофе"),
            Dialog.is({ title: "Scan the marking code" }),
            scans("4607080218187"),
            isRefused("barcode of the article"),
            scans(FIRST, { layout: "ru" }),
            ProductScreen.clickDisplayedProduct("Кофе"),
            scans(FIRST, { layout: "ua", separator: "f8" }),
            isRefused("already in this order"),
            withoutTheCode(),
            ProductScreen.clickPayButton(),
            PaymentScreen.clickPaymentMethod("Карта"),
            PaymentScreen.clickValidate(),
            withoutTheCode(),
            Dialog.bodyIs("needs its marking code"),
            Dialog.confirm(),
            PaymentScreen.clickValidate(),
            { trigger: ".marking-code-input", run: `edit ${SECOND.replace("\u001d", "␝")}` },
            { trigger: ".modal .btn-primary:contains(Done)", run: "click" },
            Fiscal.receiptIsRegistered({ test: true }),
            ReceiptScreen.clickNextOrder(),
            Chrome.endTour(),
        ].flat(Infinity),
});

/** Ten scans, each into a popup of its own, half a millisecond from key to key. */
function tenScans(round) {
    return [
        {
            content: `scans ${10 * round} to ${10 * round + 9}`,
            trigger: ".product-screen:not(:has(.modal))",
            async run() {
                const [line] = posmodel.getOrder().lines;
                for (let index = 10 * round; index < 10 * round + 10; index++) {
                    const code = `010460708021818721aB&d/?:Xyz${index}\u001d91EE06\u001d92Zm9vYmFyYmF6cXV4XV4+/=`;
                    const scanned = posmodel.scanMarkingCode(line);
                    while (!document.activeElement.matches(".marking-code-input")) {
                        await new Promise(requestAnimationFrame);
                    }
                    await scan(document.activeElement, code, {
                        layout: ["us", "ru", "ua"][index % 3],
                        separator: ["ctrl", "f8", "alt"][round % 3],
                    });
                    const { value = "" } = document.querySelector(".marking-code-input") || {};
                    if (line.fiscal_marking_code !== code) {
                        throw new Error(`${code} became ${line.fiscal_marking_code || value}`);
                    }
                    await scanned;
                    while (document.querySelector(".marking-code-input")) {
                        await new Promise(requestAnimationFrame);
                    }
                }
            },
        },
    ];
}

registry.category("web_tour.tours").add("fiscal_scanner", {
    steps: () =>
        [
            Chrome.startPoS(),
            Dialog.confirm("Open Register"),
            ProductScreen.clickDisplayedProduct("Кофе"),
            withoutTheCode(),
            Array.from({ length: 10 }, (_, round) => tenScans(round)),
            Chrome.endTour(),
        ].flat(Infinity),
});
