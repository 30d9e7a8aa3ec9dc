"""What is embedded again is what was embedded at first: a vector does not depend on which of the two made it."""

from __future__ import annotations

import pytest

from ingest.mending import mend_vectors
from ingest.pipeline import run_inline
from knowledge.models import Passage
from tests.ingest.conftest import Upload

PRICES = "Article,Price\n" + "".join(f"Meter of kind {n} for the north depot,{100 + n}\n" for n in range(120))
GUIDE = "# Guide\n\nWords before.\n\n## Limits\n\n| City | Limit |\n| --- | --- |\n" + "".join(
    f"| City number {n} of the list | {n} euros |\n" for n in range(60)
)


@pytest.mark.parametrize(("name", "data"), [("prices.csv", PRICES), ("guide.md", GUIDE)])
def test_passages_amid_a_table_are_embedded_again_under_its_header(upload: Upload, name: str, data: str) -> None:
    run_inline(upload(name, data).version)
    first = dict(Passage.objects.values_list("pk", "input_hash"))
    assert len(first) > 5
    Passage.objects.update(model_id="another", input_hash="", vector=b"")
    assert list(mend_vectors()) == [f"{len(first)} passages were embedded again"]
    assert dict(Passage.objects.values_list("pk", "input_hash")) == first
