import { registry } from "@web/core/registry";

/** Leave out the services of the till, which the bundle of the tests brings along: the back office has none. */
export function withoutTill() {
    const services = registry.category("services");
    const gone = ["pos_data"];
    for (const name of gone) {
        services.remove(name);
        for (const [other, { dependencies }] of services.getEntries()) {
            if (dependencies?.includes(name) && !gone.includes(other)) {
                gone.push(other);
            }
        }
    }
}
