import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { bringSurely, carry, take } from "./carry";

/** Process the queue of a register that only this computer reaches, document by document. */
async function relay(env, { params }) {
    const relayed = (...args) =>
        env.services.orm.call("fiscal.register", "relay", [[params.register_id], ...args]);
    const close = env.services.notification.add(
        _t("Documents are being sent from this computer. Please leave this page open."),
        { type: "info", sticky: true }
    );
    let result;
    try {
        result = await take(relayed);
        while (result.call) {
            const { call } = result;
            const reply = await carry(call);
            result = await bringSurely(() => relayed(call.token, reply));
        }
    } finally {
        close();
    }
    env.services.notification.add(
        result.left
            ? _t(
                  "%s documents are still in the queue. Their reasons stand in the list.",
                  result.left
              )
            : _t("Everything in the queue has been sent."),
        { type: result.left ? "warning" : "success" }
    );
    return params.next || { type: "ir.actions.client", tag: "soft_reload" };
}

/** Check a register that only this computer reaches, and show the result. */
async function relayStatus(env, { params }) {
    const replies = [];
    for (;;) {
        const { call, action } = await env.services.orm.call("fiscal.register", "relay_status", [
            [params.register_id],
            replies,
        ]);
        if (!call) {
            return action;
        }
        replies.push(await carry(call));
    }
}

registry.category("actions").add("fiscal_relay", relay);
registry.category("actions").add("fiscal_relay_status", relayStatus);
