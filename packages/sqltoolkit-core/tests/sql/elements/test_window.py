"""OVER, FILTER, WITHIN GROUP and frames render as written here."""

from __future__ import annotations

import datetime

import pytest
from sql_cases import check_sql
from sql_columns import x, y

from sqltoolkit_core import FrameClause, FrameClauseType, aggregate_order_by, exc, func, funcfilter, over, within_group

CASES = [
    (lambda: over(func.count(x)), 'count(x) OVER ()', {}),
    (lambda: over(func.count(x),partition_by=x,order_by=y), 'count(x) OVER (PARTITION BY x ORDER BY y)', {}),
    (lambda: func.count(x).over(partition_by=[x,y],order_by=y.desc()), 'count(x) OVER (PARTITION BY x, y ORDER BY y DESC)', {}),
    (lambda: func.count(x).over(rows=(None,5)), 'count(x) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND :param_1 FOLLOWING)', {'param_1': 5}),
    (lambda: func.count(x).over(rows=(-5,10),order_by=y), 'count(x) OVER (ORDER BY y ROWS BETWEEN :param_1 PRECEDING AND :param_2 FOLLOWING)', {'param_1': 5, 'param_2': 10}),
    (lambda: func.count(x).over(rows=(0,None)), 'count(x) OVER (ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)', {}),
    (lambda: func.count(x).over(range_=(1,10)), 'count(x) OVER (RANGE BETWEEN :param_1 FOLLOWING AND :param_2 FOLLOWING)', {'param_1': 1, 'param_2': 10}),
    (lambda: func.count(x).over(groups=(1,10),exclude='CURRENT ROW'), 'count(x) OVER (GROUPS BETWEEN :param_1 FOLLOWING AND :param_2 FOLLOWING EXCLUDE CURRENT ROW)', {'param_1': 1, 'param_2': 10}),
    (lambda: func.count(x).over(range_=[1,None]), 'count(x) OVER (RANGE BETWEEN :param_1 FOLLOWING AND UNBOUNDED FOLLOWING)', {'param_1': 1}),
    (lambda: func.count(x).over(rows=(1.5,2)), 'count(x) OVER (ROWS BETWEEN :param_1 FOLLOWING AND :param_2 FOLLOWING)', {'param_1': 1, 'param_2': 2}),
    (lambda: func.count(x).filter(x>5), 'count(x) FILTER (WHERE x > :x_1)', {'x_1': 5}),
    (lambda: func.count(x).filter(x>5,y<'q'), 'count(x) FILTER (WHERE x > :x_1 AND y < :y_1)', {'x_1': 5, 'y_1': 'q'}),
    (lambda: func.count(x).filter(x>5).over(order_by=x), 'count(x) FILTER (WHERE x > :x_1) OVER (ORDER BY x)', {'x_1': 5}),
    (lambda: func.count(x).filter(), 'count(x)', {}),
    (lambda: funcfilter(func.count(x),x>5), 'count(x) FILTER (WHERE x > :x_1)', {'x_1': 5}),
    (lambda: func.percentile_cont(0.5).within_group(x.desc()), 'percentile_cont(:percentile_cont_1) WITHIN GROUP (ORDER BY x DESC)', {'percentile_cont_1': 0.5}),
    (lambda: within_group(func.mode(),x), 'mode() WITHIN GROUP (ORDER BY x)', {}),
    (lambda: func.rank(5).within_group(x).over(partition_by=y), 'rank(:rank_1) WITHIN GROUP (ORDER BY x) OVER (PARTITION BY y)', {'rank_1': 5}),
    (lambda: aggregate_order_by(func.array_agg(x),x.desc()), 'array_agg(x ORDER BY x DESC)', {}),
    (lambda: func.string_agg(y,',').aggregate_order_by(x), 'string_agg(y, :string_agg_1 ORDER BY x)', {'string_agg_1': ','}),
    (lambda: func.count(x).filter(x>5)+1, '(count(x) FILTER (WHERE x > :x_1)) + :param_1', {'x_1': 5, 'param_1': 1}),
    (lambda: func.count(x).over(range_=FrameClause(1,2,FrameClauseType.PRECEDING,FrameClauseType.FOLLOWING)), 'count(x) OVER (RANGE BETWEEN :param_1 PRECEDING AND :param_2 FOLLOWING)', {'param_1': 1, 'param_2': 2}),
    (lambda: func.count(x).over(rows=FrameClause('a',2,FrameClauseType.PRECEDING,FrameClauseType.FOLLOWING)), 'count(x) OVER (ROWS BETWEEN :param_1 PRECEDING AND :param_2 FOLLOWING)', {'param_1': 'a', 'param_2': 2}),
    (lambda: func.count(x).over(rows=FrameClause(datetime.timedelta(days=1),None,FrameClauseType.PRECEDING,FrameClauseType.CURRENT)), 'count(x) OVER (ROWS BETWEEN :param_1 PRECEDING AND CURRENT ROW)', {'param_1': datetime.timedelta(days=1)}),
]


@pytest.mark.filterwarnings("ignore::sqltoolkit_core.exc.SADeprecationWarning")
@pytest.mark.filterwarnings("ignore::sqltoolkit_core.exc.SAWarning")
@pytest.mark.parametrize("make, sql, params", CASES, ids=[item[1] for item in CASES])
def test_renders(make, sql, params):
    check_sql(make, sql, params)


REFUSED = [
    (lambda: func.count(x).over(range_=(-2.5,'a')), exc.ArgumentError),
    (lambda: func.count(x).over(rows=(1,2),range_=(1,2)), exc.ArgumentError),
    (lambda: func.count(x).over(rows=('a',2)), exc.ArgumentError),
    (lambda: func.count(x).over(range_=(1.5,2)), exc.ArgumentError),
    (lambda: func.count(x).over(order_by=y,exclude='TIES'), exc.ArgumentError),
    (lambda: func.count(x).over(range_=(None,1.0)), exc.ArgumentError),
    (lambda: func.count(x).over(rows=5), exc.ArgumentError),
    (lambda: func.count(x).over(range_=('a',2)), exc.ArgumentError),
    (lambda: func.count(x).over(range_=(datetime.timedelta(days=-1),None)), exc.ArgumentError),
    (lambda: aggregate_order_by(x, y), exc.ArgumentError),
    (lambda: aggregate_order_by(func.array_agg(x)), exc.ArgumentError),
]


@pytest.mark.filterwarnings("ignore::sqltoolkit_core.exc.SADeprecationWarning")
@pytest.mark.parametrize("make, error", REFUSED)
def test_refuses(make, error):
    with pytest.raises(error):
        make()
