"""The demand panel: from the warehouse or from a file, many series on one calendar."""

from forecasting.panel.panel import MAX_HISTORY, Mask, Matrix, Panel

__all__ = ["MAX_HISTORY", "Mask", "Matrix", "Panel"]
