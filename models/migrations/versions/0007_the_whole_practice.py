"""the whole practice."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.base

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('access_chain',
    sa.Column('school_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=False),
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.Column('first_number', sa.BigInteger(), nullable=False),
    sa.Column('first_digest', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('school_id', name=op.f('pk_access_chain'))
    )
    with op.batch_alter_table('access', schema=None) as batch_op:
        batch_op.add_column(sa.Column('school_id', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('number', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('sealed_reason', sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column('reason_hash', sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column('digest', sa.LargeBinary(), nullable=True))
        batch_op.create_unique_constraint(batch_op.f('uq_access_school_id_number'), ['school_id', 'number'])
        batch_op.create_foreign_key(batch_op.f('fk_access_school_id'), 'school', ['school_id'], ['id'])
        batch_op.drop_column('reason')



def downgrade() -> None:
    with op.batch_alter_table('access', schema=None) as batch_op:
        batch_op.add_column(sa.Column('reason', sa.VARCHAR(), nullable=False))
        batch_op.drop_constraint(batch_op.f('fk_access_school_id'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('uq_access_school_id_number'), type_='unique')
        batch_op.drop_column('digest')
        batch_op.drop_column('reason_hash')
        batch_op.drop_column('sealed_reason')
        batch_op.drop_column('number')
        batch_op.drop_column('school_id')

    op.drop_table('access_chain')
