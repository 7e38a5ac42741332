"""Legal entities: the companies of the group.

Owns who exists, with which currency and country. Promises that an entity's currency never changes once it is in use.
Does not know locations, items or parties.
"""
