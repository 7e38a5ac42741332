"""Who may see, do and approve what, where: the only package that knows casbin."""
