"""Pretraining of the bundled checkpoints from synthetic series; never imported by the pipeline or the app."""
