"""Train one of the chapter's models in a terminal: `python -m helpers.training mnist --epochs 10`."""

import argparse
import os
import sys
from pathlib import Path

import numpy as np
from tqdm import tqdm

from helpers import datasets
from helpers.training.run_folder import RunFolder, RunFolderError

FAILED = 1
INTERRUPTED = 130  # what a shell reports for a program that Ctrl-C ended: 128 + SIGINT


def main(arguments=None):
    """Train, keep every epoch, and return the exit status: 0, 1 for an error, 130 after an interrupt."""
    parser = _parser()
    options = parser.parse_args(arguments)
    folder = options.folder or Path("runs", f"{options.model}{'-numpy' * options.numpy}-seed{options.seed}")
    if options.numpy and options.resume:
        parser.error(
            "expected --numpy without --resume, got both, and the NumPy twin keeps no checkpoint to resume "
            "from; leave out --resume"
        )
    # Unlike Path.exists, this does not raise for a folder that may not be entered; the training then says so.
    if os.path.exists(folder / "checkpoint.npz") and not options.resume:
        parser.error(
            f"expected a folder without a training, got {folder}, which holds one; "
            "add --resume to go on with it, or choose another --folder"
        )
    try:
        run = _train(options, folder)
    # Before the first step, or for the second time while the test set is measured.
    except KeyboardInterrupt:
        print(f"Interrupted. Whatever epochs were finished are in {folder}.", file=sys.stderr)
        return INTERRUPTED
    except (ImportError, datasets.DatasetError, RunFolderError) as error:
        # Unlike print, this takes a bar off the line first.
        tqdm.write(f"{parser.prog}: error: {error}", file=sys.stderr)
        return FAILED
    print(f"Weights and history are in {folder}.")
    return INTERRUPTED if run.interrupted else 0


def _train(options, folder):
    # Imported only now: a wrong argument and --help are answered at once.
    from helpers.training.progress import TerminalProgress
    from helpers.training.run import Settings

    data = getattr(datasets, f"load_{options.model}")()
    # Runs are recorded under the model's name: none may be of other pictures.
    if data.stand_in:
        raise datasets.DatasetError(
            "expected CIFAR-10, got only a stand-in; put cifar10.npz into a folder that the environment "
            "variable CNN_DATASETS names, or call load_cifar10(download=True) once (170 MB)"
        )
    print(data)
    about = {
        "model": options.model,
        "training_pictures": len(data.x_train),
        "test_pictures": len(data.x_test),
        "batch_size": options.batch_size,
        "seed": options.seed,
    }
    settings, progress = Settings(options.epochs, options.batch_size), TerminalProgress()
    if options.numpy:
        from helpers.reference import network
        from helpers.training.twin import fit_twin

        twin = getattr(network, f"{options.model}_network")(np.random.default_rng(options.seed))
        run_folder = RunFolder(folder, about | {"computed_by": "the NumPy twin"}, packages=("numpy",))
        return fit_twin(twin, data, settings, progress, options.seed, run_folder)
    from helpers.training import models
    from helpers.training.fit import fit

    model = getattr(models, f"{options.model}_model")(options.seed)
    return fit(model, data, settings, progress, options.seed, RunFolder(folder, about))


def _parser():
    parser = argparse.ArgumentParser(
        prog="python -m helpers.training",
        description="Train one of the chapter's models (section 3-5) on the data that are found.",
        epilog="Ctrl-C ends the training early: what was learnt is measured and kept, the status is 130. "
        "--resume goes on from the last finished epoch.",
    )
    parser.add_argument("model", choices=["mnist", "cifar10"], help="which model")
    parser.add_argument(
        "--epochs", type=_count, default=100, metavar="N", help="in all; default: the chapter's 100"
    )
    parser.add_argument(
        "--batch-size", type=_count, default=256, metavar="B", help="default: the chapter's 256"
    )
    parser.add_argument("--seed", type=_seed, default=0, metavar="S", help="same seed, same run; default: 0")
    parser.add_argument(
        "--folder",
        type=Path,
        metavar="F",
        help="where to keep the training; default: runs/MODEL-seedS, or runs/MODEL-numpy-seedS",
    )
    parser.add_argument(
        "--resume", action="store_true", help="go on with the training in the folder, if there is one"
    )
    parser.add_argument(
        "--numpy",
        action="store_true",
        help="train the twin in NumPy instead of the Keras model; it keeps the result, not every epoch",
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
