import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/** Asks Odoo's server for registers at one place after the other, until it is stopped or closed. */
export class FindRegisters extends Component {
    static template = "fiscal_shtrih.FindRegisters";
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.state = useState({ searches: false, asked: 0, place: null, found: [], unusable: [] });
        onMounted(() => this.search());
        onWillUnmount(() => this.stop());
    }

    get params() {
        return this.props.action.params;
    }

    get percent() {
        const { places } = this.params;
        return places.length ? Math.round((this.state.asked / places.length) * 100) : 100;
    }

    async search() {
        Object.assign(this.state, { searches: true, asked: 0, found: [], unusable: [] });
        const settled = new Set();
        for (const place of this.params.places) {
            if (!settled.has(place.address)) {
                this.state.place = place;
                const said = await this.ask(place);
                if (!this.state.searches) {
                    return;
                }
                if (said.state !== "silent") {
                    // no other speed would tell more
                    settled.add(place.address);
                    const list = said.state === "found" ? this.state.found : this.state.unusable;
                    list.push({ ...place, ...said });
                }
            }
            this.state.asked++;
        }
        this.stop();
    }

    async ask({ address, speed }) {
        try {
            return await this.orm.call("fiscal.register", "shtrih_find_at", [
                [this.params.register_id],
                address,
                speed,
            ]);
        } catch (error) {
            this.stop();
            throw error;
        }
    }

    stop() {
        this.state.searches = false;
    }

    async use({ address, speed, framing }) {
        this.stop();
        await this.orm.write("fiscal.register", [this.params.register_id], {
            shtrih_address: address,
            shtrih_speed: `${speed}`,
            shtrih_framing: framing,
        });
        await this.action.doAction({ type: "ir.actions.act_window_close" });
    }
}

registry.category("actions").add("fiscal_shtrih_find", FindRegisters);
