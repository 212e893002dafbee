"""events."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.base

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('event_draft',
    sa.Column('account_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('sealed_content', sa.LargeBinary(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('account_id', name=op.f('pk_event_draft'))
    )
    op.create_table('rota',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('school_id', sa.BigInteger(), nullable=False),
    sa.Column('term_id', sa.BigInteger(), nullable=False),
    sa.Column('weekday', sa.SmallInteger(), nullable=False),
    sa.Column('begins', sa.SmallInteger(), nullable=False),
    sa.Column('wishes_asked_at', sa.BigInteger(), nullable=True),
    sa.Column('sent_at', sa.BigInteger(), nullable=True),
    sa.Column('made_by', sa.BigInteger(), nullable=False),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['made_by'], ['person.id'], name=op.f('fk_rota_made_by')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_rota_school_id')),
    sa.ForeignKeyConstraint(['term_id'], ['term.id'], name=op.f('fk_rota_term_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rota')),
    sa.UniqueConstraint('school_id', 'term_id', name=op.f('uq_rota_school_id_term_id'))
    )
    op.create_table('rota_wish',
    sa.Column('person_id', sa.BigInteger(), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('wish', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_rota_wish_person_id')),
    sa.PrimaryKeyConstraint('person_id', 'month', name=op.f('pk_rota_wish'))
    )
    op.create_table('speaker_offer',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('class_id', sa.BigInteger(), nullable=False),
    sa.Column('person_id', sa.BigInteger(), nullable=False),
    sa.Column('sealed_about', sa.LargeBinary(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('decided_by', sa.BigInteger(), nullable=True),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['class_id'], ['school_class.id'], name=op.f('fk_speaker_offer_class_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_speaker_offer_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_speaker_offer'))
    )
    with op.batch_alter_table('speaker_offer', schema=None) as batch_op:
        batch_op.create_index('ix_speaker_offer_class', ['class_id', 'state'], unique=False)

    op.create_table('event',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('school_id', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('sequence', sa.SmallInteger(), nullable=False),
    sa.Column('audience', sa.String(), nullable=False),
    sa.Column('host_id', sa.BigInteger(), nullable=False),
    sa.Column('speaker_id', sa.BigInteger(), nullable=True),
    sa.Column('sealed_speaker', sa.LargeBinary(), nullable=True),
    sa.Column('topic', sa.String(), nullable=False),
    sa.Column('sealed_topic', sa.LargeBinary(), nullable=True),
    sa.Column('starts_at', sa.BigInteger(), nullable=False),
    sa.Column('ends_at', sa.BigInteger(), nullable=False),
    sa.Column('form', sa.String(), nullable=False),
    sa.Column('sealed_place', sa.LargeBinary(), nullable=True),
    sa.Column('sealed_link', sa.LargeBinary(), nullable=True),
    sa.Column('capacity', sa.Integer(), nullable=True),
    sa.Column('first_id', sa.BigInteger(), nullable=True),
    sa.Column('class_id', sa.BigInteger(), nullable=True),
    sa.Column('month', sa.Date(), nullable=True),
    sa.Column('pupil_id', sa.BigInteger(), nullable=True),
    sa.Column('remind_minutes', sa.SmallInteger(), nullable=True),
    sa.Column('vote', sa.String(), nullable=False),
    sa.Column('vote_until', sa.BigInteger(), nullable=True),
    sa.Column('topic_asked_at', sa.BigInteger(), nullable=True),
    sa.Column('held_asked_at', sa.BigInteger(), nullable=True),
    sa.Column('questions_asked_at', sa.BigInteger(), nullable=True),
    sa.Column('absence_told', sa.BigInteger(), nullable=True),
    sa.Column('counted', sa.Integer(), nullable=True),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.Column('signed_up', sa.Integer(), nullable=False),
    sa.Column('answers', sa.Integer(), nullable=False),
    sa.Column('help_sum', sa.Integer(), nullable=False),
    sa.Column('use_answers', sa.Integer(), nullable=False),
    sa.Column('use_sum', sa.Integer(), nullable=False),
    sa.Column('changed_at', sa.BigInteger(), nullable=True),
    sa.Column('created_by', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('closed_at', sa.BigInteger(), nullable=True),
    sa.CheckConstraint('starts_at < ends_at', name=op.f('ck_event_in_order')),
    sa.ForeignKeyConstraint(['class_id'], ['school_class.id'], name=op.f('fk_event_class_id')),
    sa.ForeignKeyConstraint(['first_id'], ['event.id'], name=op.f('fk_event_first_id')),
    sa.ForeignKeyConstraint(['host_id'], ['person.id'], name=op.f('fk_event_host_id')),
    sa.ForeignKeyConstraint(['pupil_id'], ['pupil.id'], name=op.f('fk_event_pupil_id')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_event_school_id')),
    sa.ForeignKeyConstraint(['speaker_id'], ['person.id'], name=op.f('fk_event_speaker_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event'))
    )
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.create_index('ix_event_ahead', ['starts_at'], unique=False, sqlite_where=sa.text("state IN ('planned', 'announced')"), postgresql_where=sa.text("state IN ('planned', 'announced')"))
        batch_op.create_index('ix_event_first', ['first_id'], unique=False)
        batch_op.create_index('ix_event_host', ['host_id', 'starts_at'], unique=False)
        batch_op.create_index('ix_event_open', ['ends_at'], unique=False, sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))
        batch_op.create_index('ix_event_school', ['school_id', 'starts_at'], unique=False)
        batch_op.create_index('uq_event_rota', ['class_id', 'month'], unique=True, sqlite_where=sa.text("class_id IS NOT NULL AND state IN ('proposed', 'planned', 'announced', 'held')"), postgresql_where=sa.text("class_id IS NOT NULL AND state IN ('proposed', 'planned', 'announced', 'held')"))

    op.create_table('event_class',
    sa.Column('event_id', sa.BigInteger(), nullable=False),
    sa.Column('class_id', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['class_id'], ['school_class.id'], name=op.f('fk_event_class_class_id')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_event_class_event_id')),
    sa.PrimaryKeyConstraint('event_id', 'class_id', name=op.f('pk_event_class'))
    )
    with op.batch_alter_table('event_class', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_event_class_class_id'), ['class_id'], unique=False)

    op.create_table('event_feedback',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('event_id', sa.BigInteger(), nullable=False),
    sa.Column('person_id', sa.BigInteger(), nullable=False),
    sa.Column('helped', sa.SmallInteger(), nullable=True),
    sa.Column('usable', sa.SmallInteger(), nullable=True),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_event_feedback_event_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_event_feedback_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event_feedback')),
    sa.UniqueConstraint('event_id', 'person_id', name=op.f('uq_event_feedback_event_id_person_id'))
    )
    op.create_table('event_guest',
    sa.Column('event_id', sa.BigInteger(), nullable=False),
    sa.Column('person_id', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_event_guest_event_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_event_guest_person_id')),
    sa.PrimaryKeyConstraint('event_id', 'person_id', name=op.f('pk_event_guest'))
    )
    with op.batch_alter_table('event_guest', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_event_guest_person_id'), ['person_id'], unique=False)

    op.create_table('event_here',
    sa.Column('event_id', sa.BigInteger(), nullable=False),
    sa.Column('account_id', sa.BigInteger(), nullable=False),
    sa.Column('people', sa.SmallInteger(), nullable=False),
    sa.Column('guest', sa.Boolean(), nullable=False),
    sa.Column('how', sa.String(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_event_here_account_id')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_event_here_event_id')),
    sa.PrimaryKeyConstraint('event_id', 'account_id', name=op.f('pk_event_here'))
    )
    op.create_table('event_log',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('event_id', sa.BigInteger(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('actor_id', sa.BigInteger(), nullable=True),
    sa.Column('what', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_event_log_event_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event_log'))
    )
    with op.batch_alter_table('event_log', schema=None) as batch_op:
        batch_op.create_index('ix_event_log_event', ['event_id', 'id'], unique=False)

    op.create_table('event_material',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('event_id', sa.BigInteger(), nullable=False),
    sa.Column('sealed_piece', sa.LargeBinary(), nullable=False),
    sa.Column('by_id', sa.BigInteger(), nullable=False),
    sa.Column('round', sa.SmallInteger(), nullable=True),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_event_material_by_id')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_event_material_event_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event_material'))
    )
    with op.batch_alter_table('event_material', schema=None) as batch_op:
        batch_op.create_index('ix_event_material_event', ['event_id', 'id'], unique=False)

    op.create_table('event_question',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('event_id', sa.BigInteger(), nullable=False),
    sa.Column('person_id', sa.BigInteger(), nullable=True),
    sa.Column('sealed_text', sa.LargeBinary(), nullable=False),
    sa.Column('private', sa.Boolean(), nullable=False),
    sa.Column('sealed_answer', sa.LargeBinary(), nullable=True),
    sa.Column('told_at', sa.BigInteger(), nullable=True),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_event_question_event_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_event_question_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event_question'))
    )
    with op.batch_alter_table('event_question', schema=None) as batch_op:
        batch_op.create_index('ix_event_question_event', ['event_id', 'id'], unique=False)

    op.create_table('event_reply',
    sa.Column('event_id', sa.BigInteger(), nullable=False),
    sa.Column('person_id', sa.BigInteger(), nullable=False),
    sa.Column('reply', sa.String(), nullable=False),
    sa.Column('people', sa.SmallInteger(), nullable=False),
    sa.Column('since', sa.BigInteger(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_event_reply_event_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_event_reply_person_id')),
    sa.PrimaryKeyConstraint('event_id', 'person_id', name=op.f('pk_event_reply'))
    )
    with op.batch_alter_table('event_reply', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_event_reply_person_id'), ['person_id'], unique=False)

    op.create_table('event_telling',
    sa.Column('event_id', sa.BigInteger(), nullable=False),
    sa.Column('what', sa.String(), nullable=False),
    sa.Column('number', sa.SmallInteger(), autoincrement=False, nullable=False),
    sa.Column('rank', sa.SmallInteger(), nullable=False),
    sa.Column('starts_at', sa.BigInteger(), nullable=False),
    sa.Column('cursor', sa.BigInteger(), nullable=False),
    sa.Column('useful_until', sa.BigInteger(), nullable=True),
    sa.Column('begun_at', sa.BigInteger(), nullable=False),
    sa.Column('done_at', sa.BigInteger(), nullable=True),
    sa.Column('queued', sa.Integer(), nullable=False),
    sa.Column('late', sa.Integer(), nullable=False),
    sa.Column('extra', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_event_telling_event_id')),
    sa.PrimaryKeyConstraint('event_id', 'what', 'number', name=op.f('pk_event_telling'))
    )
    with op.batch_alter_table('event_telling', schema=None) as batch_op:
        batch_op.create_index('ix_event_telling_open', ['rank', 'starts_at'], unique=False, sqlite_where=sa.text('done_at IS NULL'), postgresql_where=sa.text('done_at IS NULL'))

    op.create_table('topic_vote',
    sa.Column('event_id', sa.BigInteger(), nullable=False),
    sa.Column('person_id', sa.BigInteger(), nullable=False),
    sa.Column('topic', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_topic_vote_event_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_topic_vote_person_id')),
    sa.PrimaryKeyConstraint('event_id', 'person_id', name=op.f('pk_topic_vote'))
    )
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_outbox_open'), sqlite_where=sa.text("state = 'waiting'"))
        batch_op.create_index('ix_outbox_open', ['bot_id', 'lane', 'id', 'due_at'], unique=False, sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
        batch_op.create_index('ix_outbox_expired', ['finished_at'], unique=False, sqlite_where=sa.text("state = 'expired' AND dedupe_key IS NOT NULL"), postgresql_where=sa.text("state = 'expired' AND dedupe_key IS NOT NULL"))



def downgrade() -> None:
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.drop_index('ix_outbox_expired', sqlite_where=sa.text("state = 'expired' AND dedupe_key IS NOT NULL"), postgresql_where=sa.text("state = 'expired' AND dedupe_key IS NOT NULL"))
        batch_op.drop_index('ix_outbox_open', sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
        batch_op.create_index(batch_op.f('ix_outbox_open'), ['bot_id', 'lane', 'id'], unique=False, sqlite_where=sa.text("state = 'waiting'"))

    op.drop_table('topic_vote')
    with op.batch_alter_table('event_telling', schema=None) as batch_op:
        batch_op.drop_index('ix_event_telling_open', sqlite_where=sa.text('done_at IS NULL'), postgresql_where=sa.text('done_at IS NULL'))

    op.drop_table('event_telling')
    with op.batch_alter_table('event_reply', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_event_reply_person_id'))

    op.drop_table('event_reply')
    with op.batch_alter_table('event_question', schema=None) as batch_op:
        batch_op.drop_index('ix_event_question_event')

    op.drop_table('event_question')
    with op.batch_alter_table('event_material', schema=None) as batch_op:
        batch_op.drop_index('ix_event_material_event')

    op.drop_table('event_material')
    with op.batch_alter_table('event_log', schema=None) as batch_op:
        batch_op.drop_index('ix_event_log_event')

    op.drop_table('event_log')
    op.drop_table('event_here')
    with op.batch_alter_table('event_guest', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_event_guest_person_id'))

    op.drop_table('event_guest')
    op.drop_table('event_feedback')
    with op.batch_alter_table('event_class', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_event_class_class_id'))

    op.drop_table('event_class')
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.drop_index('uq_event_rota', sqlite_where=sa.text("class_id IS NOT NULL AND state IN ('proposed', 'planned', 'announced', 'held')"), postgresql_where=sa.text("class_id IS NOT NULL AND state IN ('proposed', 'planned', 'announced', 'held')"))
        batch_op.drop_index('ix_event_school')
        batch_op.drop_index('ix_event_open', sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))
        batch_op.drop_index('ix_event_host')
        batch_op.drop_index('ix_event_first')
        batch_op.drop_index('ix_event_ahead', sqlite_where=sa.text("state IN ('planned', 'announced')"), postgresql_where=sa.text("state IN ('planned', 'announced')"))

    op.drop_table('event')
    with op.batch_alter_table('speaker_offer', schema=None) as batch_op:
        batch_op.drop_index('ix_speaker_offer_class')

    op.drop_table('speaker_offer')
    op.drop_table('rota_wish')
    op.drop_table('rota')
    op.drop_table('event_draft')
