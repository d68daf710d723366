"""Demand panel, quantile forecasts, their accuracy, and the weights of the models (see docs/forecasting.md)."""
