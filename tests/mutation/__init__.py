"""Does anything notice when a part of the kernel's model is gone?"""
