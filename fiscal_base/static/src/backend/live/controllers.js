import { useBus } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";
import { FormController } from "@web/views/form/form_controller";
import { ListController } from "@web/views/list/list_controller";

/** Up to so many records of a list are reloaded one by one, which keeps its selection and scroll position. */
const FEW = 20;

/** Call `reload` with the ids of this view's model when a fiscal document of them has changed. */
function useFiscalNews(controller, reload) {
    const live = controller.env.services.fiscal_live;
    if (live) {
        useBus(live.bus, "changed", ({ detail }) => {
            const ids = detail[controller.props.resModel];
            if (ids && controller.model.root) {
                reload(controller.model.root, ids);
            }
        });
    }
}

patch(ListController.prototype, {
    setup() {
        super.setup(...arguments);
        useFiscalNews(this, (root, ids) => {
            const records = (root.records || []).filter((record) => ids.has(record.resId));
            if (!records.length || root.editedRecord) {
                return;
            }
            if (records.length <= FEW || root.selection?.length) {
                records.forEach((record) => record.load());
            } else {
                root.load();
            }
        });
    },
});

patch(FormController.prototype, {
    setup() {
        super.setup(...arguments);
        useFiscalNews(this, async (root, ids) => {
            if (ids.has(root.resId) && !(await root.isDirty())) {
                await root.load();
            }
        });
    },
});
