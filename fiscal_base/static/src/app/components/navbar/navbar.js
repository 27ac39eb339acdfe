import { patch } from "@web/core/utils/patch";
import { Navbar } from "@point_of_sale/app/components/navbar/navbar";
import { FiscalLight } from "@fiscal_base/app/components/navbar/fiscal_light/fiscal_light";

patch(Navbar, {
    components: { ...Navbar.components, FiscalLight },
});
