"""``manage.py train_reader``: makes the weights of the model that reads a question and a sentence together.

It learns from questions with marked answers, which are no part of the project: SQuAD 1.1 is by Rajpurkar and others,
2016, arXiv 1606.05250, under CC BY-SA 4.0. Questions can be said in other words by counter-fitted vectors, by Mrkšić
and others, 2016, arXiv 1603.00892. The lower layers stay apart as in DeFormer, by Cao and others, 2020, arXiv
2005.00697. Decision 0024 says what the shipped weights were made from.
"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from random import Random
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.reader_training.errors import TrainingRefused
from config.reader_training.questions import Article, read_questions
from knowledge.errors import FootnoteError
from knowledge.reading import plain_embedder, weights_name

ARTICLES = 110
_DRAW = 3


class Command(BaseCommand):
    help = (
        "Trains the upper layers of the configured embedding model to say whether a sentence answers a question and "
        "which of its words are the short answer, on a file shaped like SQuAD 1.1, and writes the weights that the "
        "product reads with."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("squad", type=Path, metavar="SQUAD.json", help="questions with answers, to learn from")
        parser.add_argument("--dev", type=Path, metavar="DEV.json", help="others, to see at the end what was learned")
        parser.add_argument("--minutes", type=float, default=60, metavar="M", help="of training; 60")
        parser.add_argument("--steps", type=int, metavar="N", help="end after so many steps, if they come first")
        parser.add_argument(
            "--articles", type=int, default=ARTICLES, metavar="N", help=f"so many of them, drawn; {ARTICLES}"
        )
        parser.add_argument("--from", type=Path, dest="before", metavar="WEIGHTS", help="go on from these, made before")
        parser.add_argument("--synonyms", type=Path, metavar="VECTORS", help="vectors, to put questions in other words")
        parser.add_argument("--out", type=Path, required=True, metavar="FILE.safetensors")

    def handle(self, *args: Any, **options: Any) -> None:
        out: Path = options["out"]
        steps = options["steps"]
        if not options["minutes"] > 0 or options["articles"] < 1 or (steps is not None and steps < 1):
            raise CommandError("Minutes, steps and articles must be more than nothing.")
        if out.suffix != ".safetensors" or not out.parent.is_dir():
            raise CommandError(f"{out} is no place for weights: a file .safetensors in a folder that is there.")
        try:
            articles = _drawn(read_questions(options["squad"]), options["articles"])
            dev = read_questions(options["dev"]) if options["dev"] else []
            self._train(articles, dev, options)
        except (TrainingRefused, FootnoteError) as error:
            raise CommandError(str(error)) from error

    def _train(self, articles: list[Article], dev: list[Article], options: dict[str, Any]) -> None:
        # Only this command pays for the library that trains.
        from config.reader_training.checking import check
        from config.reader_training.rewording import Rewording
        from config.reader_training.training import Plan, Progress, Training
        from config.reader_training.weights import write

        embedder = plain_embedder()
        if embedder is None:
            raise TrainingRefused("The configured embedding model is not a plain BERT, whose layers can be trained.")
        rewording = Rewording(options["synonyms"]) if options["synonyms"] else None
        training = Training(articles, embedder, rewording, options["before"])
        self.stdout.write(f"{training.questions} questions of {len(articles)} articles")

        def show(progress: Progress) -> None:
            self.stdout.write(f"{progress.steps} steps, {progress.seconds:.0f} s, loss {progress.loss:.3f}")

        training.run(Plan(options["minutes"], options["steps"]), show)
        trained = f"{options['squad'].stem}, {len(articles)} articles, {training.steps} steps"
        if training.before:
            trained = f"{training.before}; {trained}"
        write(training.weights, trained, options["out"])
        if dev:
            checked = check(options["out"], embedder, dev)
            self.stdout.write(
                f"{checked.questions} other questions: {checked.first:.1%} with the answering sentence first in its "
                f"paragraph, {checked.exact:.1%} with exactly the expected short answer"
            )
        self.stdout.write(
            f"Written to {options['out']}. The product reads with it as "
            f"knowledge/reading/weights/{weights_name(embedder.model_id)}."
        )


def _drawn(articles: list[Article], count: int) -> list[Article]:
    Random(_DRAW).shuffle(articles)  # noqa: S311  # a draw, no secret
    return articles[:count]
