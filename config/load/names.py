"""What the people of a load test are called, and where the documents lie."""

CURATOR = "load-curator"
COLLECTION = "Everyone"
