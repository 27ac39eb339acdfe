"""The main job in a real browser, on an emulated Vchasno.Kasa; what it registered is compared with the orders."""
