"""The app: Streamlit pages over the published run."""
