"""Store references: an id, a code or a name, to the one store that is meant."""

from __future__ import annotations

from collections.abc import Iterable

from metrics.catalogue import nearest
from metrics.contents import Store
from retail.errors import UnusableRequest


def resolve(reference: str, stores: Iterable[Store]) -> Store:
    """Find the store that a reference means: by id (`files:S2`), code (`S2`) or name, case ignored for the name.

    Raises:
        UnusableRequest: No store, or more than one, is called that.
    """
    known = tuple(stores)
    for matches in (
        [store for store in known if store.store_id == reference],
        [store for store in known if store.code == reference],
        [store for store in known if store.label == reference],
        [store for store in known if reference.casefold() in {store.label.casefold(), store.code.casefold()}],
    ):
        if len(matches) == 1:
            return matches[0]
        if matches:
            ids = ", ".join(store.store_id for store in matches)
            raise UnusableRequest(f"More than one store is called {reference[:80]!r}: {ids}. Use the id.")
    words = {word: store.label for store in known for word in (store.label, store.code, store.store_id)}
    near = list(dict.fromkeys(words[word] for word in nearest(reference, words))) or [s.label for s in known[:5]]
    raise UnusableRequest(f"There is no store {reference[:80]!r}. There is for instance {', '.join(near) or 'none'}.")
