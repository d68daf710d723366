"""`python -m forecasting.pretraining train|resume|export`: make the bundled checkpoints."""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

from forecasting.pretraining.config import read_config
from forecasting.pretraining.export import export
from forecasting.pretraining.train import Run


def main() -> int:
    """Run one of the three commands."""
    arguments = _arguments()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    import torch

    torch.set_num_threads(1)
    if arguments.command == "train":
        Run(read_config(arguments.config), arguments.out).go_on()
    elif arguments.command == "resume":
        changes = read_config(arguments.config).model_dump() if arguments.config else {}
        Run.load(arguments.out, **changes).go_on()
    else:
        export(Run.load(arguments.run), arguments.out)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m forecasting.pretraining", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    train = commands.add_parser("train", help="start a run")
    train.add_argument("--config", type=Path, required=True)
    train.add_argument("--out", type=Path, required=True, help="folder of the run")
    resume = commands.add_parser("resume", help="go on with a run from its last saved state")
    resume.add_argument("--out", type=Path, required=True, help="folder of the run")
    resume.add_argument("--config", type=Path, help="changed configuration, such as more steps; else the saved one")
    exported = commands.add_parser("export", help="write a checkpoint folder from a run's last saved state")
    exported.add_argument("--run", type=Path, required=True, help="folder of the run")
    exported.add_argument("--out", type=Path, required=True, help="folder of the checkpoint")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
