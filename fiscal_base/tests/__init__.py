from . import test_hoot
from . import test_outbox
from . import test_tours
from . import test_faults
from . import test_shift
from . import test_manual
from . import test_pos_order
from . import test_till
