"""notices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.base

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('attention',
    sa.Column('user_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('week', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('used', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('user_id', 'week', name=op.f('pk_attention'))
    )
    with op.batch_alter_table('attention', schema=None) as batch_op:
        batch_op.create_index('ix_attention_week', ['week'], unique=False)

    op.create_table('freezing',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('scope', sa.String(), nullable=False),
    sa.Column('person_id', sa.BigInteger(), nullable=True),
    sa.Column('role', sa.String(), nullable=True),
    sa.Column('school_id', sa.BigInteger(), nullable=True),
    sa.Column('set_by', sa.BigInteger(), nullable=False),
    sa.Column('set_at', sa.BigInteger(), nullable=False),
    sa.Column('lifted_by', sa.BigInteger(), nullable=True),
    sa.Column('lifted_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['lifted_by'], ['person.id'], name=op.f('fk_freezing_lifted_by')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_freezing_person_id')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_freezing_school_id')),
    sa.ForeignKeyConstraint(['set_by'], ['person.id'], name=op.f('fk_freezing_set_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_freezing'))
    )
    with op.batch_alter_table('freezing', schema=None) as batch_op:
        batch_op.create_index('ix_freezing_now', ['id'], unique=False, sqlite_where=sa.text('lifted_at IS NULL'), postgresql_where=sa.text('lifted_at IS NULL'))

    op.create_table('notice_template',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('school_id', sa.BigInteger(), nullable=False),
    sa.Column('bot_id', sa.BigInteger(), nullable=False),
    sa.Column('author_id', sa.BigInteger(), nullable=False),
    sa.Column('sealed_name', sa.LargeBinary(), nullable=False),
    sa.Column('sealed_content', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['person.id'], name=op.f('fk_notice_template_author_id')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_notice_template_school_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice_template'))
    )
    with op.batch_alter_table('notice_template', schema=None) as batch_op:
        batch_op.create_index('ix_notice_template_school', ['school_id', 'id'], unique=False)

    op.create_table('notice',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('school_id', sa.BigInteger(), nullable=False),
    sa.Column('author_id', sa.BigInteger(), nullable=False),
    sa.Column('bot_id', sa.BigInteger(), nullable=False),
    sa.Column('level', sa.String(), nullable=False),
    sa.Column('audience', sa.String(), nullable=False),
    sa.Column('sealed_content', sa.LargeBinary(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('emergency', sa.Boolean(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('starts_at', sa.BigInteger(), nullable=True),
    sa.Column('valid_until', sa.BigInteger(), nullable=True),
    sa.Column('event_id', sa.BigInteger(), nullable=True),
    sa.Column('again_of', sa.BigInteger(), nullable=True),
    sa.Column('asked_at', sa.BigInteger(), nullable=True),
    sa.Column('asked_again', sa.Integer(), nullable=False),
    sa.Column('approved_by', sa.BigInteger(), nullable=True),
    sa.Column('approved_at', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('began_at', sa.BigInteger(), nullable=True),
    sa.Column('ended_at', sa.BigInteger(), nullable=True),
    sa.Column('cursor', sa.BigInteger(), nullable=False),
    sa.Column('listed_at', sa.BigInteger(), nullable=True),
    sa.Column('mending', sa.BigInteger(), nullable=True),
    sa.Column('panel_bot', sa.BigInteger(), nullable=True),
    sa.Column('panel_chat', sa.BigInteger(), nullable=True),
    sa.Column('panel_place', sa.BigInteger(), nullable=True),
    sa.Column('panel_at', sa.BigInteger(), nullable=True),
    sa.Column('panel_sent', sa.Integer(), nullable=False),
    sa.Column('panel_shown', sa.BigInteger(), nullable=True),
    sa.Column('paused_at', sa.BigInteger(), nullable=True),
    sa.Column('reported_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['again_of'], ['notice.id'], name=op.f('fk_notice_again_of')),
    sa.ForeignKeyConstraint(['approved_by'], ['person.id'], name=op.f('fk_notice_approved_by')),
    sa.ForeignKeyConstraint(['author_id'], ['person.id'], name=op.f('fk_notice_author_id')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_notice_event_id')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_notice_school_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice'))
    )
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.create_index('ix_notice_asked', ['asked_at'], unique=False, sqlite_where=sa.text("state = 'asked'"), postgresql_where=sa.text("state = 'asked'"))
        batch_op.create_index('ix_notice_author', ['author_id', 'created_at'], unique=False)
        batch_op.create_index('ix_notice_mending', ['id'], unique=False, sqlite_where=sa.text('mending IS NOT NULL'), postgresql_where=sa.text('mending IS NOT NULL'))
        batch_op.create_index('ix_notice_open', ['starts_at'], unique=False, sqlite_where=sa.text("state IN ('planned', 'running')"), postgresql_where=sa.text("state IN ('planned', 'running')"))
        batch_op.create_index('ix_notice_school', ['school_id', 'created_at'], unique=False)
        batch_op.create_index('ix_notice_unreported', ['id'], unique=False, sqlite_where=sa.text('reported_at IS NULL AND listed_at IS NOT NULL'), postgresql_where=sa.text('reported_at IS NULL AND listed_at IS NOT NULL'))
        batch_op.create_index('ix_notice_valid', ['valid_until'], unique=False)

    op.create_table('notice_recipient',
    sa.Column('notice_id', sa.BigInteger(), nullable=False),
    sa.Column('person_id', sa.BigInteger(), nullable=False),
    sa.Column('bot_id', sa.BigInteger(), nullable=True),
    sa.Column('user_id', sa.BigInteger(), nullable=True),
    sa.Column('class_id', sa.BigInteger(), nullable=True),
    sa.Column('family', sa.Boolean(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('due_at', sa.BigInteger(), nullable=False),
    sa.Column('week', sa.Integer(), nullable=True),
    sa.Column('place_id', sa.BigInteger(), nullable=True),
    sa.Column('places', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('sent_at', sa.BigInteger(), nullable=True),
    sa.Column('read_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['notice_id'], ['notice.id'], name=op.f('fk_notice_recipient_notice_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_notice_recipient_person_id')),
    sa.PrimaryKeyConstraint('notice_id', 'person_id', name=op.f('pk_notice_recipient'))
    )
    with op.batch_alter_table('notice_recipient', schema=None) as batch_op:
        batch_op.create_index('ix_notice_recipient_digest', ['due_at', 'bot_id', 'person_id'], unique=False, sqlite_where=sa.text("state = 'digest'"), postgresql_where=sa.text("state = 'digest'"))
        batch_op.create_index('ix_notice_recipient_person', ['person_id', 'notice_id'], unique=False)
        batch_op.create_index('ix_notice_recipient_place', ['user_id', 'place_id'], unique=False, sqlite_where=sa.text('place_id IS NOT NULL'), postgresql_where=sa.text('place_id IS NOT NULL'))
        batch_op.create_index('ix_notice_recipient_queued', ['bot_id', 'user_id'], unique=False, sqlite_where=sa.text("state = 'queued'"), postgresql_where=sa.text("state = 'queued'"))
        batch_op.create_index('ix_notice_recipient_state', ['notice_id', 'state', 'class_id'], unique=False)
        batch_op.create_index('ix_notice_recipient_waiting', ['notice_id', 'bot_id', 'due_at', 'person_id'], unique=False, sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
        batch_op.create_index('uq_notice_recipient_account', ['notice_id', 'bot_id', 'user_id'], unique=True, sqlite_where=sa.text('user_id IS NOT NULL'), postgresql_where=sa.text('user_id IS NOT NULL'))

    op.create_table('notice_slip',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('notice_id', sa.BigInteger(), nullable=False),
    sa.Column('pupil_id', sa.BigInteger(), nullable=False),
    sa.Column('person_id', sa.BigInteger(), nullable=False),
    sa.Column('choice', sa.SmallInteger(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('sealed_name', sa.LargeBinary(), nullable=False),
    sa.Column('signed_at', sa.BigInteger(), nullable=False),
    sa.Column('replaced_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['notice_id'], ['notice.id'], name=op.f('fk_notice_slip_notice_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_notice_slip_person_id')),
    sa.ForeignKeyConstraint(['pupil_id'], ['pupil.id'], name=op.f('fk_notice_slip_pupil_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice_slip'))
    )
    with op.batch_alter_table('notice_slip', schema=None) as batch_op:
        batch_op.create_index('uq_notice_slip_now', ['notice_id', 'pupil_id', 'person_id'], unique=True, sqlite_where=sa.text('replaced_at IS NULL'), postgresql_where=sa.text('replaced_at IS NULL'))

    op.create_table('notice_tally',
    sa.Column('notice_id', sa.BigInteger(), nullable=False),
    sa.Column('question', sa.SmallInteger(), nullable=False),
    sa.Column('choice', sa.SmallInteger(), nullable=False),
    sa.Column('many', sa.Integer(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['notice_id'], ['notice.id'], name=op.f('fk_notice_tally_notice_id')),
    sa.PrimaryKeyConstraint('notice_id', 'question', 'choice', name=op.f('pk_notice_tally'))
    )
    op.create_table('notice_vote',
    sa.Column('notice_id', sa.BigInteger(), nullable=False),
    sa.Column('question', sa.SmallInteger(), nullable=False),
    sa.Column('voter', sa.LargeBinary(), nullable=False),
    sa.Column('choice', sa.SmallInteger(), nullable=False),
    sa.ForeignKeyConstraint(['notice_id'], ['notice.id'], name=op.f('fk_notice_vote_notice_id')),
    sa.PrimaryKeyConstraint('notice_id', 'question', 'voter', name=op.f('pk_notice_vote'))
    )
    with op.batch_alter_table('bot', schema=None) as batch_op:
        batch_op.add_column(sa.Column('held_until', sa.BigInteger(), nullable=True))

    with op.batch_alter_table('inbox', schema=None) as batch_op:
        batch_op.create_index('ix_inbox_of_user', ['bot_id', 'user_id', 'id'], unique=False, sqlite_where=sa.text("state = 'new'"), postgresql_where=sa.text("state = 'new'"))

    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.add_column(sa.Column('author_id', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('notice_id', sa.BigInteger(), nullable=True))
        batch_op.drop_index(batch_op.f('ix_outbox_chat'), sqlite_where=sa.text("state = 'waiting'"))
        batch_op.create_index('ix_outbox_author', ['author_id'], unique=False, sqlite_where=sa.text("author_id IS NOT NULL AND state IN ('waiting', 'frozen')"), postgresql_where=sa.text("author_id IS NOT NULL AND state IN ('waiting', 'frozen')"))
        batch_op.create_index('ix_outbox_notice', ['bot_id', 'notice_id'], unique=False, sqlite_where=sa.text("notice_id IS NOT NULL AND state IN ('waiting', 'frozen')"), postgresql_where=sa.text("notice_id IS NOT NULL AND state IN ('waiting', 'frozen')"))
        batch_op.create_index('ix_outbox_of_chat', ['bot_id', 'chat_id'], unique=False, sqlite_where=sa.text("state IN ('waiting', 'frozen')"), postgresql_where=sa.text("state IN ('waiting', 'frozen')"))

    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.create_index('ix_person_school', ['school_id', 'id'], unique=False)

    with op.batch_alter_table('pupil', schema=None) as batch_op:
        batch_op.create_index('ix_pupil_name', ['name_hash'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('pupil', schema=None) as batch_op:
        batch_op.drop_index('ix_pupil_name')

    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.drop_index('ix_person_school')

    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.drop_index('ix_outbox_of_chat', sqlite_where=sa.text("state IN ('waiting', 'frozen')"), postgresql_where=sa.text("state IN ('waiting', 'frozen')"))
        batch_op.drop_index('ix_outbox_notice', sqlite_where=sa.text("notice_id IS NOT NULL AND state IN ('waiting', 'frozen')"), postgresql_where=sa.text("notice_id IS NOT NULL AND state IN ('waiting', 'frozen')"))
        batch_op.drop_index('ix_outbox_author', sqlite_where=sa.text("author_id IS NOT NULL AND state IN ('waiting', 'frozen')"), postgresql_where=sa.text("author_id IS NOT NULL AND state IN ('waiting', 'frozen')"))
        batch_op.create_index(batch_op.f('ix_outbox_chat'), ['bot_id', 'chat_id'], unique=False, sqlite_where=sa.text("state = 'waiting'"))
        batch_op.drop_column('notice_id')
        batch_op.drop_column('author_id')

    with op.batch_alter_table('inbox', schema=None) as batch_op:
        batch_op.drop_index('ix_inbox_of_user', sqlite_where=sa.text("state = 'new'"), postgresql_where=sa.text("state = 'new'"))

    with op.batch_alter_table('bot', schema=None) as batch_op:
        batch_op.drop_column('held_until')

    op.drop_table('notice_vote')
    op.drop_table('notice_tally')
    with op.batch_alter_table('notice_slip', schema=None) as batch_op:
        batch_op.drop_index('uq_notice_slip_now', sqlite_where=sa.text('replaced_at IS NULL'), postgresql_where=sa.text('replaced_at IS NULL'))

    op.drop_table('notice_slip')
    with op.batch_alter_table('notice_recipient', schema=None) as batch_op:
        batch_op.drop_index('uq_notice_recipient_account', sqlite_where=sa.text('user_id IS NOT NULL'), postgresql_where=sa.text('user_id IS NOT NULL'))
        batch_op.drop_index('ix_notice_recipient_waiting', sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
        batch_op.drop_index('ix_notice_recipient_state')
        batch_op.drop_index('ix_notice_recipient_queued', sqlite_where=sa.text("state = 'queued'"), postgresql_where=sa.text("state = 'queued'"))
        batch_op.drop_index('ix_notice_recipient_place', sqlite_where=sa.text('place_id IS NOT NULL'), postgresql_where=sa.text('place_id IS NOT NULL'))
        batch_op.drop_index('ix_notice_recipient_person')
        batch_op.drop_index('ix_notice_recipient_digest', sqlite_where=sa.text("state = 'digest'"), postgresql_where=sa.text("state = 'digest'"))

    op.drop_table('notice_recipient')
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.drop_index('ix_notice_valid')
        batch_op.drop_index('ix_notice_unreported', sqlite_where=sa.text('reported_at IS NULL AND listed_at IS NOT NULL'), postgresql_where=sa.text('reported_at IS NULL AND listed_at IS NOT NULL'))
        batch_op.drop_index('ix_notice_school')
        batch_op.drop_index('ix_notice_open', sqlite_where=sa.text("state IN ('planned', 'running')"), postgresql_where=sa.text("state IN ('planned', 'running')"))
        batch_op.drop_index('ix_notice_mending', sqlite_where=sa.text('mending IS NOT NULL'), postgresql_where=sa.text('mending IS NOT NULL'))
        batch_op.drop_index('ix_notice_author')
        batch_op.drop_index('ix_notice_asked', sqlite_where=sa.text("state = 'asked'"), postgresql_where=sa.text("state = 'asked'"))

    op.drop_table('notice')
    with op.batch_alter_table('notice_template', schema=None) as batch_op:
        batch_op.drop_index('ix_notice_template_school')

    op.drop_table('notice_template')
    with op.batch_alter_table('freezing', schema=None) as batch_op:
        batch_op.drop_index('ix_freezing_now', sqlite_where=sa.text('lifted_at IS NULL'), postgresql_where=sa.text('lifted_at IS NULL'))

    op.drop_table('freezing')
    with op.batch_alter_table('attention', schema=None) as batch_op:
        batch_op.drop_index('ix_attention_week')

    op.drop_table('attention')
