from . import test_device_manager, test_form, test_hoot, test_register, test_tours
