"""Whose tokens are accepted: the configured issuer's, or, for development, our own."""

from dataclasses import dataclass

from api.identity import Identities
from authz.directory import GrantedDirectory
from authz.identity.attempts import Attempts
from authz.identity.development import DevelopmentIssuer
from authz.identity.keys import FetchedKeys, GivenKeys, KeySource
from authz.identity.tokens import TokenVerifier
from authz.policies.source import PolicySource
from kernel.db import Database
from kernel.settings import Settings, SettingsError

DEVELOPMENT_NAME = "wharfinger-development"


@dataclass(frozen=True)
class SignIn:
    """Who signs, and for whom. `development` is set where we sign tokens ourselves."""

    verifier: TokenVerifier
    development: DevelopmentIssuer | None
    failures_per_minute: int

    def identities(self, database: Database) -> Identities:
        """Knows who stands behind credentials, by the keys and grants in the database."""
        return Identities(
            verifier=self.verifier,
            directory=GrantedDirectory(database, PolicySource()),
            attempts=Attempts(per_minute=self.failures_per_minute),
        )


def make_sign_in(settings: Settings) -> SignIn:
    """Reads the issuer's keys, or opens the development issuer. Raises SettingsError where neither is set."""
    keys = _issuer_keys(settings)
    if keys is not None:
        assert settings.issuer is not None
        assert settings.audience is not None
        verifier = TokenVerifier(issuer=settings.issuer, audience=settings.audience, keys=keys)
        return SignIn(verifier, None, settings.sign_in_failures_per_minute)
    if not settings.development_issuer:
        raise SettingsError(
            "Nobody can sign in: set WHARFINGER_ISSUER, WHARFINGER_AUDIENCE and WHARFINGER_JWKS_URL (or _JWKS_FILE); "
            "to try Wharfinger on this machine alone, set WHARFINGER_DEVELOPMENT_ISSUER=yes, as `make run` does."
        )
    name = settings.issuer or DEVELOPMENT_NAME
    audience = settings.audience or DEVELOPMENT_NAME
    settings.data.mkdir(parents=True, exist_ok=True)
    issuer = DevelopmentIssuer.open(
        settings.data, issuer=name, audience=audience, host=settings.host, permitted=settings.development_issuer
    )
    verifier = TokenVerifier(issuer=name, audience=audience, keys=GivenKeys(issuer.public_keys))
    return SignIn(verifier, issuer, settings.sign_in_failures_per_minute)


def _issuer_keys(settings: Settings) -> KeySource | None:
    try:
        if settings.jwks_file:
            return GivenKeys.from_file(settings.jwks_file)
        return FetchedKeys(settings.jwks_url) if settings.jwks_url else None
    except ValueError as error:
        name = "JWKS_FILE" if settings.jwks_file else "JWKS_URL"
        raise SettingsError(f"WHARFINGER_{name}: {error}") from None
