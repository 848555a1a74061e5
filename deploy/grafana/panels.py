"""The few kinds of panels and variables that the dashboards are made of."""

from collections.abc import Sequence

from grafana_foundation_sdk.builders import common as common_builders
from grafana_foundation_sdk.builders import dashboard as dashboards
from grafana_foundation_sdk.builders import prometheus, stat, table, timeseries
from grafana_foundation_sdk.models import common, dashboard
from grafana_foundation_sdk.models.dashboard import DynamicConfigValue, GridPos, Threshold
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

SOURCE = common.DataSourceRef(type_val="prometheus", uid="prometheus")
"""As `provisioning/datasources/prometheus.yml` names it."""

RED_FROM_ONE = (Threshold(color="green"), Threshold(value=1, color="red"))

HIDDEN = DynamicConfigValue("custom.hidden", True)

Query = tuple[str, str]
"""An expression, and how its series are named."""


def place(x: int, y: int, width: int, height: int = 8) -> GridPos:
    """Where a panel is: the grid is 24 wide."""
    return GridPos(h=height, w=width, x=x, y=y)


def link(title: str, url: str) -> dashboards.DashboardLink:
    """A link of a value to a page."""
    return dashboards.DashboardLink(title).url(url).target_blank(True)


def number(
    title: str, meaning: str, expr: str, at: GridPos, unit: str = "short", steps: Sequence[Threshold] = RED_FROM_ONE
) -> stat.Panel:
    """One number as it is now, coloured by thresholds."""
    thresholds = dashboards.ThresholdsConfig().mode(dashboard.ThresholdsMode.ABSOLUTE).steps(list(steps))
    query = prometheus.Dataquery().expr(expr).instant().ref_id("A")
    panel = stat.Panel().title(title).description(meaning).datasource(SOURCE).grid_pos(at).unit(unit)
    return panel.thresholds(thresholds).with_target(query)


def lines(title: str, meaning: str, queries: Sequence[Query], at: GridPos, unit: str = "short") -> timeseries.Panel:
    """Series over time, from zero."""
    legend = common_builders.VizLegendOptions().display_mode(common.LegendDisplayMode.LIST).show_legend(True)
    legend = legend.placement(common.LegendPlacement.BOTTOM)
    panel = timeseries.Panel().title(title).description(meaning).datasource(SOURCE).grid_pos(at).unit(unit)
    panel = panel.min(0).legend(legend)
    for ref, (expr, named) in zip("ABCDEFGH", queries, strict=False):
        panel = panel.with_target(prometheus.Dataquery().expr(expr).legend_format(named).range().ref_id(ref))
    return panel


def ranking(title: str, meaning: str, expr: str, at: GridPos, url: str, column: str) -> table.Panel:
    """A table of what `expr` answers now, greatest first; `column` leads to `url`."""
    query = prometheus.Dataquery().expr(expr).instant().format(PromQueryFormat.TABLE).ref_id("A")
    link_of = DynamicConfigValue("links", [{"title": "Open in Milepost", "url": url, "targetBlank": True}])
    panel = table.Panel().title(title).description(meaning).datasource(SOURCE).grid_pos(at).with_target(query)
    panel = panel.sort_by([common_builders.TableSortByFieldState().display_name("Value").desc(True)])
    return panel.override_by_name("Time", [HIDDEN]).override_by_name(column, [link_of])


def choice(name: str, label: str, values: str) -> dashboards.QueryVariable:
    """A variable with the values of a label, all of them at first; `values` is `label_values(...)`."""
    everything = dashboard.VariableOption(selected=True, text=["All"], value=["$__all"])
    variable = dashboards.QueryVariable(name).label(label).datasource(SOURCE).query(values).current(everything)
    variable = variable.multi(True).include_all(True).all_value(".*").sort(dashboard.VariableSort.ALPHABETICAL_ASC)
    return variable.refresh(dashboard.VariableRefresh.ON_TIME_RANGE_CHANGED)


def address() -> dashboards.TextBoxVariable:
    """Where people reach Milepost: what links begin with."""
    said = "http://localhost:8080"
    return (
        dashboards.TextBoxVariable("milepost")
        .label("Address of Milepost")
        .default_value(said)
        .current(dashboard.VariableOption(text=said, value=said))
    )


def board(title: str, uid: str, meaning: str, since: str) -> dashboards.Dashboard:
    """An empty dashboard of Milepost, in London time; it links to its sisters."""
    sisters = dashboards.DashboardLink("Milepost").type(dashboard.DashboardLinkType.DASHBOARDS).tags(["milepost"])
    return (
        dashboards.Dashboard(title)
        .uid(uid)
        .description(meaning)
        .tags(["milepost"])
        .timezone("Europe/London")
        .readonly()
        .time(since, "now")
        .refresh("1m")
        .link(sisters.keep_time(True))
    )
