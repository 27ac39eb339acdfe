from . import test_callback, test_form, test_register
from . import test_hoot, test_tours
