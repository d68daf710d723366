"""The app's entry: `streamlit run app/main.py`, which `tillsight app` does."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_ASSETS = Path(__file__).parent / "assets"
TODAY = "views/today.py"


def main() -> None:
    """Lay out the pages and draw the one that the address names."""
    st.set_page_config(page_icon=str(_ASSETS / "icon.svg"), layout="wide")
    st.logo(str(_ASSETS / "logo.svg"), size="large", icon_image=str(_ASSETS / "icon.svg"))
    st.html(_ASSETS / "style.css")
    pages = {
        "": [
            st.Page(_go_to_today, title="Tillsight", url_path="home", default=True, visibility="hidden"),
            st.Page(TODAY, title="Today", url_path="today"),
            st.Page("views/assistant.py", title="Assistant", url_path="assistant"),
            st.Page("views/dashboard.py", title="Dashboard", url_path="dashboard"),
            st.Page("views/sales.py", title="Sales", url_path="sales"),
            st.Page("views/inventory.py", title="Inventory", url_path="inventory"),
        ],
        "Planning": [
            st.Page("views/reorder.py", title="Reorder", url_path="reorder"),
            st.Page("views/stock_risk.py", title="Stock risk", url_path="stock-risk"),
            st.Page("views/forecast.py", title="Forecast", url_path="forecast"),
            st.Page("views/terms.py", title="Supplier terms", url_path="terms"),
        ],
        "Data and models": [
            st.Page("views/model_report.py", title="Model report", url_path="model-report"),
            st.Page("views/data_health.py", title="Data health", url_path="data-health"),
            st.Page("views/analyst.py", title="Analyst", url_path="analyst"),
        ],
    }
    page = st.navigation(pages)
    st.set_page_config(page_title=f"{page.title} · Tillsight")
    page.run()


def _go_to_today() -> None:
    """The bare address leads to Today, under the address that says so."""
    st.switch_page(TODAY, query_params=st.query_params.to_dict())


main()
