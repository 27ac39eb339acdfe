from . import test_form, test_register, test_tours
