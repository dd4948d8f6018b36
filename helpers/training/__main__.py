"""Train one of the chapter's models, or a variant: `python -m helpers.training mnist --epochs 10`."""

import argparse
import os
import sys
from pathlib import Path

import numpy as np
from tqdm import tqdm

from helpers.datasets import DatasetError, without_bundled_digits
from helpers.language import say
from helpers.programs import MODELS, VARIANTS
from helpers.runs import RunFolder, RunFolderError, Settings
from helpers.runs.folder import OWN_RUNS
from helpers.training import KerasTrainer, NumpyTrainer, TerminalProgress, train

FAILED = 1
INTERRUPTED = 130  # what a shell reports for a program that Ctrl-C ended: 128 + SIGINT


def main(arguments=None):
    """Train, keep every epoch, and return the exit status: 0, 1 for an error, 130 after an interrupt."""
    parser = _parser()
    options = parser.parse_args(arguments)
    kind = options.model + "-numpy" * options.numpy + "-unseen" * options.unseen
    folder = options.folder or OWN_RUNS / f"{kind}-seed{options.seed}"
    try:
        run = _train(options, folder)
    # Before the first step, or for the second time while the test set is measured.
    except KeyboardInterrupt:
        sentence = say("Interrupted. Whatever epochs were finished are in {folder}.", folder=folder)
        print(sentence, file=sys.stderr)
        return INTERRUPTED
    except argparse.ArgumentError as error:
        parser.error(str(error))
    except (ImportError, DatasetError, RunFolderError) as error:
        # Unlike print, this takes a bar off the line first.
        tqdm.write(f"{parser.prog}: error: {error}", file=sys.stderr)
        return FAILED
    print(say("Weights and history are in {folder}.", folder=folder))
    return INTERRUPTED if run.interrupted else 0


def _train(options, folder):
    if options.numpy and options.model in VARIANTS:
        raise argparse.ArgumentError(
            None,
            "expected one of the chapter's models with --numpy, whose training takes Adam's steps alone, "
            f"got {options.model}; leave out --numpy",
        )
    # Unlike Path.exists, this does not raise for a folder that may not be entered; the training then says so.
    if os.path.exists(folder / "checkpoint.npz") and not options.resume:
        raise RunFolderError(
            f"expected a folder without a training, got {folder}, which holds one; "
            "add --resume to go on with it, or choose another --folder"
        )
    program, seed = MODELS[options.model], options.seed
    data = program.load()
    # Runs are recorded under the program's name: none may be of other pictures.
    if data.stand_in:
        raise DatasetError(
            "expected CIFAR-10, got only a stand-in; put cifar10.npz into a folder that the environment "
            "variable CNN_DATASETS names, or call load_cifar10(download=True) once (170 MB)"
        )
    if options.unseen:
        data = without_bundled_digits(data)
    print(data)
    about = {
        "model": program.name,
        "training_pictures": len(data.x_train) - program.recipe.held_out,
        "test_pictures": len(data.x_test),
        "batch_size": options.batch_size,
        "seed": seed,
    }
    if program.recipe.held_out:
        about["held_out_pictures"] = program.recipe.held_out
    if program.recipe.learning_rate:
        # It may depend on how many epochs are asked for.
        about["epochs"] = options.epochs
    if options.numpy:
        about["computed_by"] = "the NumPy twin"
        trainer = NumpyTrainer(program.network(np.random.default_rng(seed)), seed)
    else:
        trainer = KerasTrainer(program.keras_model(seed))
    settings = Settings(options.epochs, options.batch_size)
    run_folder = RunFolder(folder, about, trainer.packages)
    return train(trainer, data, settings, TerminalProgress(), seed, run_folder, program.recipe)


def _parser():
    parser = argparse.ArgumentParser(
        prog="python -m helpers.training",
        description="Train a model of the chapter (section 3-5), or a variant of one.",
        epilog="Ctrl-C ends the training early: what was learnt is measured and kept, the status is 130. "
        "--resume goes on from the last finished epoch.",
    )
    add = parser.add_argument
    add("model", choices=MODELS, help="which model")
    add("--epochs", type=_count, default=100, metavar="N", help="in all; default: the chapter's 100")
    add("--batch-size", type=_count, default=256, metavar="B", help="default: the chapter's 256")
    add("--seed", type=_seed, default=0, metavar="S", help="same seed, same run; default: 0")
    add(
        "--folder",
        type=Path,
        metavar="F",
        help="where to keep the training; default: runs/MODEL-seedS, with -numpy and -unseen where asked for",
    )
    add("--resume", action="store_true", help="go on with the training in the folder, if there is one")
    add("--numpy", action="store_true", help="train the network in NumPy instead of the Keras model")
    add(
        "--unseen",
        action="store_true",
        help="leave out the bundled test digits, so that lessons show the network digits it has never seen",
    )
    return parser


def _count(text):
    return _whole_number(text, 1, 10**9)


def _seed(text):
    # NumPy's generator, which Keras seeds too, takes no more.
    return _whole_number(text, 0, 2**32 - 1)


def _whole_number(text, smallest, largest):
    if not text.isdecimal() or not smallest <= int(text) <= largest:
        raise argparse.ArgumentTypeError(
            f"expected a whole number from {smallest:,} to {largest:,}, got {text}; choose another one"
        )
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
