"""Criteria evaluated in Python, as UPDATE and DELETE need them to find the objects they reach."""

from __future__ import annotations

from typing import Optional

import pytest

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


class Base(orm.DeclarativeBase):
    pass


class Row(Base):
    __tablename__ = "row_"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    number: orm.Mapped[Optional[int]]
    text: orm.Mapped[Optional[str]]


CRITERIA = [
    Row.number == 2,
    Row.number != 2,
    Row.number > 1,
    Row.number.is_(None),
    Row.number.is_not(None),
    Row.number.in_([1, 3]),
    Row.number.not_in([1]),
    sa.and_(Row.number > 1, Row.text == "b"),
    sa.or_(Row.number == 1, Row.text == "c"),
    sa.not_(Row.number == 1),
    Row.number + 1 == 3,
    sa.true(),
    sa.false(),
]


@pytest.mark.parametrize("criterion", CRITERIA, ids=lambda c: str(c).replace("row_.", ""))
def test_python_and_the_database_agree(engine, criterion):
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        session.add_all([Row(id=1, number=1, text="a"), Row(id=2, number=2, text="b"), Row(id=3), Row(id=4, number=3)])
        session.commit()
        rows = session.scalars(sa.select(Row).order_by(Row.id)).all()
        session.execute(
            sa.update(Row).where(criterion).values(text="hit"), execution_options={"synchronize_session": "evaluate"}
        )
        seen = [row.text for row in rows]
        session.expire_all()
        assert seen == [row.text for row in rows]
