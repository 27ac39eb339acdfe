import * as Chrome from "@point_of_sale/../tests/pos/tours/utils/chrome_util";
import * as Dialog from "@point_of_sale/../tests/generic_helpers/dialog_util";
import * as ReceiptScreen from "@point_of_sale/../tests/pos/tours/utils/receipt_screen_util";
import {
    closeRegister,
    refundOneBread,
    sellTwoProducts,
} from "@fiscal_base/../tests/tours/fiscal_tours";
import * as Fiscal from "@fiscal_base/../tests/tours/utils/fiscal_util";
import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("fiscal_shtrih_sale_and_return", {
    steps: () =>
        [
            Chrome.startPoS(),
            Dialog.confirm("Open Register"),
            sellTwoProducts(),
            Fiscal.receiptIsRegistered(),
            ReceiptScreen.clickNextOrder(),
            refundOneBread(),
            Fiscal.receiptIsOfReturn(),
            Fiscal.receiptIsRegistered(),
            ReceiptScreen.clickNextOrder(),
            Fiscal.registerIs("ready"),
            Chrome.endTour(),
        ].flat(Infinity),
});

registry.category("web_tour.tours").add("fiscal_shtrih_closing", {
    steps: () => [Chrome.startPoS(), closeRegister()].flat(Infinity),
});

registry.category("web_tour.tours").add("fiscal_shtrih_correction", {
    steps: () => [
        {
            content: "correct the receipt",
            trigger: "button[name=action_correct]",
            run: "click",
        },
        {
            content: "say what was wrong",
            trigger: ".o_field_widget[name=correction_reason] :is(input, textarea)",
            run: "edit The sum was wrong",
        },
        {
            content: "register the correction",
            trigger: "button[name=action_post]",
            run: "click",
        },
        {
            content: "it is on its way",
            trigger: ".o_statusbar_status .o_arrow_button_current:not(:contains(Draft))",
        },
    ],
});

registry.category("web_tour.tours").add("fiscal_shtrih_cable_out", {
    steps: () =>
        [
            Chrome.startPoS(),
            Dialog.confirm("Open Register"),
            sellTwoProducts(),
            Fiscal.receiptIsPending(),
            Fiscal.registerIs("offline"),
            Fiscal.receiptIsRegistered(),
            Fiscal.registerIs("ready"),
            ReceiptScreen.clickNextOrder(),
            Chrome.endTour(),
        ].flat(Infinity),
});

registry.category("web_tour.tours").add("fiscal_shtrih_find", {
    steps: () => [
        {
            content: "search",
            trigger: "button[name=action_shtrih_find]",
            run: "click",
        },
        {
            content: "the port that cannot be opened is told",
            trigger: `.o_fiscal_shtrih_find:contains("/dev/no-such-port"):contains("it cannot be opened")`,
        },
        {
            content: "the register, with what its port says",
            trigger:
                ".o_fiscal_shtrih_find .o_found:contains(ШТРИХ-М-01Ф 4239):contains(1FC9:0089)",
        },
        {
            content: "stop the search",
            trigger: ".o_fiscal_shtrih_find button:contains(Stop)",
            run: "click",
        },
        {
            content: "it has stopped",
            trigger: ".o_fiscal_shtrih_find button:contains(Search again)",
        },
        {
            content: "use it",
            trigger: ".o_fiscal_shtrih_find .o_found button:contains(Use)",
            run: "click",
        },
        {
            content: "its port is on the form",
            trigger:
                "body:not(:has(.modal)) .o_field_widget[name=shtrih_address] input:value(/pts/)",
        },
    ],
});
