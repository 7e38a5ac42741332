"""Documents that were found valid before are neither parsed nor validated again.

Clients send the same few documents over and over, and Python needs milliseconds for each. What is kept is bounded by
the length of all texts together: a parsed document is some hundred times as large as its text.
"""

from collections import OrderedDict
from collections.abc import Iterator

from graphql import DocumentNode
from strawberry.extensions import SchemaExtension

KEPT_LENGTH_MAX = 256 * 1024

Key = tuple[str, tuple[object, ...]]
"""The text, and the rules by which it was validated."""


class KnownDocuments:
    """Valid documents, the least recently used first."""

    def __init__(self, *, length_max: int = KEPT_LENGTH_MAX) -> None:
        self._length_max = length_max
        self._length = 0
        self._kept: OrderedDict[Key, DocumentNode] = OrderedDict()

    def find(self, key: Key) -> DocumentNode | None:
        """The document, if it is known."""
        document = self._kept.get(key)
        if document is not None:
            self._kept.move_to_end(key)
        return document

    def keep(self, key: Key, document: DocumentNode) -> None:
        """Remembers a valid document, and forgets the oldest ones that no longer fit beside it."""
        if key in self._kept or len(key[0]) > self._length_max:
            return
        self._kept[key] = document
        self._length += len(key[0])
        while self._length > self._length_max:
            (text, _), _ = self._kept.popitem(last=False)
            self._length -= len(text)


class DocumentCache(SchemaExtension):
    """One request's use of the known documents."""

    def __init__(self, known: KnownDocuments) -> None:
        super().__init__()
        self._known = known

    def on_parse(self) -> Iterator[None]:
        """Takes the known document instead of parsing."""
        self.execution_context.graphql_document = self._known.find(self._key)
        yield

    def on_validate(self) -> Iterator[None]:
        """Skips the validation of a known document; remembers one that has just been found valid."""
        context, key = self.execution_context, self._key
        if self._known.find(key) is not None:
            context.pre_execution_errors = []
        yield
        if not context.pre_execution_errors and context.graphql_document is not None:
            self._known.keep(key, context.graphql_document)

    @property
    def _key(self) -> Key:
        return self.execution_context.query or "", self.execution_context.validation_rules
