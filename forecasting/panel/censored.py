"""What demand was, given the part of it that was served: conditional means of the negative binomial distribution.

Demand of a period is taken as negative binomial with mean m and shape k (variance m + m² / k): a Poisson count whose
rate is Gamma distributed with shape k.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

_IMPOSSIBLE = 1e-9


def mean_given_share(units: Values, share: Values, mean: Values, shape: Values) -> Values:
    """Expected demand of a period of which a known share was served.

    The units sold in the share update the Gamma rate (conjugate Gamma-Poisson posterior, e.g. Gelman et al., Bayesian
    Data Analysis, section 2.6), and the rest of the period follows that rate. A share of 1 gives the units, a share
    of 0 the mean, and in between `units / share` counts the more, the more was sold. When the shelf ran out may depend
    on what was sold: the posterior is the same for any stopping rule.

    Args:
        units: Units sold.
        share: Share of the period's usual demand that was served, 0 to 1.
        mean: Mean demand of the whole period before anything is known of it; 0 gives the units.
        shape: k.
    """
    rate = (shape + units) * mean / (shape + share * mean)
    return np.asarray(units + (1 - share) * rate)


def mean_given_at_least(units: Values, mean: Values, shape: Values) -> Values:
    """Expected demand where the whole stock sold and nobody knows when: E[D | D ≥ units].

    With p the distribution's success probability, x P(D = x) under (k, p) is m P(D = x - 1) under (k + 1, p), and so
    E[D; D ≥ u] = m P(D' ≥ u - 1). Probabilities are incomplete beta functions (Abramowitz and Stegun 26.5.26).

    Args:
        units: Units sold, all there were; 0 gives the mean.
        mean: Mean demand; 0 gives the units.
        shape: k.
    """
    from scipy.special import betainc

    failure = mean / (mean + shape)
    sold, before = np.maximum(units, _IMPOSSIBLE), np.maximum(units - 1, _IMPOSSIBLE)
    reached = np.where(units > 0, betainc(sold, shape, failure), 1.0)
    weighted = np.where(units > 1, betainc(before, shape + 1, failure), 1.0)
    beyond = units + mean / shape
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = np.where(reached > _IMPOSSIBLE, mean * weighted / reached, beyond)
    return np.asarray(np.clip(expected, units, None))
