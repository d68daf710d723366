"""Why a number changed: decompositions whose parts add up exactly to the change. Associations, never causes."""
