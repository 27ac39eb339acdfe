import { EventBus } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/** Milliseconds for which news is collected before lists reload their records. */
const GATHER = 300;
/** Milliseconds between two questions about documents that this browser waits for. */
const PAUSE = 1000;
/** How often it asks; and how often if the register has said that it cannot work. */
const ROUNDS = 60;
const ROUNDS_WITH_PROBLEM = 2;
/** Maximum number of reasons shown at once. */
const SHOWN = 5;

const OPEN = new Set(["queued", "sending", "waiting", "unknown"]);

/**
 * News about fiscal documents in the backend: lists and forms hear which of their records have changed, and users who
 * asked for a receipt are told what became of it.
 */
export const fiscalLive = {
    dependencies: ["bus_service", "notification", "orm"],
    start(env, { bus_service: busService, notification, orm }) {
        const bus = new EventBus();
        let gathered = {};
        let timer = null;

        /** Announce that records have changed; `records` is `{model: [ids]}`. */
        function changed(records) {
            for (const [model, ids] of Object.entries(records)) {
                gathered[model] = new Set([...(gathered[model] || []), ...ids]);
            }
            timer ||= browser.setTimeout(() => {
                const news = gathered;
                gathered = {};
                timer = null;
                bus.trigger("changed", news);
            }, GATHER);
        }

        function openReceipt(document) {
            return browser.open(`/fiscal/receipt/${document.id}`, "_blank");
        }

        /** Report documents that are final, or that take longer than the user should wait. */
        function report(documents) {
            const done = documents.filter((document) => document.state === "done");
            const failed = documents.filter((document) => document.state === "rejected");
            const late = documents.filter((document) => OPEN.has(document.state));
            if (done.length === 1 && documents.length === 1) {
                notification.add(_t("Registered: %s", done[0].name), {
                    type: "success",
                    className: "o_fiscal_done",
                    buttons: [{ name: _t("Open receipt"), onClick: () => openReceipt(done[0]) }],
                });
                if (done[0].open) {
                    openReceipt(done[0]);
                }
            } else if (done.length) {
                notification.add(_t("Registered receipts: %s", done.length), {
                    type: "success",
                    className: "o_fiscal_done",
                });
            }
            if (failed.length) {
                const reasons = failed
                    .slice(0, SHOWN)
                    .map(({ name, problem }) => `${name}: ${problem}`);
                const more =
                    failed.length > SHOWN ? [_t("and others: %s", failed.length - SHOWN)] : [];
                notification.add([...reasons, ...more].join("\n"), {
                    title: _t("Not registered: %s", failed.length),
                    type: "danger",
                    sticky: true,
                    className: "o_fiscal_failed",
                });
            }
            if (late.length) {
                const reason = late.find((document) => document.problem)?.problem || "";
                notification.add(reason, {
                    title: _t(
                        "Still in the queue, sent as soon as it is possible: %s",
                        late.length
                    ),
                    type: "warning",
                    className: "o_fiscal_late",
                });
            }
        }

        /** Wait for documents and report what became of them. Never throws: they are sent without this browser too. */
        async function follow(ids) {
            let documents = [];
            for (let round = 0; round < ROUNDS; round++) {
                try {
                    documents = await orm.silent.call("fiscal.document", "fiscal_follow", [ids]);
                } catch (error) {
                    if (error.exceptionName) {
                        return; // Odoo refuses to tell, for example somebody who may not see these documents
                    }
                }
                for (const document of documents) {
                    changed(document.changed);
                }
                const open = documents.filter((document) => OPEN.has(document.state));
                const stuck = open.length && open.every((document) => document.problem);
                if ((documents.length && !open.length) || (stuck && round >= ROUNDS_WITH_PROBLEM)) {
                    break;
                }
                await new Promise((resolve) => browser.setTimeout(resolve, PAUSE));
            }
            report(documents);
        }

        busService.subscribe("fiscal_document", changed);
        return { bus, changed, follow };
    },
};
registry.category("services").add("fiscal_live", fiscalLive);

/** The server has queued documents: run its next action, and report later what became of them. */
function followAction(env, { params }) {
    env.services.fiscal_live.follow(params.ids);
    return params.next || { type: "ir.actions.act_window_close" };
}
registry.category("actions").add("fiscal_follow", followAction);

/** Send a registered receipt to the customer through one channel after the other. */
async function deliverAction(env, { params }) {
    for (const [channel, address] of params.channels) {
        const words = await env.services.orm.call("fiscal.document", "fiscal_deliver", [
            [params.id],
            channel,
            address,
        ]);
        env.services.notification.add(words, { type: "success", className: "o_fiscal_sent" });
    }
    return { type: "ir.actions.act_window_close" };
}
registry.category("actions").add("fiscal_deliver", deliverAction);
