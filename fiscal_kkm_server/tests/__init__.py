from . import test_accounting, test_callback, test_form, test_register
from . import test_tours
