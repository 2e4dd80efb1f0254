"""One file per verb and object: the command and the function that runs it."""
