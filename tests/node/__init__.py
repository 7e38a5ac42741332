"""Programs in JavaScript that tests run, beside this module that runs them."""
