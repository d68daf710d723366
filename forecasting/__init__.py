"""Demand panel, quantile forecasts, their accuracy, and the weights that combine the models (see docs/forecasting.md)."""
