"""What dbt's tests said of a published run."""

from __future__ import annotations

from retail.data_tests import DataTestResults
from retail.errors import NothingPublished
from retail.workspace import ServingRun


def read(serving: ServingRun) -> DataTestResults | None:
    """The results of a run's tests; none where the run was published without them.

    Raises:
        NothingPublished: The file is broken.
    """
    path = serving.data_tests
    if not path.is_file():
        return None
    try:
        return DataTestResults.model_validate_json(path.read_text())
    except (OSError, ValueError) as error:
        raise NothingPublished(f"{path} cannot be read: {error}. Run `tillsight run` to publish again.") from error
