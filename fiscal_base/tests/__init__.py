from . import test_hoot
from . import test_odoo_meanings
from . import test_outbox
from . import test_tours
from . import test_tours_accounting
from . import test_tours_more
from . import test_details
from . import test_faults
from . import test_fiscalize
from . import test_shift
from . import test_manual
from . import test_operation
from . import test_operation_payments
from . import test_tours_book
from . import test_payments
from . import test_pos_order
from . import test_till
from . import test_guards
from . import test_translations
from . import test_rules
from . import test_lane
from . import test_access
from . import test_callback
from . import test_relay
<<<<<<< HEAD
from . import test_contact_rights
=======
from . import test_goods_code
>>>>>>> 8011e09 (wip2)
