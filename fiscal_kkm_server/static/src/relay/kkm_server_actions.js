import { registry } from "@web/core/registry";
import { carry } from "@fiscal_base/relay/carry";
import { KkmServerLogin } from "./kkm_server_login";

/** Have the KKM Server on this computer do a job, and show the result. */
async function job(env, { params }) {
    const asked = (method, ...args) =>
        env.services.orm.call("fiscal.register", method, [[params.register_id], ...args]);
    const call = await asked("kkm_server_job", params.name, params.details);
    const action = await asked("kkm_server_job_said", params.name, await carry(call));
    if (params.name === "devices") {
        await status(asked);
    }
    return action;
}

/** Refresh the state on the card of the register. */
async function status(asked) {
    const replies = [];
    for (;;) {
        const { call } = await asked("relay_status", replies);
        if (!call) {
            return;
        }
        replies.push(await carry(call));
    }
}

registry.category("actions").add("fiscal_kkm_server_job", job);
registry.category("actions").add("fiscal_kkm_server_login", KkmServerLogin);
