"""``linguapay demo``: the story of three lessons, told once as facts and presented in two ways."""
