"""Build every binary file of the sample company: ``python -m config.sample_company.build``."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from pathlib import Path

import config.sample_company.build as package

FILES = Path(__file__).resolve().parent.parent / "files"


def builders() -> Iterator[tuple[str, Callable[[Path], None]]]:
    """The ``build`` function of every module in this package that has one."""
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda item: item.name):
        if info.name == "__main__":
            continue
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        build = getattr(module, "build", None)
        if build is not None:
            yield info.name, build


def main() -> None:
    for name, build in builders():
        build(FILES)
        print(f"built {name}")


if __name__ == "__main__":
    main()
