"""A patch in, what it does to the ordering out: remarks that are proved, and what it puts right."""
