from . import test_outbox
from . import test_tours
from . import test_faults
