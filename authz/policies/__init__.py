"""The access policy: rules and conditions as governed data, compiled for speed, with Casbin as language and oracle."""
