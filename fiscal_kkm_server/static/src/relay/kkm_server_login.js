import { _t } from "@web/core/l10n/translation";
import { Component, useState } from "@odoo/owl";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { useService } from "@web/core/utils/hooks";
import { credentials, keepCredentials } from "./carrier";

/** Login and password of the KKM Server on this computer; Odoo's server never sees them. */
export class KkmServerLogin extends Component {
    static template = "fiscal_kkm_server.KkmServerLogin";
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.notification = useService("notification");
        this.orm = useService("orm");
        this.state = useState({ url: "http://localhost:5893", login: "User", password: "" });
        const { active_id: id } = this.props.action.context;
        if (id) {
            this.orm.read("fiscal.register", [id], ["kkm_server_url"]).then(([register]) => {
                this.state.url = register.kkm_server_url || this.state.url;
                Object.assign(this.state, credentials(this.state.url));
            });
        }
    }

    save() {
        keepCredentials(this.state.url, this.state.login.trim(), this.state.password);
        this.notification.add(_t("Kept in this browser. Now press “Test connection”."), {
            type: "success",
        });
        this.action.doAction({ type: "ir.actions.act_window_close" });
    }
}
