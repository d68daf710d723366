"""The training loop. It can be killed at any time and goes on from its last saved state."""

from __future__ import annotations

import json
import logging
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forecasting.pretraining.batches import Batches
from forecasting.pretraining.config import Config
from forecasting.pretraining.model import build
from forecasting.pretraining.optimise import learning_rate, optimizers
from forecasting.pretraining.validation import Validation
from retail.errors import ForecastError
from retail.workspace import write_atomically

if TYPE_CHECKING:
    from chronos.chronos_bolt import ChronosBoltModelForForecasting
    from torch import Tensor
    from torch.optim import Optimizer

log = logging.getLogger(__name__)
STATE = "state.pt"
CURVE = "learning_curve.json"


class Run:
    """A training run in a folder: model, moving average of its weights, optimizers, step and learning curve."""

    def __init__(self, config: Config, folder: Path) -> None:
        import torch

        torch.manual_seed(config.seed)
        self.config = config
        self.folder = folder
        self.model: ChronosBoltModelForForecasting = build(config.shape)
        self.average: dict[str, Tensor] = {name: value.clone() for name, value in self.model.state_dict().items()}
        self.optimizers: list[Optimizer] = optimizers(self.model, config)
        self.step = 0
        self.seconds = 0.0
        self.curve: list[dict[str, float]] = []

    def save(self) -> None:
        """Write the state, all of it or nothing."""
        import torch

        self.folder.mkdir(parents=True, exist_ok=True)
        part = self.folder / f"{STATE}.part"
        torch.save(
            {
                "config": self.config.model_dump(),
                "model": self.model.state_dict(),
                "average": self.average,
                "optimizers": [optimizer.state_dict() for optimizer in self.optimizers],
                "random": torch.get_rng_state(),
                "step": self.step,
                "seconds": self.seconds,
                "curve": self.curve,
            },
            part,
        )
        part.replace(self.folder / STATE)
        write_atomically(self.folder / CURVE, json.dumps(self.curve, indent=1))

    @classmethod
    def load(cls, folder: Path, **changes: Any) -> Run:
        """Read a saved run; `changes` replace settings, such as `steps`.

        Raises:
            ForecastError: The folder holds no state.
        """
        import torch

        try:
            state = torch.load(folder / STATE, weights_only=True)
        except (OSError, RuntimeError) as error:
            raise ForecastError(f"{folder} holds no saved training run: {error}. Start one with `train`.") from error
        run = cls(Config.model_validate(state["config"] | changes), folder)
        run.model.load_state_dict(state["model"])
        run.average = state["average"]
        for optimizer, saved in zip(run.optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(saved)
        torch.set_rng_state(state["random"])
        run.step, run.seconds, run.curve = state["step"], state["seconds"], state["curve"]
        return run

    def averaged(self) -> ChronosBoltModelForForecasting:
        """A copy of the model with the averaged weights, to validate and to export."""
        model = build(self.config.shape)
        model.load_state_dict(self.average)
        return model.eval()

    def go_on(self) -> None:
        """Train to the last step."""
        validation = Validation(self.config)
        batches = Batches(self.config)
        smooth = None
        while self.step < self.config.steps:
            began = time.perf_counter()
            loss = self._take_step(batches[self.step])
            self.seconds += time.perf_counter() - began
            smooth = loss if smooth is None else 0.98 * smooth + 0.02 * loss
            if self.step % self.config.check_every == 0 or self.step == self.config.steps:
                self._check(validation, smooth)
            if self.step % self.config.save_every == 0 or self.step == self.config.steps:
                self.save()

    def _take_step(self, parts: list[tuple[Tensor, Tensor]]) -> float:
        import torch

        rate = learning_rate(self.step, self.config)
        total = 0.0
        series = sum(len(history) for history, _ in parts)
        for history, future in parts:
            with torch.autocast("cpu", dtype=torch.bfloat16):
                loss = self.model(context=history, target=future).loss * (len(history) / series)
            loss.backward()
            total += float(loss.detach())
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = rate * group.get("pace", 1.0)
            optimizer.step()
            optimizer.zero_grad()
        self.step += 1
        keep = min(self.config.averaging, (1 + self.step) / (10 + self.step))
        for name, value in self.model.state_dict().items():
            self.average[name].lerp_(value, 1 - keep)
        return total / self.config.shape.prediction_length

    def _check(self, validation: Validation, loss: float) -> None:
        scores = validation.score(self.averaged())
        self.curve.append({"step": self.step, "seconds": round(self.seconds, 1), "loss": round(loss, 5), **scores})
        log.info("%s", self.curve[-1])
