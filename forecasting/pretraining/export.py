"""From a training run to a checkpoint folder: half-precision weights, configuration and learning curve."""

from __future__ import annotations

import json
from pathlib import Path

from forecasting.pretraining.train import CURVE, Run
from retail.workspace import write_atomically

PLOT = "learning_curve.png"


def export(run: Run, folder: Path) -> None:
    """Write the averaged weights as a checkpoint that `BaseChronosPipeline.from_pretrained(folder)` loads.

    The weights are stored in half precision and the configuration asks for single precision, which is what they are
    loaded as.
    """
    run.averaged().half().save_pretrained(folder)
    (folder / "model.safetensors").chmod(0o644)
    path = folder / "config.json"
    config = json.loads(path.read_text()) | {"dtype": "float32"}
    write_atomically(path, json.dumps(config, indent=2, sort_keys=True) + "\n")
    write_atomically(folder / CURVE, json.dumps(run.curve, indent=1) + "\n")
    plot(run.curve, folder / PLOT)


def plot(curve: list[dict[str, float]], path: Path) -> None:
    """Draw the scores of both validation sets and the training loss by step."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4))
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    steps = [point["step"] for point in curve]
    for name, label in (
        ("same", "validation: same simulator"),
        ("other", "validation: another process"),
        ("loss", "training loss (smoothed)"),
    ):
        axes.plot(steps, [point[name] for point in curve], label=label, marker=".")
    axes.set_xlabel("step")
    axes.set_ylabel("scaled quantile loss")
    axes.grid(alpha=0.3)
    axes.legend()
    figure.tight_layout()
    figure.savefig(path, dpi=90)
