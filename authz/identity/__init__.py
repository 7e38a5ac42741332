"""Who asks: tokens of an issuer, keys of partners, and for whom somebody acts."""
